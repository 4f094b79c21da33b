"""``lr_study.study``: the command's study as a call, and what it returns in a notebook."""

import json
import logging
from pathlib import Path

import pandas as pd
import pytest
from compared_runs import three_policies
from mlflow import MlflowClient

import lr_study
from lr_study import UsageError

POLICIES = ("fixed:lr=0.01", lr_study.parse("step_decay:drop=0.5"))


@pytest.mark.parametrize("name", lr_study.__all__)
def test_what_is_exported_is_there(name: str) -> None:
    assert {"Comparison", "LrStudyError", "UsageError"} <= set(dir(lr_study))
    assert getattr(lr_study, name).__module__.startswith("lr_study.")


@pytest.fixture
def options(three_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return {
        "data": str(three_digits),
        "backbone": "efficientnet-lite0",
        "weights": "random",
        "image_size": 32,
        "epochs": 2,
        "experiment": "library",
        "tracking_uri": f"sqlite:///{tmp_path}/mlflow.db",
    }


@pytest.mark.filterwarnings("ignore:TensorFlow divides operations")
def test_it_does_what_the_command_does(options: dict, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "lr_study"):
        ranking = lr_study.study(policies=POLICIES, seeds=2, log_models="none", **options)
    assert "4 runs: 0 finished, 4 to run" in caplog.messages
    rows = ranking.protocols[0].rows
    assert {row.policy for row in rows} == {str(lr_study.parse(str(p))) for p in POLICIES}
    assert rows[0].seeds == (0, 1)
    client = MlflowClient(options["tracking_uri"])
    experiment = client.get_experiment_by_name("library")
    runs = client.search_runs([experiment.experiment_id])
    assert [run.info.status for run in runs] == ["FINISHED"] * 5

    stored = lr_study.load_runs("library", options["tracking_uri"])
    stored = stored[stored["excluded"].isna()].set_index(["policy", "seed"])
    for policy, seed in stored.index:
        run, other = stored.loc[(policy, seed)], stored.loc[(str(POLICIES[1]), seed)]
        results = run["image_results"]
        assert results.accuracy == run["final_val_accuracy"]
        assert results.test_accuracy == run["test_accuracy"]
        assert results.validated.tolist() == other["image_results"].validated.tolist()

    caplog.clear()
    with caplog.at_level(logging.INFO, "lr_study"):  # the same call: nothing is missing
        again = lr_study.study(policies=POLICIES, seeds=[0, 1], log_models="none", **options)
    assert "4 runs: 4 finished, nothing is missing" in caplog.messages
    assert again == ranking

    loaded = lr_study.compare(
        lr_study.load_runs("library", options["tracking_uri"]), experiment="library"
    )
    assert loaded.protocols[0].rows == rows

    frame = ranking.to_frame()
    assert list(frame["policy"]) == [row.policy for row in rows]
    assert list(frame["interval.low"]) == [row.interval[0] for row in rows]
    assert list(frame["seeds"]) == ["0 1", "0 1"]
    assert frame.loc[0, "vs_best.mean"] == 0
    described = json.loads(json.dumps(ranking.to_dict()))["protocols"][0]["rows"][1]
    assert frame.loc[1, "vs_best.p_value"] == described["vs_best"]["p_value"]
    assert frame.loc[1, "metrics.final_val_loss"] == described["metrics"]["final_val_loss"]
    families = ranking.to_frame("family")
    assert sorted(families["family"]) == ["fixed", "step_decay"]
    assert isinstance(families, pd.DataFrame)

    for shown in repr(ranking), ranking._repr_html_():
        for part in (rows[0].policy, "verdict", "undecided", f"{rows[0].estimate:.4f}"):
            assert part in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policies": ["cosin"]}, "policy 'cosin' is unknown: did you mean cosine?"),
        ({"policies": [0.1]}, "policies=0.1 is not allowed: a policy is a text"),
        ({"policies": [lambda epoch, epochs: -0.1]}, "gave -0.1: a learning rate is a finite"),
        ({"policies": ["keras:CosineDecay@0123456789ab"]}, "pass the object itself"),
        ({"policies": ["warmup:epochs=2+cosine"]}, "does not fit into epochs=2"),
        ({"seeds": 0}, "seeds=0 is not allowed"),
        ({"seeds": [1, 1]}, "each of them once"),
        ({"learning_rate": 0.1}, "learning_rate is not a setting: the settings are data, "),
        ({"epochs": 0}, "epochs=0 is not allowed"),
        ({"log_models": "some"}, "log_models is one of best, all, none"),
        ({"rerun": "some"}, "rerun is one of missing, failed, all"),
    ],
)
def test_wrong_values_are_refused_before_a_store_exists(
    options: dict, tmp_path: Path, arguments: dict, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        lr_study.study(**(options | arguments))
    assert message in str(error.value)
    assert not list(tmp_path.iterdir())


def test_texts_of_a_store_are_escaped_in_html() -> None:
    ranking = lr_study.compare(three_policies(), experiment="<script>alert(1)</script>")
    assert "<script>" not in ranking._repr_html_()
    assert "&lt;script&gt;" in ranking._repr_html_()


def test_frames_hold_a_difference_in_one_set_of_columns() -> None:
    ranking = lr_study.compare(three_policies(), baseline="exp_decay:initial_lr=0.01,k=0.3")
    for by in "policy", "family":
        names = list(ranking.to_frame(by).columns)
        assert not [name for name in names if any(n.startswith(f"{name}.") for n in names)]
