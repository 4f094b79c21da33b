"""What a team's tracking server costs: publishing, four studies at once, comparing.

    make .venv/server/ready; bash scripts/install_postgresql
    python benchmarks/server.py [--only publishing|studies|comparing]

The server of docker/compose.yaml runs on this machine as tests/server/ runs it: PostgreSQL, moto's
S3 and MLflow. `tests/stack.py` says what differs from containers.

Publishing: finished runs of 50 epochs with their two files, one after another, into a database
file, and through the server without basic-auth, as it is configured, and as it is configured but
with every password verified. What a request takes is measured at the client.

Studies: four of 18 policies x 3 seeds x 50 epochs, each with seeds of its own, started at once into
an experiment that none has created yet. Comparing: 1,000 runs in the server and in a database
file, each command in turns, medians.

The exit code is 1 unless the studies leave 216 cells, each finished once and nothing else, and
comparing takes at most twice what it takes on a database file.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import numpy as np
import requests
from mlflow import MlflowClient
from records import log_record, make_record
from stack import Server, Stack, User, stack
from werkzeug.security import check_password_hash, generate_password_hash

from lr_study.runs import SEED_GRID
from lr_study.tracking import Destination, RunIdentity, outbox
from lr_study.tracking.connection import connect
from lr_study.tracking.entries import record_entry
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.reading import load_runs
from lr_study.tracking.sending import Sender

EPOCHS = 50
PUBLISHED = 40
STUDIES, SEEDS = 4, 3
COMPARED = 1000
MOST_TIMES_SQLITE = 2.0

Requests = dict[str, list[float]]
"""Seconds that each request of a kind took."""


def record(number: int):
    """A finished run unlike any other: a cell of the built-in grid under one of many seeds."""
    rng = np.random.default_rng(number)
    accuracies = tuple(np.round(0.7 + 0.2 * rng.random(EPOCHS), 6).tolist())
    losses = tuple(rng.random(EPOCHS).tolist())
    seed, which = divmod(number, len(SEED_GRID))
    policy = str(SEED_GRID[which])
    return make_record(policy, seed, accuracies=accuracies, losses=losses)


def write_files(folder: Path) -> None:
    """Files of the size that a run of 20 classes has."""
    (folder / "history.csv").write_text("x" * 4000, encoding="utf-8")
    weights = np.random.default_rng(0).random((1280, 20), dtype=np.float32)
    np.savez(folder / "head.npz", kernel=weights)


@contextmanager
def requests_timed() -> Iterator[Requests]:
    """Record what each request of this process takes, by what it asks for."""
    taken: Requests = defaultdict(list)
    original = requests.Session.request

    def timed(session: requests.Session, method: str, url: str, *args: Any, **how: Any) -> Any:
        start = time.perf_counter()
        answer = original(session, method, url, *args, **how)
        found = re.search(r"mlflow/(\w+/[\w-]+)|(mlflow-artifacts)", url)
        taken[f"{method} {found[0] if found else url}"].append(time.perf_counter() - start)
        return answer

    requests.Session.request = timed
    try:
        yield taken
    finally:
        requests.Session.request = original


@contextmanager
def as_user(user: User | None) -> Iterator[None]:
    """Let this process be a user to MLflow's client."""
    names = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    os.environ.update(user.environment if user else {})
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)


def publish(uri: str) -> tuple[float, Requests]:
    """Send runs one after another; return the seconds a run, and what requests took."""
    client = connect(uri, create=True)
    place = {"artifact_location": Path("files").resolve().as_uri()} if "sqlite" in uri else {}
    experiment = client.get_experiment(client.create_experiment("publishing", **place))
    sender = Sender(client, experiment)

    def send(i: int) -> None:
        tags = {"lr_study.version": "0"}
        entry = record_entry(
            Destination(client, experiment), record(i), RunIdentity("a run", parent="0"), tags=tags
        )
        assert sender.send(outbox.put(entry, write_files)), sender.last_error or sender.rejection

    send(0)  # opens connections
    with requests_timed() as taken:
        start = time.perf_counter()
        for i in range(1, PUBLISHED + 1):
            send(i)
        return (time.perf_counter() - start) / PUBLISHED, taken


def publishing(stores: Stack, folder: Path) -> None:
    os.chdir(folder)
    results = {"a database file": publish(f"sqlite:///{folder}/publishing.db")}
    configured = stores.environment()
    ini = folder / "basic_auth.ini"
    text = Path(configured["MLFLOW_AUTH_CONFIG_PATH"]).read_text(encoding="utf-8")
    ini.write_text(
        re.sub(r"auth_cache_ttl_seconds = \d+", "auth_cache_ttl_seconds = 0", text),
        encoding="utf-8",
    )
    for name, changes, leave_out in (
        ("server without basic-auth", {}, "--app-name=basic-auth"),
        ("server as configured", {}, ""),
        ("server, every password verified", {"MLFLOW_AUTH_CONFIG_PATH": str(ini)}, ""),
    ):
        for database in "mlflow", "mlflow_auth":
            stores.database.psql("-c", f"DROP DATABASE {database}")
            stores.database.psql("-c", f"CREATE DATABASE {database} OWNER mlflow")
        words = [word for word in stores.command() if word != leave_out]
        with stores.server(words, configured | changes) as server:
            user = None if leave_out else server.new_user("ann")
            with as_user(user):
                results[name] = publish(server.uri)
    print(f"{'publishing':34}{'runs/s':>8}{'s a run':>9}{'requests':>10}{'ms each':>9}")
    for name, (seconds, taken) in results.items():
        count = sum(len(times) for times in taken.values())
        each = 1000 * sum(map(sum, taken.values())) / count if count else 0
        line = f"{name:34}{1 / seconds:8.1f}{seconds:9.3f}{count / PUBLISHED:10.1f}"
        print(f"{line}{each:9.1f}" if count else line)
    print(f"\n{'ms a request':34}{'without':>10}{'configured':>12}{'verified':>10}")
    without, cached, verified = (taken for _, taken in list(results.values())[1:])
    for kind in sorted(without, key=lambda kind: -sum(without[kind])):
        a, b, c = (1000 * statistics.median(taken[kind]) for taken in (without, cached, verified))
        print(f"{len(without[kind]) / PUBLISHED:3.0f} x {kind:28}{a:10.1f}{b:12.1f}{c:10.1f}")
    print(f"verifying one password: {1000 * seconds_of_a_hash():.0f} ms\n", flush=True)


