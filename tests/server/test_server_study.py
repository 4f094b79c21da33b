"""A team's work on the server: a study, its ranking, another user's view, a backup, an upgrade."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import compose
import pytest
import requests
from killing import write_digits
from mlflow import MlflowClient
from proc import need_proc
from stack import Server, Stack, User, postgresql, resident_bytes

pytestmark = pytest.mark.server

POLICIES = ("fixed:lr=0.01", "fixed:lr=0.001")
SEEDS = 2


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_digits(tmp_path_factory.mktemp("data") / "digits", "012", each=24)


@pytest.fixture(scope="module")
def words(data: Path) -> list[str]:
    options = {"data": data, "backbone": "efficientnet-lite0", "image-size": 32, "epochs": 2}
    options |= {"seeds": SEEDS, "experiment": "team"}
    words = [f"--{name}={value}" for name, value in options.items()]
    return ["study", *words, *(f"--policy={policy}" for policy in POLICIES)]


@pytest.fixture(scope="module")
def study(server: Server, ann: User, words: list[str], lr_study):
    """A study that an ordinary user ran to its end."""
    done = lr_study(server.uri, ann, *words)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def client(server: Server, ann: User, study, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    for name, value in ann.environment.items():
        monkeypatch.setenv(name, value)
    return MlflowClient(server.uri)


def test_every_cell_is_finished_once(study, client: MlflowClient) -> None:
    assert "4 runs: 0 finished, 4 to run" in study.stderr
    experiment = client.get_experiment_by_name("team")
    runs = client.search_runs([experiment.experiment_id])
    assert {run.info.status for run in runs} == {"FINISHED"}
    cells = [run.data.tags["lr_study.cell"] for run in runs if "lr_study.cell" in run.data.tags]
    assert len(cells) == len(set(cells)) == len(POLICIES) * SEEDS
    assert len(runs) == len(cells) + 1
    # Through the server: nobody needs the object store's password.
    assert all(run.info.artifact_uri.startswith("mlflow-artifacts:/") for run in runs)


def test_results_alone_are_on_standard_output(study) -> None:
    assert study.stdout.startswith("team, protocol "), study.stdout


def test_artifacts_are_in_the_object_store(
    stores: Stack, client: MlflowClient, tmp_path: Path
) -> None:
    listing = ElementTree.fromstring(stores.objects.get("mlflow?list-type=2"))  # noqa: S314
    keys = {element.text for element in listing.iter() if element.tag.endswith("}Key")}
    experiment = client.get_experiment_by_name("team")
    for run in client.search_runs([experiment.experiment_id], "tags.`lr_study.cell` != ''"):
        place = f"{experiment.experiment_id}/{run.info.run_id}/artifacts"
        assert {f"{place}/history.csv", f"{place}/head.npz"} <= keys
        fetched = Path(client.download_artifacts(run.info.run_id, "history.csv", str(tmp_path)))
        assert stores.objects.get(f"mlflow/{place}/history.csv") == fetched.read_bytes()
    assert not [*stores.folder.glob("mlruns"), *stores.folder.glob("mlartifacts")]


def test_compare_ranks_them(server: Server, ann: User, study, lr_study) -> None:
    done = lr_study(server.uri, ann, "compare", "--experiment=team", "--format=json")
    assert done.returncode == 0, done.stderr
    (protocol,) = json.loads(done.stdout)["protocols"]
    assert {row["policy"] for row in protocol["rows"]} == set(POLICIES)
    assert [row["runs"] for row in protocol["rows"]] == [SEEDS, SEEDS]


def test_the_same_command_again_runs_nothing(
    server: Server, ann: User, words: list[str], study, lr_study
) -> None:
    done = lr_study(server.uri, ann, *words, "--dry-run")
    plan, *warnings = done.stdout.splitlines()
    assert plan == "4 runs: 4 finished, nothing is missing", done.stderr
    assert all(
        line.startswith("warning: the 2 seeds are no whole repetitions") for line in warnings
    )


@pytest.mark.parametrize("command", ["compare", "study"])
def test_a_user_without_permission_is_told_so_in_one_line(
    command: str, server: Server, bob: User, words: list[str], study, lr_study
) -> None:
    whole = {"compare": ["compare", "--experiment=team"], "study": [*words, "--dry-run"]}[command]
    done = lr_study(server.uri, bob, *whole)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith(
        f"error: experiment=team in {server.uri}: you may not read it: ask its owner "
    )
    assert "Traceback" not in done.stderr


def test_who_manages_an_experiment_lets_another_read_it(
    server: Server, client: MlflowClient, ann: User, words: list[str], lr_study
) -> None:
    """As README.md says it is done. Reading is not writing."""
    cara = server.new_user("cara")
    path, body = granting_in_the_readme()
    experiment = client.get_experiment_by_name("team").experiment_id
    body |= {"username": cara.name, "resource_id": experiment}
    compare = ("compare", "--experiment=team", "--format=json")
    for giver, status in (cara, 403), (ann, 200):
        answer = requests.post(server.uri + path, json=body, auth=giver.auth, timeout=30)
        assert answer.status_code == status, answer.text
        seen = lr_study(server.uri, cara, *compare)
        assert (seen.returncode == 0) == (giver is ann), seen.stderr
    assert seen.stdout == lr_study(server.uri, ann, *compare).stdout
    tried = lr_study(server.uri, cara, *words, "--rerun=all")
    assert tried.returncode == 1
    assert tried.stdout == ""
    not_yours = f"error: experiment=team in {server.uri}: you may not write to it: ask its owner "
    assert tried.stderr.splitlines()[-1].startswith(not_yours)
    assert "Traceback" not in tried.stderr


def granting_in_the_readme() -> tuple[str, dict[str, str]]:
    text = (compose.FOLDER / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"--json '(.*)' \\\n +http://localhost:5000(\S+/grant)$", text, re.M)
    return found[1], json.loads(found[0])


def test_an_experiment_that_is_nowhere_is_told_without_naming_others(
    server: Server, bob: User, study, lr_study
) -> None:
    done = lr_study(server.uri, bob, "compare", "--experiment=nowhere")
    assert done.returncode == 2
    nowhere = f"error: there is no experiment 'nowhere' in {server.uri}"
    assert done.stderr == f"{nowhere}: there are no experiments that you may read\n"


def test_a_wrong_password_is_told_in_one_line(server: Server, ann: User, study, lr_study) -> None:
    done = lr_study(server.uri, User(ann.name, "not this one"), "compare", "--experiment=team")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "401" in line
    assert "not this one" not in line


def test_the_server_stays_within_its_memory(stores: Stack, server: Server, study) -> None:
    service = compose.read(stores.variables)["services"]["server"]
    assert resident_bytes(server.process.pid) < 0.75 * compose.size_in_bytes(service["mem_limit"])


def test_passwords_are_in_no_log_and_on_no_command_line(
    stores: Stack, server: Server, ann: User, study
) -> None:
    need_proc()
    command = Path(f"/proc/{server.process.pid}/cmdline").read_text(encoding="utf-8")
    logs = [
        (stores.folder / name).read_text(encoding="utf-8")
        for name in ("server.log", "database/log")
    ]
    secrets = {value for name, value in stores.variables.items() if "PASS" in name or "KEY" in name}
    assert len(secrets) == 6
    for secret in secrets | {ann.password}:
        assert not any(secret in text for text in (command, *logs))


def of_the_readme(service: str, *, last: str) -> list[str]:
    """The command that README.md has run in a service's container, by its last word or words."""
    found = re.findall(
        rf"^docker compose (?:run --rm|exec -T) {service} (.*?{last})(?: [<>] \S+)?$",
        (compose.FOLDER / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(found) == 1, found
    return shlex.split(found[0])


@pytest.mark.parametrize("database", ["mlflow", "mlflow_auth"])
def test_the_upgrade_of_the_readme_runs(stores: Stack, server: Server, database: str) -> None:
    subprocess.run(
        of_the_readme("server", last=f"postgresql:///{database}"),
        env=stores.environment(),
        check=True,
        capture_output=True,
    )


def test_a_backup_restored_elsewhere_is_the_same(
    stores: Stack, server: Server, ann: User, study, lr_study, tmp_path: Path
) -> None:
    words = ("compare", "--experiment=team", "--format=json")
    before = lr_study(server.uri, ann, *words).stdout
    folder = stores.folder / "restored"
    folder.mkdir()
    with postgresql(folder, stores.variables) as restored:
        for name in "mlflow", "mlflow_auth":
            for command, place, file in (
                (of_the_readme("database", last=f"--format=custom {name}"), stores.database, "wb"),
                (of_the_readme("database", last=f"--dbname={name}"), restored, "rb"),
            ):
                where = {"PGHOST": str(place.folder), "PGPORT": str(place.port)}
                with (tmp_path / name).open(file) as dump:
                    stream = {"stdout" if file == "wb" else "stdin": dump}
                    subprocess.run(
                        command, env={**stores.environment(), **where}, check=True, **stream
                    )
        other = Stack(stores.folder, stores.variables, restored, stores.objects).moved()
        with other.server() as again:
            assert lr_study(again.uri, ann, *words).stdout == before
