"""Image results in a store: a tag or an artifact, read back as they were, wherever they are."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from records import make_record
from waiting import active

from lr_study.runs import ImageResults, RunRecord, log_probabilities
from lr_study.tracking import (
    Destination,
    RunIdentity,
    Sender,
    load_runs,
    put,
    record_entry,
    write_image_results,
)
from lr_study.tracking.image_results import IMAGE_RESULTS_FILE
from lr_study.tracking.tags import IMAGE_RESULTS_TAG

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def results_of(images: int, seed: int = 0) -> ImageResults:
    """Results of a fifth of the images, that no compression makes short."""
    rng = np.random.default_rng(seed)
    size = images // 5
    return ImageResults(
        images,
        np.sort(rng.choice(images, size, replace=False)),
        np.sort(rng.integers(10, size=size)),
        rng.random(size) < 0.8,
        log_probabilities(np.log(rng.uniform(size=size))),
    )


def record_of(results: ImageResults | None, seed: int = 0) -> RunRecord:
    return replace(make_record(seed=seed), image_results=results)


def send(client: MlflowClient, experiment: Experiment, *records: RunRecord) -> None:
    sender, destination = Sender(client, experiment), Destination(client, experiment)
    for record in records:
        entry = record_entry(destination, record, RunIdentity("child"), tags={})
        put(entry, lambda folder, of=record: write_image_results(folder, of))
        assert sender.send(entry)


def tags_of(client: MlflowClient, experiment: Experiment) -> dict[str, dict[str, str]]:
    return {run.data.params["seed"]: run.data.tags for run in active(client, experiment)}


def read(client: MlflowClient):
    return load_runs("x", client.tracking_uri).set_index("seed")


@pytest.mark.parametrize(
    ("images", "in_tag", "in_artifact"),
    [(1000, True, False), (11_000, True, True), (60_000, False, True)],
)
def test_results_are_a_tag_where_they_fit_and_else_an_artifact(
    client: MlflowClient, experiment: Experiment, images: int, in_tag: bool, in_artifact: bool
) -> None:
    results = results_of(images)
    length = len(results.to_text())
    assert (length <= 8000, length > 5000) == (in_tag, in_artifact), length
    send(client, experiment, record_of(results), record_of(None, seed=1))
    tags = tags_of(client, experiment)
    assert IMAGE_RESULTS_TAG not in tags["1"]
    assert (tags["0"][IMAGE_RESULTS_TAG] == results.to_text()) == in_tag
    (run,) = (run for run in active(client, experiment) if run.data.params["seed"] == "0")
    files = [file.path for file in client.list_artifacts(run.info.run_id)]
    assert (IMAGE_RESULTS_FILE in files) == in_artifact
    runs = read(client)
    assert runs.loc[0, "image_results"] == results
    assert runs.loc[1, "image_results"] is None
    assert list(runs["excluded"]) == [None, None]


def test_an_artifact_is_read_once_and_then_from_the_cache(
    client: MlflowClient,
    experiment: Experiment,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results = results_of(60_000)
    send(client, experiment, record_of(results))
    assert read(client).loc[0, "image_results"] == results

    def fail(*arguments: object) -> str:
        raise AssertionError("read from the store again")

    with monkeypatch.context() as patch:
        patch.setattr("lr_study.tracking.image_results._downloaded_text", fail)
        assert read(client).loc[0, "image_results"] == results
    (kept,) = (cache / "image_results").rglob("*.json")
    kept.write_text(kept.read_text(encoding="ascii")[:-9], encoding="ascii")
    assert read(client).loc[0, "image_results"] == results, "a damaged file is read again"
    assert ImageResults.from_text(kept.read_text(encoding="ascii")) == results


@pytest.mark.parametrize("answer", ["refused", "cut"])
def test_an_older_server_has_in_the_artifact_what_it_takes_as_no_tag(
    client: MlflowClient, experiment: Experiment, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("mlflow.utils.validation.MAX_TAG_VAL_LENGTH", 5000)
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", str(answer == "cut").lower())
    results = results_of(11_000)
    assert 5000 < len(results.to_text()) <= 8000
    send(client, experiment, record_of(results))
    assert "artifact" in json.loads(tags_of(client, experiment)["0"][IMAGE_RESULTS_TAG])
    runs = read(client)
    assert runs.loc[0, "image_results"] == results
    assert runs.loc[0, "excluded"] is None


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("", "Expecting value"),
        ("[1]", "not image results"),
        ('{"version":2,"images":1e9}', "images=1000000000.0 is not a number of images"),
        ("[" * 5000, "recursion"),
        ('{"artifact":"../../x","sha256":5}', "names no SHA-256"),
        ('{"artifact":"x","sha256":"../' + "a" * 61 + '"}', "names no SHA-256"),
        ('{"artifact":"x","sha256":"' + "a" * 64 + '"}', "image_results.json.gz cannot be read"),
    ],
)
def test_results_that_cannot_be_read_exclude_their_run_alone(
    client: MlflowClient, experiment: Experiment, tag: str, reason: str
) -> None:
    send(client, experiment, record_of(results_of(1000)), record_of(results_of(1000), seed=1))
    (run,) = (run for run in active(client, experiment) if run.data.params["seed"] == "1")
    client.set_tag(run.info.run_id, IMAGE_RESULTS_TAG, tag)
    runs = load_runs("x", client.tracking_uri)
    excluded = runs["excluded"]
    assert excluded.isna().sum() == 1
    (why,) = excluded.dropna()
    assert why.startswith("not a run of lr-study: its record cannot be read (")
    assert reason in why
    assert "\n" not in why
    assert runs["image_results"].notna().sum() == 1


def test_an_artifact_that_was_replaced_is_not_taken_for_the_results(
    client: MlflowClient, experiment: Experiment, tmp_path: Path
) -> None:
    send(client, experiment, record_of(results_of(60_000)))
    (run,) = active(client, experiment)
    other = results_of(60_000, seed=1).to_text()
    file = tmp_path / IMAGE_RESULTS_FILE
    for content in (gzip.compress(other.encode()), b"no gzip", gzip.compress(b"x" * 99)[:-9]):
        file.write_bytes(content)
        client.log_artifact(run.info.run_id, str(file))
        (why,) = load_runs("x", client.tracking_uri)["excluded"]
        assert "artifact image_results.json.gz" in why