def seconds_of_a_hash() -> float:
    """What verifying a password takes, as the server does it."""
    stored = generate_password_hash("a password of a user")
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert check_password_hash(stored, "a password of a user")
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def command(uri: str, user: User | None, *words: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    environment |= {"MLFLOW_TRACKING_URI": uri, **(user.environment if user else {})}
    return subprocess.Popen(
        [sys.executable, "-m", "lr_study", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def studies(server: Server, user: User, where: str, uri: str) -> bool:
    """Run the studies at once; return whether each cell is finished once and nothing is left."""
    options = ["--image-size=32", f"--epochs={EPOCHS}", "--log-models=none", "--experiment=studies"]
    start = time.perf_counter()
    running = []
    for i in range(STUDIES):
        seeds = ",".join(str(SEEDS * i + j) for j in range(SEEDS))
        running.append(command(uri, user, "study", *options, f"--seeds={seeds}"))
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    seconds = time.perf_counter() - start
    with as_user(user):
        runs = load_runs("studies", uri)
    counted = runs[runs["excluded"].isna()]
    cells = Counter(counted["cell"])
    expected = STUDIES * SEEDS * len(SEED_GRID)
    first, last = counted["end_time"].min(), counted["end_time"].max()
    rate = len(counted) / ((last - first) / 1000)
    print(
        f"{STUDIES} studies at once, {where}: {len(cells)} cells of {expected}, "
        f"{sum(cells.values()) - len(cells)} twice, {len(runs) - len(counted)} runs beside them "
        f"({STUDIES} studies), {(runs['status'] != 'FINISHED').sum()} not finished; "
        f"{seconds:.0f} s in all, {rate:.1f} runs published a second",
        flush=True,
    )
    once = len(cells) == expected == len(counted)
    return once and len(runs) == expected + STUDIES and set(runs["status"]) == {"FINISHED"}


def fill(uri: str) -> None:
    """Log the runs to compare, without files."""
    client = connect(uri, create=True)
    experiment = choose_experiment(client, "comparing", "sample")
    for i in range(COMPARED):
        run = client.create_run(experiment.experiment_id, run_name=f"run {i}")
        log_record(client, run.info.run_id, record(i), {"lr_study.version": "0"})
        MlflowClient(uri).set_terminated(run.info.run_id, "FINISHED")


def comparing(users: Mapping[str, User | None]) -> bool:
    """Compare in turns; return whether the server takes at most twice what a file does."""
    for uri, user in users.items():
        with as_user(user):
            start = time.perf_counter()
            fill(uri)
            seconds = time.perf_counter() - start
            print(f"{COMPARED} runs without files logged to {kind(uri)}: {seconds:.0f} s")
    whole, reading = defaultdict(list), defaultdict(list)
    answers = {}
    for _ in range(3):
        for uri, user in users.items():
            start = time.perf_counter()
            process = command(uri, user, "compare", "--experiment=comparing", "--format=json")
            answers[uri], said = process.communicate()
            assert process.returncode == 0, said
            whole[uri].append(time.perf_counter() - start)
            with as_user(user):
                start = time.perf_counter()
                assert len(load_runs("comparing", uri)) == COMPARED
                reading[uri].append(time.perf_counter() - start)
    file, server = users
    for uri in users:
        print(
            f"lr-study compare on {COMPARED} runs, {kind(uri)}: "
            f"{statistics.median(whole[uri]):.1f} s, of which reading the runs "
            f"{statistics.median(reading[uri]):.1f} s"
        )
    ratio = statistics.median(whole[server]) / statistics.median(whole[file])
    alone = statistics.median(reading[server]) / statistics.median(reading[file])
    print(f"server to file: {ratio:.2f} (at most {MOST_TIMES_SQLITE}); reading alone {alone:.2f}")
    same = [ranks(answers[uri]) for uri in users]
    assert same[0] == same[1]
    return ratio <= MOST_TIMES_SQLITE


def ranks(answer: str) -> list[tuple[int, str, float]]:
    rows = json.loads(answer)["protocols"][0]["rows"]
    return [(row["rank"], row["policy"], row["estimate"]) for row in rows]


def kind(uri: str) -> str:
    return "a database file" if uri.startswith("sqlite") else "the server"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["publishing", "studies", "comparing"])
    only = parser.parse_args().only
    well = True
    with TemporaryDirectory(prefix="lr-study-benchmark-") as temporary:
        folder = Path(temporary)
        os.chdir(folder)
        os.environ["LR_STUDY_STATE"] = str(folder / "state")
        with stack() as stores:
            if only in (None, "publishing"):
                publishing(stores, folder)
            if only != "publishing":
                with stores.server() as server:
                    user = server.new_user("team")
                    if only != "comparing":
                        file = f"sqlite:///{folder}/studies.db"
                        studies(server, user, kind(file), file)
                        well = studies(server, user, kind(server.uri), server.uri)
                    if only != "studies":
                        users = {f"sqlite:///{folder}/comparing.db": None, server.uri: user}
                        well = comparing(users) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
