"""A store and an outbox that an earlier commit wrote: read, sent and ranked as that commit did.

`before/README.md` says how they were made. Rankings are compared in all but their sentences,
which may be reworded, and may have new keys.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from forked import lr_study
from mlflow.db import commands as mlflow_db
from shapes import write_shapes

from lr_study import compare, load_runs
from lr_study.data.archives import tarfile

BEFORE = Path(__file__).parents[1] / "before"
EXPERIMENT = "shapes"
CRITERIA: dict[str, dict[str, Any]] = {
    "baseline": {"baseline": "fixed:lr=0.01"},
    "loss": {
        "metric": "val_loss",
        "at": "best",
        "baseline": "step_decay:",
        "margin": 40,
        "target": 0.6,
    },
}
SENTENCES = {
    "advice",
    "correction",
    "interval_method",
    "method",
    "notes",
    "reason",
    "warnings",
}
COMMON = (
    "--data=shapes",
    "--backbone=efficientnet-lite0",
    "--weights=random",
    "--image-size=32",
    "--epochs=5",
    "--resampling=splits",
)
STUDY = (
    "study",
    *COMMON,
    "--seeds=4",
    "--policy=fixed:lr=0.01",
    "--policy=step_decay:",
    "--policy=exp_decay:k=0.1",
    "--policy=fixed:lr=1e38",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> bytes:
    """The earlier commit's database, with the schema of the MLflow that is installed here."""
    file = tmp_path_factory.mktemp("before") / "mlflow.db"
    with closing(sqlite3.connect(file)) as restored:
        restored.executescript((BEFORE / "mlflow.sql").read_text(encoding="utf-8"))
    mlflow_db.main(["upgrade", f"sqlite:///{file}"], standalone_mode=False)
    return file.read_bytes()


@pytest.fixture
def store(tmp_path, database, monkeypatch) -> str:
    """The address of a copy of that database in the current folder."""
    monkeypatch.chdir(tmp_path)  # artifact locations in the dump are relative paths
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    (tmp_path / "mlflow.db").write_bytes(database)
    return f"sqlite:///{tmp_path}/mlflow.db"


@pytest.fixture
def outbox(tmp_path, store) -> Path:
    """The earlier commit's outbox, its entries addressed to the store.

    They were written for a server at http://127.0.0.1:5000. The address enters the checksum of an
    entry and the name of its folder; both are computed here without lr_study, so that neither
    format can change unnoticed.
    """
    with tarfile.open(BEFORE / "outbox.tar.gz") as packed:
        packed.extractall(tmp_path / "state", filter="data")
    folder = tmp_path / "state" / "outbox"
    addressed_to = sha256(json.dumps([store, EXPERIMENT]).encode()).hexdigest()[:12]
    for file in list(folder.glob("*/entry.json")):
        value = json.loads(file.read_text(encoding="utf-8"))["value"]
        value["entry"]["store"] = store
        checksum = sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        file.write_text(json.dumps({"sha256": checksum, "value": value}), encoding="utf-8")
        file.parent.rename(folder / f"{addressed_to}-{value['entry']['id']}")
    return folder


def lr(*arguments: str) -> str:
    """Run a command, and return what it prints."""
    answer = lr_study(*arguments)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def figures(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a comparison that is not a sentence, with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in SENTENCES:
                yield from figures(inner, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        yield f"{path} (length)", len(value)
        for i, inner in enumerate(value):
            yield from figures(inner, f"{path}[{i}]")
    else:
        yield path, value


def assert_ranked_as_before(store: str, file: str, criteria: dict[str, Any]) -> None:
    found = compare(load_runs(EXPERIMENT, store), experiment=EXPERIMENT, **criteria).to_dict()
    recorded = json.loads((BEFORE / file).read_text(encoding="utf-8"))
    for comparison in (found, recorded):
        comparison["excluded"] = sorted(comparison["excluded"], key=lambda run: run["run_id"])
    expected, actual = dict(figures(recorded)), dict(figures(found))
    assert {path: actual.get(path, "missing") for path in expected} == {
        # Processors differ in the last digits of a sum.
        path: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
        for path, value in expected.items()
    }


def planned() -> tuple[int, int, int]:
    """Return how many runs a dry run counts, how many of them are finished, how many it lists."""
    first, *missing = lr(*STUDY, "--dry-run").splitlines()
    runs, finished = re.findall(r"\d+", first)[:2]
    return int(runs), int(finished), len(missing)


@pytest.mark.parametrize("name", CRITERIA)
def test_a_store_of_before_is_ranked_the_same(store, name):
    assert_ranked_as_before(store, f"unsent-{name}.json", CRITERIA[name])


def test_an_outbox_of_before_is_sent_and_ranked_the_same(store, outbox, tmp_path):
    files = sorted(file.read_bytes() for file in outbox.glob("*/files/**/*") if file.is_file())
    assert (load_runs(EXPERIMENT, store)["status"] == "RUNNING").sum() == 3
    assert re.findall(r"\d+", lr("sync")) == ["8"]
    assert list(outbox.iterdir()) == []
    assert "RUNNING" not in set(load_runs(EXPERIMENT, store)["status"])
    kept = [file for file in (tmp_path / "artifacts").rglob("*") if file.is_file()]
    assert sorted(file.read_bytes() for file in kept) == files
    for name, criteria in CRITERIA.items():
        assert_ranked_as_before(store, f"sent-{name}.json", criteria)


def test_an_outbox_of_before_waits_for_its_cells_of_another_protocol(outbox, tmp_path):
    """A seed draws other numbers now: no cell of before stands for one of today."""
    write_shapes(tmp_path / "shapes")
    assert planned() == (16, 0, 16)
    assert len(list(outbox.iterdir())) == 8


def test_runs_of_before_are_ranked_apart_from_those_of_today_and_told_why(store, tmp_path):
    write_shapes(tmp_path / "shapes")
    lr("run", "fixed:lr=0.01", "--no-log-model", *COMMON)
    runs = load_runs(EXPERIMENT, store)
    comparison = compare(runs, experiment=EXPERIMENT, **CRITERIA["baseline"])
    assert [len(ranking.rows) for ranking in comparison.protocols] == [4, 1, 1]
    (warning,) = [line for line in comparison.warnings if "protocol_version" in line]
    assert "protocol_version: 1 in 14 runs, 2 in 1 (the same seed draws other random" in warning
