"""The database of the server restarted under a study that publishes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from killing import write_digits
from mlflow import MlflowClient
from stack import Server, Stack, User, command_environment

pytestmark = pytest.mark.server

POLICIES = tuple(f"fixed:lr={rate}" for rate in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05))
SEEDS = 2


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    data = write_digits(tmp_path / "digits", "012", each=24)
    options = {"data": data, "backbone": "efficientnet-lite0", "image-size": 32, "epochs": 2}
    options |= {"seeds": SEEDS, "experiment": "restarted", "log-models": "none"}
    words = [f"--{name}={value}" for name, value in options.items()]
    return ["study", *words, *(f"--policy={policy}" for policy in POLICIES)]


@contextmanager
def halted_in_publishing(
    words: list[str], server: Server, user: User, stores: Stack, folder: Path
) -> Iterator["subprocess.Popen[str]"]:
    """A study that stands still with some of its cells in the store and some in the outbox."""
    outbox = Path(os.environ["LR_STUDY_STATE"]) / "outbox"
    finished = (
        "SELECT count(*) FROM runs JOIN tags USING (run_uuid) JOIN experiments USING "
        "(experiment_id) WHERE tags.key = 'lr_study.cell' AND status = 'FINISHED' "
        "AND experiments.name = 'restarted'"
    )

    def is_publishing() -> bool:
        sent = int(stores.database.psql("-d", "mlflow", "-c", finished))
        return sent > 0 and bool(list(outbox.glob("[!.]*/entry.json")))

    with subprocess.Popen(
        [sys.executable, "-m", "lr_study", *words],
        env=command_environment(server.uri, user),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as study:
        try:
            while True:
                assert study.poll() is None
                if is_publishing():
                    study.send_signal(signal.SIGSTOP)
                    if is_publishing():
                        break
                    study.send_signal(signal.SIGCONT)
                time.sleep(0.02)
            yield study
        finally:
            study.kill()


@pytest.mark.parametrize("back", ["at once", "later"])
def test_the_database_restarted_while_a_study_publishes(
    back: str,
    words: list[str],
    server: Server,
    stores: Stack,
    ann: User,
    lr_study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in ann.environment.items():
        monkeypatch.setenv(name, value)
    with halted_in_publishing(words, server, ann, stores, tmp_path) as study:
        stores.database.crash()
        if back == "at once":
            stores.database.start()
        study.send_signal(signal.SIGCONT)
        _, said = study.communicate(timeout=120)
    assert "Traceback" not in said
    if back == "at once":
        assert study.returncode == 0, said
    else:
        assert study.returncode == 1, said
        assert f" not yet uploaded to {server.uri} (" in said.splitlines()[-1]
        stores.database.start()
        synced = lr_study(server.uri, ann, "sync")
        assert synced.returncode == 0, synced.stderr
    client = MlflowClient(server.uri)
    experiment = client.get_experiment_by_name("restarted")
    runs = client.search_runs([experiment.experiment_id])
    cells = [run.data.tags["lr_study.cell"] for run in runs if "lr_study.cell" in run.data.tags]
    assert len(cells) == len(set(cells)) == len(POLICIES) * SEEDS
    ended = {"FINISHED"} if back == "at once" else {"FINISHED", "FAILED"}
    assert {run.info.status for run in runs} == ended
    for run in runs:
        client.delete_run(run.info.run_id)
