"""Runs as the store has them: each is ranked or excluded, whatever was done to its record."""

import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient
from records import log_record, make_record

from lr_study import compare, load_runs
from lr_study.runs import RunRecord
from lr_study.support.errors import UsageError
from lr_study.tracking.run_rows import COLUMNS, stored_protocol

TAGS = ("protocol", "protocol_id", "cell", "diverged", "curves")
JUNK = (
    "",
    "[1]",
    "null",
    "NaN",
    "{}",
    '{"epochs": "x"}',
    "[" * 5000,
    "true",
    "12 apples",
    '{"epochs": 4}',
)
METRICS = ("final_val_accuracy", "best_val_accuracy", "final_val_loss", "best_val_loss")
RECORD = make_record("fixed:lr=0.01")


@pytest.fixture
def uri(tmp_path: Path, empty_database: Path) -> str:
    shutil.copy(empty_database, tmp_path)
    return f"sqlite:///{tmp_path}/mlflow.db"


def log(client: MlflowClient, record: RunRecord) -> str:
    run = client.create_run("0")
    log_record(client, run.info.run_id, record)
    client.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def reasons(uri: str) -> dict[str, str]:
    """Why each run that is not ranked is not; every run is in a ranking or here, never in both."""
    runs = load_runs("Default", uri)
    comparison = compare(runs)
    excluded = {run.run_id: run.reason for run in comparison.excluded}
    assert len(excluded) == len(comparison.excluded)
    ranked = sum(ranking.runs for ranking in comparison.protocols)
    assert ranked + len(excluded) == len(runs)
    return excluded


def test_an_id_and_divergence_are_computed_where_their_tags_are_missing(uri: str) -> None:
    client = MlflowClient(uri)
    whole = log(client, make_record("fixed:lr=0.001"))
    for seed, tag in enumerate(("protocol_id", "diverged")):
        client.delete_tag(log(client, make_record(seed=seed)), f"lr_study.{tag}")
    diverged = log(client, make_record("fixed:lr=0.1", diverges_at=3))
    client.delete_tag(diverged, "lr_study.diverged")
    runs = load_runs("Default", uri).set_index("run_id")
    assert runs["excluded"].isna().all()
    assert set(runs["protocol_id"]) == {runs["protocol_id"][whole]}
    assert list(runs.index[runs["diverged"]]) == [diverged]


@pytest.mark.parametrize("tag", TAGS)
def test_an_edited_tag_excludes_its_run_and_no_other(uri: str, tag: str) -> None:
    client = MlflowClient(uri)
    whole = log(client, make_record())
    edited = {log(client, RECORD): junk for junk in JUNK}
    for run_id, junk in edited.items():
        client.set_tag(run_id, f"lr_study.{tag}", junk)
    found = reasons(uri)
    assert whole not in found
    if tag in ("protocol", "cell", "curves"):
        assert found.keys() == edited.keys()
        assert not [reason for reason in found.values() if reason.startswith("Duplicate")]
    else:  # computed again, so that what the tag says is of no account
        assert len(found) == len(edited) - 1
        assert all(reason.startswith("Duplicate") for reason in found.values())


@pytest.mark.parametrize("value", [float("nan"), 1.46, -1.0, float("inf"), 0.0])
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_logged_again_does_not_beat_its_curve(uri: str, metric: str, value: float) -> None:
    client = MlflowClient(uri)
    changed = log(client, RECORD)
    log(client, make_record())
    client.log_metric(changed, metric, value, timestamp=2**50, step=0)
    found = reasons(uri)
    assert list(found) == [changed]
    assert f"metric {metric} is " in found[changed]
    assert ", but its curve gives 0." in found[changed]


def test_a_metric_named_like_a_column_replaces_none(uri: str) -> None:
    client = MlflowClient(uri)
    whole = log(client, RECORD)
    log(client, make_record())
    before = load_runs("Default", uri)
    for name in COLUMNS:
        client.log_metric(whole, name, 7.0)
    after = load_runs("Default", uri)
    assert after.equals(before)
    assert compare(after) == compare(before)


def test_a_changed_seed_or_policy_does_not_keep_its_cell(uri: str) -> None:
    client = MlflowClient(uri)
    cell = {"lr_study.cell": RECORD.cell}
    for record in make_record("fixed:lr=0.02"), make_record("fixed:lr=0.01", seed=1):
        run_id = log(client, record)
        client.set_tag(run_id, *next(iter(cell.items())))
    log(client, make_record())
    assert set(reasons(uri).values()) == {
        "tag lr_study.cell does not match its policy, seed and protocol: one of them was edited"
    }


def test_an_experiment_of_foreign_runs_alone_has_no_ranking(uri: str) -> None:
    client = MlflowClient(uri)
    for _ in range(2):
        run = client.create_run("0")
        client.log_metric(run.info.run_id, "accuracy", 0.9)
        client.set_terminated(run.info.run_id)
    runs = load_runs("Default", uri)
    assert {"protocol_id", "policy", "curves"} <= set(runs.columns)
    assert list(runs["start_time"]) == sorted(runs["start_time"])
    assert set(reasons(uri).values()) == {"not a run of lr-study: no param policy"}
    assert compare(runs).protocols == ()


def test_a_run_of_one_epoch_is_ranked(uri: str) -> None:
    record = make_record("step_decay:", accuracies=(0.5,), losses=(1.0,))
    run_id = log(MlflowClient(uri), record)
    (row,) = load_runs("Default", uri).to_dict("records")
    assert reasons(uri) == {}
    assert (row["run_id"], row["family"], row["seed"]) == (run_id, "step_decay", 0)


def test_curves_without_their_tag_are_those_of_the_metrics(uri: str) -> None:
    client = MlflowClient(uri)
    run_id = log(client, RECORD)
    (whole,) = load_runs("Default", uri).to_dict("records")
    client.delete_tag(run_id, "lr_study.curves")
    client.log_metric(run_id, "val_accuracy", 0.99, step=0)  # of no epoch
    client.log_metric(run_id, "val_accuracy", 0.99, step=5)
    (row,) = load_runs("Default", uri).to_dict("records")
    assert row["curves"] == whole["curves"]
    assert row["excluded"] is None


def test_the_protocol_of_a_run_says_what_is_needed_or_that_it_is_unknown(uri: str) -> None:
    client = MlflowClient(uri)
    run_id = log(client, RECORD)
    needed = ("backbone", "image_size")
    assert stored_protocol(client.get_run(run_id), needed)["image_size"] == 64
    for text, why in (
        ('{"backbone": "unknown", "image_size": 64}', "unknown: backbone"),
        ("{}", "unknown: backbone, image_size"),
        ("[]", "its protocol is not an object"),
    ):
        client.set_tag(run_id, "lr_study.protocol", text)
        with pytest.raises(UsageError) as caught:
            stored_protocol(client.get_run(run_id), needed)
        assert str(caught.value) == f"the protocol of run {run_id} cannot be used ({why})"
