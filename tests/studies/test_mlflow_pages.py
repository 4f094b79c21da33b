"""MLflow's own pages of a real study, as Chromium shows them: they say the result.

``make screenshots`` runs this test on the whole study of the sample, and keeps the images for the
documentation.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from forked import Forked
from mlflow import MlflowClient
from stores import free_port, is_healthy

import lr_study

pytestmark = pytest.mark.winner

SCREENSHOTS = os.environ.get("LR_STUDY_SCREENSHOTS", "")
_PATIENCE_SECONDS = 120
_SMALL = ("--backbone", "efficientnet-lite0", "--weights", "random", "--image-size", "32")
_POLICIES = ("fixed:lr=0.01", "fixed:lr=0.001", "step_decay:drop=0.5", "exp_decay:k=0.3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, three_digits: Path) -> Path:
    """A folder with the store of a study, made by the command."""
    folder = tmp_path_factory.mktemp("pages")
    arguments = ["study", "--experiment", "digits"]
    if not SCREENSHOTS:
        arguments += ["--data", str(three_digits), *_SMALL, "--epochs", "3", "--seeds", "2"]
        arguments += [word for policy in _POLICIES for word in ("--policy", policy)]
    environment = {**os.environ, "LR_STUDY_STATE": str(folder / "state")}
    with Forked(arguments, cwd=folder, env=environment) as trained:
        assert trained.wait(900) == 0, trained.output()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{folder}/mlflow.db")


@pytest.fixture(scope="module")
def experiment_page(folder: Path) -> Iterator[str]:
    """The address that ``lr-study ui`` prints, while it serves."""
    port = str(free_port())
    arguments = ["ui", "--experiment", "digits", "--port", port]
    with Forked(arguments, cwd=folder) as served:
        wait_for(lambda: is_healthy(f"http://127.0.0.1:{port}"))
        (line,) = [line for line in served.output().splitlines() if line.startswith("open ")]
        yield line.removeprefix("open ")
        served.send_signal(signal.SIGTERM)
        served.wait(30)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def shows(browser: Any) -> Iterator[Callable[..., None]]:
    """Open an address, wait for its texts, and keep a screenshot if that is wanted."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})

    def open_page(name: str, address: str, texts: list[str], frame: str = "") -> None:
        tab.goto(address)
        place = tab.frame_locator(frame) if frame else tab
        for text in texts:
            found = place.get_by_text(text).first
            found.wait_for(state="visible", timeout=_PATIENCE_SECONDS * 1000)
        close = tab.get_by_label("Close", exact=True)  # MLflow's assistant, over a fourth of it
        if SCREENSHOTS:
            if close.count():
                close.first.click()
            for path in tab.get_by_text("Path: ").all():  # of the folder of this test
                path.evaluate("element => element.style.visibility = 'hidden'")
            tab.wait_for_timeout(2000)
            tab.screenshot(path=Path(SCREENSHOTS) / f"mlflow-{name}.png")

    yield open_page
    tab.close()


def runs_of(client: MlflowClient) -> tuple[Any, list[Any]]:
    """The study's run, and the others."""
    experiment = client.get_experiment_by_name("digits")
    runs = client.search_runs([experiment.experiment_id])
    (study,) = [run for run in runs if run.data.tags.get("lr_study.kind") == "study"]
    return study, [run for run in runs if run is not study]


def test_the_page_of_the_experiment_is_the_table_of_training_runs(
    experiment_page: str, client: MlflowClient, shows: Callable[..., None]
) -> None:
    study, _ = runs_of(client)
    assert experiment_page.endswith(
        f"/#/experiments/{study.info.experiment_id}/runs?workflowType=machine_learning"
    )
    name = study.inputs.dataset_inputs[0].dataset.name
    shows("experiment", experiment_page, ["Run Name", "Dataset", study.info.run_name[:9], name])


def test_the_page_of_a_study_says_its_result(
    experiment_page: str, client: MlflowClient, shows: Callable[..., None]
) -> None:
    study, _ = runs_of(client)
    ranking = lr_study.compare(
        lr_study.load_runs("digits", str(client.tracking_uri)), experiment="digits"
    )
    (protocol,) = ranking.protocols
    best = protocol.rows[0]
    assert study.data.params["best_policy"] == best.policy
    assert study.data.params["best_family"] == best.family
    metrics = study.data.metrics
    assert metrics["best_estimate"] == best.estimate
    assert (metrics["policies"], metrics["seeds"]) == (len(protocol.rows), len(best.seeds))
    verdicts = [row.verdict for row in protocol.rows]
    for verdict in ("tied", "undecided", "worse", "clearly worse"):
        assert metrics[verdict.replace(" ", "_")] == verdicts.count(verdict)
    for name in ("regret_bound", "gain_corrected"):
        assert metrics.get(name) == getattr(protocol, name)
    assert metrics.get("best_estimate_corrected") == best.estimate_corrected
    assert study.data.tags["mlflow.source.name"] == "lr-study"
    page = experiment_page.partition("?")[0] + f"/{study.info.run_id}?workflowType=machine_learning"
    first = protocol.advice.splitlines()[0]
    shows("study", page, [first, "verdict", "best_estimate", "best_policy"])


def test_runs_can_be_compared_in_parallel_coordinates(
    experiment_page: str, client: MlflowClient, shows: Callable[..., None]
) -> None:
    _, runs = runs_of(client)
    for run in runs:
        policy = lr_study.parse(run.data.params["policy"])
        assert run.data.params["family"] == policy.family
        assert float(run.data.params["initial_lr"]) == policy(0)
        assert run.info.run_name == f"s{run.data.params['seed']} {policy.short_name}"
        (dataset,) = (given.dataset for given in run.inputs.dataset_inputs)
        protocol = json.loads(run.data.tags["lr_study.protocol"])
        assert (dataset.name, dataset.digest) == (protocol["data"], protocol["fingerprint"][:36])
    some = json.dumps([run.info.run_id for run in runs[:12]])
    experiments = json.dumps([runs[0].info.experiment_id])
    address = f"{experiment_page.partition('#')[0]}#/compare-runs"
    address += f"?runs={quote(some)}&experiments={quote(experiments)}"
    shows("comparison", address, ["Parallel Coordinates Plot", "family", "initial_lr"])


def test_the_report_is_among_the_artifacts(
    experiment_page: str, client: MlflowClient, shows: Callable[..., None]
) -> None:
    study, _ = runs_of(client)
    page = experiment_page.partition("?")[0]
    page += f"/{study.info.run_id}/artifacts/report.html?workflowType=machine_learning"
    best = study.data.params["best_policy"]
    shows("artifacts", page, [lr_study.parse(best).short_name], frame="iframe")
