"""Who is let in to the server, and what they see: against the running server, by HTTP."""

import json
import re
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from stack import SERVER_BIN, Server, Stack, User

pytestmark = pytest.mark.server

API = "/api/2.0/mlflow"
PUBLIC = {
    "/health",  # that it is up
    "/api/3.0/mlflow/server-info",  # which kind of store it has
    "/ajax-api/3.0/mlflow/server-info",
    "/static-files/<path:path>",  # the pages' scripts and pictures
}
"""The routes that MLflow answers to anybody; all others ask for a name and a password."""

Route = tuple[str, str]


@pytest.fixture(scope="module")
def routes(stores: Stack, server: Server) -> list[Route]:
    """Every method and path of the server, as its own application has them."""
    table = subprocess.run(
        [SERVER_BIN / "python", Path(__file__).with_name("route_table.py")],
        env=stores.environment(),
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    found = [
        (method, path)
        for methods, path in map(json.loads, table.splitlines())
        for method in methods
    ]
    # A table that has lost a part would let its routes go unasked.
    assert len(found) > 1000
    for path in f"{API}/runs/search", "/graphql", "/get-artifact", "/v1/traces", *PUBLIC:
        assert path in {path for _, path in found}
    assert any("/mlflow-artifacts/artifacts/{artifact_path:path}" in path for _, path in found)
    return found


def with_parameters(path: str, value: str) -> str:
    """Fill in the parameters of a path, in Flask's and in FastAPI's way of writing them."""
    return re.sub(r"<[^>]+>|{[^}]+}", value, path)


@pytest.fixture(scope="module")
def session() -> requests.Session:
    return requests.Session()


def test_without_credentials_every_route_answers_401(
    server: Server, routes: list[Route], session: requests.Session
) -> None:
    public, others = set(), []
    for method, path in routes:
        url = server.uri + with_parameters(path, "1")
        answer = session.request(method, url, json={}, timeout=30)
        if answer.status_code != 401:
            public.add(path)
            others += [answer] if answer.status_code not in (200, 204, 404) else []
    assert public == PUBLIC
    assert not others


@pytest.mark.parametrize("auth", [("chief", "wrong"), ("nobody", "wrong"), ("", ""), ("chief", "")])
def test_wrong_credentials_are_none(server: Server, auth: tuple[str, str]) -> None:
    for path in f"{API}/experiments/get?experiment_id=0", "/api/2.0/mlflow-artifacts/artifacts/0/x":
        assert requests.get(server.uri + path, auth=auth, timeout=30).status_code == 401


@pytest.mark.parametrize(
    "path", ["/static-files/../", "/health/../", "/static/../", "//health/../"]
)
def test_public_paths_lead_nowhere_else(server: Server, path: str) -> None:
    # Sent as it is: the library would take the dots out.
    request = requests.Request("GET", server.uri).prepare()
    request.url = f"{server.uri}{path}{API[1:]}/experiments/get?experiment_id=0"
    answer = requests.Session().send(request, timeout=30)
    assert answer.status_code in (401, 404), answer.text


@pytest.mark.parametrize("host", ["evil.example", "10.evil.example", "localhost", "10.0.0.1"])
def test_other_hosts_are_refused(server: Server, host: str) -> None:
    for auth in None, server.admin.auth:
        for path in "/", f"{API}/experiments/get?experiment_id=0", "/static-files/favicon.ico":
            answer = requests.get(server.uri + path, headers={"Host": host}, auth=auth, timeout=30)
            assert answer.status_code == 403


def test_our_own_hosts_are_not(server: Server) -> None:
    port = server.uri.rpartition(":")[2]
    for host in f"localhost:{port}", f"127.0.0.1:{port}":
        answer = requests.get(
            f"{server.uri}/", headers={"Host": host}, auth=server.admin.auth, timeout=30
        )
        assert answer.status_code == 200


def creation(server: Server, origin: str, **headers: str) -> int:
    """The status of creating an experiment from a page of some address."""
    answer = requests.post(
        f"{server.uri}{API}/experiments/create",
        json={"name": uuid4().hex},
        headers={"Origin": origin, **headers},
        auth=server.admin.auth,
        timeout=30,
    )
    return answer.status_code


def test_other_pages_may_not_act_for_a_user(server: Server) -> None:
    assert creation(server, "http://evil.example") == 403
    assert creation(server, server.uri) == 200


def test_behind_a_proxy_its_host_and_its_pages_are_let_in(stores: Stack, server: Server) -> None:
    origin = "https://runs.example.org"
    proxied = stores.moved(SERVER_HOSTS="runs.example.org", SERVER_ORIGINS=origin)
    with proxied.server() as there:
        assert creation(there, origin, Host="runs.example.org") == 200
        assert creation(there, "https://evil.example", Host="runs.example.org") == 403
        assert creation(there, origin, Host="evil.example") == 403
        assert creation(there, origin) == 403


class Secret:
    """An experiment of one user with one run, all of whose texts hold a word to be looked for."""

    def __init__(self, server: Server, owner: User) -> None:
        self.word = f"secret-{uuid4().hex}"
        self.owner = owner
        self.uri = server.uri

        def post(path: str, **body: object) -> dict:
            answer = requests.post(
                f"{self.uri}{API}/{path}", json=body, auth=owner.auth, timeout=30
            )
            assert answer.status_code == 200, answer.text
            return answer.json()

        self.experiment = post("experiments/create", name=self.word)["experiment_id"]
        run = post("runs/create", experiment_id=self.experiment, run_name=self.word)["run"]
        self.run = run["info"]["run_id"]
        now = int(time.time() * 1000)
        post(
            "runs/log-batch",
            run_id=self.run,
            metrics=[{"key": "figure", "value": 0.123456789, "timestamp": now, "step": 1}],
            params=[{"key": "param", "value": self.word}],
            tags=[{"key": "tag", "value": self.word}],
        )
        self.folder = f"{self.experiment}/{self.run}/artifacts"
        place = f"{self.uri}/api/2.0/mlflow-artifacts/artifacts/{self.folder}/{self.word}"
        requests.put(place, self.word, auth=owner.auth, timeout=30).raise_for_status()

    def is_in(self, answer: requests.Response) -> bool:
        return self.word in answer.text or "0.123456789" in answer.text


@pytest.fixture(scope="module")
def secret(server: Server, ann: User) -> Secret:
    return Secret(server, ann)


def readings(secret: Secret) -> list[tuple[str, str, dict]]:
    """What a client asks to read an experiment: method, path, and what it sends."""
    run, experiment = {"run_id": secret.run}, {"experiment_id": secret.experiment}
    key = {"metric_key": "figure"}
    of_run = f'input: {{runId: "{secret.run}"}}'
    graph = f"query {{ mlflowGetRun({of_run}) {{ run {{ info {{ runName }} }} }} }}"
    file = {**run, "path": secret.word}
    return [
        ("GET", f"{API}/experiments/get", experiment),
        ("GET", f"{API}/experiments/get-by-name", {"experiment_name": secret.word}),
        ("POST", f"{API}/experiments/search", {"max_results": 1000}),
        ("GET", f"{API}/experiments/search?max_results=1000", {}),
        ("GET", f"{API}/runs/get", run),
        ("POST", f"{API}/runs/search", {"experiment_ids": [secret.experiment]}),
        ("GET", f"{API}/metrics/get-history", {**run, **key}),
        ("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", {**run, **key}),
        ("GET", f"{API}/metrics/get-history-bulk-interval", {"run_ids": secret.run, **key}),
        ("GET", f"{API}/artifacts/list", run),
        ("GET", "/get-artifact", file),
        ("GET", f"/api/2.0/mlflow-artifacts/artifacts/{secret.folder}/{secret.word}", {}),
        ("GET", "/api/2.0/mlflow-artifacts/artifacts", {"path": secret.folder}),
        ("POST", "/graphql", {"query": graph}),
    ]


def ask(secret: Secret, user: User, method: str, path: str, sent: dict) -> requests.Response:
    how = {"params": sent} if method == "GET" else {"json": sent}
    return requests.request(method, secret.uri + path, auth=user.auth, timeout=30, **how)


def test_a_user_without_permission_reads_nothing_of_an_experiment(
    secret: Secret, ann: User, bob: User
) -> None:
    for reading in readings(secret):
        own, other = ask(secret, ann, *reading), ask(secret, bob, *reading)
        # That they do read it for whom it belongs to: else the question would be a wrong one.
        assert secret.is_in(own), (reading, own.text)
        assert not secret.is_in(other), (reading, other.text)
        assert other.status_code == (
            200 if "search" in reading[1] or "graphql" in reading[1] else 403
        )


def test_no_route_shows_an_experiment_to_a_user_without_permission(
    secret: Secret, routes: list[Route], bob: User, session: requests.Session
) -> None:
    """Ask each route of the table for the experiment and the run, in all ways they are named."""
    sent = {"run_id": secret.run, "run_uuid": secret.run, "experiment_id": secret.experiment}
    sent |= {"experiment_ids": [secret.experiment], "run_ids": [secret.run]}
    sent |= {"max_results": 10, "metric_key": "figure", "metric_keys": ["figure"]}
    sent |= {"path": secret.folder, "filter": "", "locations": []}
    ways = (secret.experiment, secret.run, secret.folder)
    telling = [route for route in routes if route[0] not in ("HEAD", "OPTIONS")]
    asked = {(m, with_parameters(path, value)) for m, path in telling for value in ways}
    assert len(asked) > 600
    for method, path in sorted(asked):
        how = {"params": sent} if method == "GET" else {"json": sent}
        # One route makes MLflow's demonstration, which takes half a minute on a slow machine.
        answer = session.request(method, secret.uri + path, auth=bob.auth, timeout=240, **how)
        assert not secret.is_in(answer), (method, path, answer.text)
    # And it is all still there.
    assert secret.is_in(ask(secret, secret.owner, "GET", f"{API}/runs/get", {"run_id": secret.run}))


def test_a_password_that_was_changed_is_let_in_no_longer(server: Server) -> None:
    """Although verified ones are remembered."""
    eve = server.new_user("eve")
    question = f"{server.uri}{API}/users/current"
    assert requests.get(question, auth=eve.auth, timeout=30).status_code == 200
    new = User("eve", uuid4().hex)
    answer = requests.patch(
        f"{server.uri}{API}/users/update-password",
        json={"username": "eve", "password": new.password},
        auth=server.admin.auth,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    assert requests.get(question, auth=eve.auth, timeout=30).status_code == 401
    assert requests.get(question, auth=new.auth, timeout=30).status_code == 200
    requests.delete(
        f"{server.uri}{API}/users/delete",
        json={"username": "eve"},
        auth=server.admin.auth,
        timeout=30,
    ).raise_for_status()
    assert requests.get(question, auth=new.auth, timeout=30).status_code == 401
