"""One import at a time into an experiment."""

from pathlib import Path

import pytest
from filelock import Timeout
from mlflow.entities import Experiment

from lr_study.importing.publishing import publishing
from lr_study.support import LrStudyError
from lr_study.tracking import Destination, connect
from lr_study.tracking.experiments import experiment_named


@pytest.fixture
def destination(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path
) -> Destination:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    client = connect(f"sqlite:///{tmp_path}/mlflow.db")
    experiment: Experiment = experiment_named(client, "x")
    return Destination(client, experiment)


def test_a_second_import_is_refused_while_the_first_runs(
    destination: Destination, tmp_path: Path
) -> None:
    with (
        publishing(destination.client, destination.experiment),
        pytest.raises(LrStudyError, match="another import into experiment x is running"),
        publishing(destination.client, destination.experiment),
    ):
        pass
    assert list((tmp_path / "state" / "locks").iterdir()) == []


def test_a_timeout_within_an_import_is_not_another_import(destination: Destination) -> None:
    with (
        pytest.raises(Timeout, match=r"another\.lock"),
        publishing(destination.client, destination.experiment),
    ):
        raise Timeout("another.lock")
