"""Records to MLflow and back, the same on a database file and through a tracking server."""

import json
import os
import signal
import uuid
from pathlib import Path

import mlflow
import pytest
from forked import run_code
from mlflow import MlflowClient
from records import log_record, make_record

from lr_study.runs import CURVES
from lr_study.support.errors import LrStudyError, UsageError
from lr_study.support.process import liveness_token
from lr_study.tracking import Destination, RunIdentity, outbox
from lr_study.tracking.cells import find_cells, mark_duplicates, reap_stale_runs
from lr_study.tracking.connection import connect
from lr_study.tracking.entries import record_entry
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.lifecycle import tracked_run
from lr_study.tracking.reading import load_runs
from lr_study.tracking.sending import Sender, runs_of_entry
from lr_study.tracking.writing import log_epochs, log_start


@pytest.fixture
def sqlite(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


@pytest.fixture(params=["sqlite", "server"])
def uri(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def experiment_name(request: pytest.FixtureRequest) -> str:
    return request.node.name


def log_one(uri: str, name: str, record=None) -> str:
    """Log one finished run; return its id."""
    record = record or make_record()
    client = connect(uri)
    experiment = choose_experiment(client, name, "sample")
    with tracked_run(Destination(client, experiment), "a run") as run_id:
        log_record(client, run_id, record, {"lr_study.version": "0"})
    return run_id


def test_a_record_comes_back_as_it_was(uri: str, experiment_name: str) -> None:
    record = make_record("step_decay:drop=0.25", seed=3)
    run_id = log_one(uri, experiment_name, record)
    run = MlflowClient(uri).get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "policy": "step_decay:initial_lr=0.01,drop=0.25,epochs_drop=5",
        "family": "step_decay",
        "initial_lr": "0.01",
        "drop": "0.25",
        "epochs_drop": "5",
        "data": "sample",
        "backbone": "efficientnet-lite0",
        "image_size": "64",
        "engine": "cached",
        "optimizer": "adam",
        "batch_size": "32",
        "epochs": "4",
        "seed": "3",
        "resampling": "splits",
        "val_fraction": "0.15",
        "test_fraction": "0.15",
    }
    for name in CURVES:
        history = MlflowClient(uri).get_metric_history(run_id, name)
        assert [point.step for point in history] == [1, 2, 3, 4]
        assert [point.value for point in history] == [getattr(e, name) for e in record.epochs]
    row = load_runs(experiment_name, uri).iloc[0]
    assert row["excluded"] is None
    assert (row["policy"], row["family"], row["seed"]) == (str(record.spec.policy), "step_decay", 3)
    assert row["protocol"] == json.loads(record.protocol.to_json())
    assert (row["protocol_id"], row["cell"]) == (record.protocol.id, record.cell)
    assert not row["diverged"]
    assert row["curves"] == {n: [getattr(e, n) for e in record.epochs] for n in CURVES}
    assert {name: row[name] for name in record.metrics()} == record.metrics()


def test_curves_too_long_for_a_tag_are_read_from_the_metrics(
    uri: str, experiment_name: str
) -> None:
    epochs = 500
    record = make_record(
        accuracies=tuple(1 / (3 + i) for i in range(epochs)), losses=(1 / 3,) * epochs
    )
    run_id = log_one(uri, experiment_name, record)
    assert "lr_study.curves" not in MlflowClient(uri).get_run(run_id).data.tags
    row = load_runs(experiment_name, uri).iloc[0]
    assert row["curves"] == {n: [getattr(e, n) for e in record.epochs] for n in CURVES}


def test_a_diverged_run_is_finished_and_ours(sqlite: str) -> None:
    log_one(sqlite, "x", make_record(diverges_at=2))
    row = load_runs("x", sqlite).iloc[0]
    assert row["excluded"] is None
    assert row["diverged"]
    assert row["curves"]["val_loss"] == [1.0, None, None, None]


def test_epochs_logged_while_training_are_not_logged_twice(sqlite: str) -> None:
    record = make_record()
    client = connect(sqlite)
    experiment = choose_experiment(client, "x", "sample")
    times = [1000 * epoch.epoch for epoch in record.epochs]
    with tracked_run(Destination(client, experiment), "live") as run_id:
        log_start(client, run_id, record.spec, record.protocol)
        for i, epoch in enumerate(record.epochs, start=1):
            log_epochs(client, run_id, [epoch], times[i - 1 : i])
            assert len(MlflowClient(sqlite).get_metric_history(run_id, "val_accuracy")) == i
        entry = record_entry(
            Destination(client, experiment),
            record,
            RunIdentity("live", run_id),
            tags={},
            epoch_times_ms=times,
        )
        assert Sender(client).send(outbox.put(entry))
    assert len(client.get_metric_history(run_id, "val_accuracy")) == 4
    assert load_runs("x", sqlite).iloc[0]["excluded"] is None


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt, "KILLED"), (OSError, "FAILED"), (SystemExit, "FAILED")],
)
def test_no_run_stays_running(sqlite: str, error: type[BaseException], status: str) -> None:
    client = connect(sqlite)
    experiment = choose_experiment(client, "x", "sample")
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(error), tracked_run(Destination(client, experiment), "a run") as run_id:
        raise error
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert client.get_run(run_id).info.status == status
    assert load_runs("x", sqlite).iloc[0]["excluded"] == f"status {status}, not FINISHED"


