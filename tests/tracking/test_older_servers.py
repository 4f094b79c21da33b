"""Servers whose limits are lower than those of the MLflow installed here."""

import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from records import make_record
from waiting import active

from lr_study.runs import CURVES
from lr_study.tracking import Destination, RunIdentity, Sender, load_runs, put, record_entry

pytestmark = pytest.mark.usefixtures("state")


@pytest.mark.parametrize("limit", [5000, 5500])
@pytest.mark.parametrize("answer", ["refused", "cut"])
def test_curves_too_long_for_an_older_server_are_read_from_the_metrics(
    client: MlflowClient,
    experiment: Experiment,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    limit: int,
) -> None:
    monkeypatch.setattr("mlflow.utils.validation.MAX_TAG_VAL_LENGTH", limit)
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", str(answer == "cut").lower())
    accuracies = tuple(1 / (3 + i) for i in range(90))
    record = make_record(accuracies=accuracies, losses=(1 / 3,) * 90)
    short = make_record(seed=1)
    destination = Destination(client, experiment)
    sender = Sender(client, experiment)
    for each in (record, short):
        assert sender.send(put(record_entry(destination, each, RunIdentity("child"), tags={})))
    tags = {run.data.tags["lr_study.cell"]: run.data.tags for run in active(client, experiment)}
    assert "lr_study.curves" not in tags[record.cell]
    assert "lr_study.curves" in tags[short.cell]
    runs = load_runs("x", client.tracking_uri).set_index("seed")
    assert list(runs["excluded"]) == [None, None]
    assert runs.loc[0, "curves"] == {n: [getattr(e, n) for e in record.epochs] for n in CURVES}
