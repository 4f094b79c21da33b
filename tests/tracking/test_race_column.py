"""What a raced study decided, read back with the runs; anybody may have edited its tag."""

import shutil

import pytest
from mlflow import MlflowClient

from lr_study.comparison import RaceRecord, races_of
from lr_study.tracking import KIND_TAG, RACE_TAG
from lr_study.tracking.reading import load_runs

RECORD = RaceRecord("0123456789ab", 5, 2, 1, 0.0056, {"fixed:lr=1": 1})


@pytest.fixture
def client(tmp_path, empty_database) -> MlflowClient:
    shutil.copy(empty_database, tmp_path)
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    client.create_experiment("study", (tmp_path / "files").as_uri())
    return client


def add_run(client: MlflowClient, tags: dict[str, str]) -> None:
    experiment = client.get_experiment_by_name("study")
    client.create_run(experiment.experiment_id, tags=tags)


def test_the_row_of_a_study_has_its_decisions_and_protocol(client):
    add_run(client, {KIND_TAG: "study", RACE_TAG: RECORD.to_text()})
    add_run(client, {KIND_TAG: "study"})
    runs = load_runs("study", str(client.tracking_uri))
    assert sorted(runs["race"].notna()) == [False, True]
    raced = runs[runs["race"].notna()]
    assert raced["protocol_id"].tolist() == [RECORD.protocol_id]
    assert raced["excluded"].str.startswith("Study run").all()
    assert races_of(runs) == {RECORD.protocol_id: RECORD}


@pytest.mark.parametrize(
    "tags",
    [
        {KIND_TAG: "study", RACE_TAG: "not a record"},
        {KIND_TAG: "study", RACE_TAG: "[" * 4_000},
        {RACE_TAG: RECORD.to_text()},  # no run of a study
    ],
)
def test_another_tag_is_no_race(client, tags):
    add_run(client, tags)
    runs = load_runs("study", str(client.tracking_uri))
    assert runs["race"].isna().all()
    assert races_of(runs) == {}