def test_the_run_of_mlflow_run_is_joined_and_its_params_stand(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(sqlite)
    experiment_id = client.create_experiment("chosen")
    opened = client.create_run(experiment_id).info.run_id
    client.log_param(opened, "drop", "0.50")
    monkeypatch.setenv("MLFLOW_RUN_ID", opened)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "another")
    experiment = choose_experiment(client, None, "sample")
    assert experiment.name == "chosen"
    record = make_record("step_decay:drop=0.5")
    with tracked_run(Destination(client, experiment), "a run") as run_id:
        entry = record_entry(
            Destination(client, experiment), record, RunIdentity("a run", run_id), tags={}
        )
        assert Sender(client).send(outbox.put(entry))
    assert run_id == opened
    assert client.get_run(opened).data.params["drop"] == "0.50"
    assert client.get_run(opened).data.params["policy"] == str(record.spec.policy)
    with pytest.raises(UsageError, match=r"experiment=oregon .* --experiment-name oregon"):
        choose_experiment(client, "oregon", "sample")


def test_the_experiment_is_given_or_named_by_the_environment_or_the_data(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(sqlite)
    assert choose_experiment(client, None, "sample").name == "sample"
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "oregon")
    assert choose_experiment(client, None, "sample").name == "oregon"
    assert choose_experiment(client, "mine", "sample").name == "mine"
    client.delete_experiment(choose_experiment(client, "mine", "sample").experiment_id)
    with pytest.raises(UsageError, match="experiment=mine was deleted"):
        choose_experiment(client, "mine", "sample")


def test_foreign_runs_are_told_apart(sqlite: str) -> None:
    mlflow.set_tracking_uri(sqlite)
    log_one(sqlite, "x")
    client = connect(sqlite)
    experiment_id = client.get_experiment_by_name("x").experiment_id
    client.set_terminated(client.create_run(experiment_id).info.run_id)
    client.create_run(experiment_id)
    half = client.create_run(experiment_id).info.run_id
    for name in ("policy", "seed"):
        client.log_param(half, name, "1")
    client.set_terminated(half)
    assert sorted(str(reason) for reason in load_runs("x", sqlite)["excluded"]) == [
        "None",
        "not a run of lr-study: no param policy",
        "not a run of lr-study: no tag lr_study.protocol",
        "status RUNNING, not FINISHED",
    ]


def test_an_unknown_experiment_is_answered_with_those_there_are(sqlite: str) -> None:
    log_one(sqlite, "flowers")
    with pytest.raises(
        UsageError, match=r"no experiment 'oregon' .* experiments: flowers, Default$"
    ):
        load_runs("oregon", sqlite)


def test_a_store_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for uri in (f"sqlite:///{tmp_path}/file/x.db", "http://127.0.0.1:9", "what:///"):
        with pytest.raises(LrStudyError) as error:
            connect(uri)
        assert uri in str(error.value)
        assert "\n" not in str(error.value)


def test_all_pages_are_read(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lr_study.tracking.reading._PAGE", 2)
    for seed in range(5):
        log_one(sqlite, "x", make_record(seed=seed))
    assert sorted(load_runs("x", sqlite)["seed"]) == [0, 1, 2, 3, 4]


def publish(client: MlflowClient, experiment_id: str, parent: str, seed: int = 0) -> str:
    """Publish a cell as a machine of its own would, that knows nothing of others."""
    known = uuid.uuid4().hex
    experiment = client.get_experiment(experiment_id)
    record = make_record(seed=seed)
    entry = record_entry(
        Destination(client, experiment),
        record,
        RunIdentity("child", entry_id=known, parent=parent),
        tags={},
    )
    outbox.put(entry, lambda folder: (folder / "note.txt").write_text("here", encoding="utf-8"))
    assert Sender(client, experiment).send(entry)
    return str(runs_of_entry(client, experiment_id, known)[0].info.run_id)


def test_cells_are_found_and_later_finishers_marked(uri: str, experiment_name: str) -> None:
    client = connect(uri)
    experiment_id = client.create_experiment(experiment_name)
    parent = client.create_run(experiment_id).info.run_id
    first = publish(client, experiment_id, parent)
    second = publish(client, experiment_id, parent)
    other = publish(client, experiment_id, parent, seed=1)
    cells = find_cells(client, experiment_id, PROTOCOL_ID)
    assert cells.finished == {
        make_record().cell: (first, second),
        make_record(seed=1).cell: (other,),
    }
    assert find_cells(client, experiment_id, "another").finished == {}
    assert mark_duplicates(client, cells) == 1
    assert client.get_run(second).data.tags["lr_study.duplicate_of"] == first
    assert client.get_run(first).data.tags["mlflow.parentRunId"] == parent
    assert [file.path for file in client.list_artifacts(first)] == ["note.txt"]


PROTOCOL_ID = make_record().protocol.id


def test_what_a_dead_process_left_is_closed_and_the_living_left_alone(sqlite: str) -> None:
    dead = run_code("from lr_study.support import liveness_token; print(liveness_token())").stdout
    dead = dead.strip()
    client = connect(sqlite)
    experiment_id = client.create_experiment("x")

    def running(process: str, **tags: str) -> str:
        tags = {name.replace("_", ".", 1): value for name, value in tags.items()}
        run = client.create_run(experiment_id, tags={"lr_study.process": process, **tags})
        return str(run.info.run_id)

    parent = running(dead)
    half = running(dead, mlflow_parentRunId=parent)
    live = running(dead, mlflow_parentRunId=parent)
    client.set_tag(live, "lr_study.cell", "0" * 12)
    complete = running(dead, mlflow_parentRunId=parent)
    log_record(client, complete, make_record())
    ours = running(liveness_token())
    unknown = running("of another machine")
    assert reap_stale_runs(client, experiment_id) == 4
    status = {run.info.run_id: run.info.status for run in client.search_runs([experiment_id])}
    assert status == {
        parent: "KILLED",
        live: "KILLED",
        complete: "FINISHED",
        ours: "RUNNING",
        unknown: "RUNNING",
    }
    assert client.get_run(half).info.lifecycle_stage == "deleted"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_run_is_created_closes_it(
    sqlite: str, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    client = connect(sqlite)
    experiment = choose_experiment(client, "killed", "killed")
    create = client.create_run

    def interrupted(*arguments: object, **options: object) -> object:
        run = create(*arguments, **options)
        os.kill(os.getpid(), number)  # the store has the run, and we do not know it yet
        return run

    monkeypatch.setattr(client, "create_run", interrupted)
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), tracked_run(Destination(client, experiment), "run"):
            pytest.fail("the interrupt came too late")
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "KILLED"
