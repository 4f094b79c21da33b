"""Rankings of models that are no classifiers: by their own metric, in its own unit."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from compared_runs import BASE, FAST, SLOW, ranked
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.report.ranking_formats import ranking_text
from lr_study.runs import ModelProtocol, ModelSettings, RunRecord, RunSpec
from lr_study.support import UsageError

PROTOCOL = ModelProtocol(
    data="flats",
    fingerprint="f" * 64,
    classes=0,
    train_size=80,
    val_size=20,
    test_size=20,
    precision="float32",
    optimizer="adam",
    batch_size=8,
    epochs=3,
    shuffle="full",
    resampling="folds",
    folds=5,
    workload="flats",
    model="0123456789ab",
    frozen_weights="",
    trained_parameters=33,
    frozen_parameters=0,
    loss="mse",
    metric="mae",
    direction="lower",
    keras="tensorflow 3.15.0",
)


def regression(
    policy: str, seed: int, *maes: float | None, losses=(4.0, 2.0, 1.0), protocol=PROTOCOL
) -> RunRecord:
    rated = make_record(policy, seed, accuracies=(0.5,) * len(maes), losses=(1.0,) * len(maes))
    name = protocol.metric
    epochs = tuple(
        replace(
            epoch,
            accuracy=None,
            val_accuracy=None,
            loss=None if mae is None else loss,
            val_loss=None if mae is None else loss,
            others={name: mae, f"val_{name}": mae},
        )
        for epoch, mae, loss in zip(rated.epochs, maes, losses, strict=True)
    )
    spec = RunSpec(rated.spec.policy, seed, ModelSettings(epochs=3, batch_size=8))
    tested = None if maes[-1] is None else maes[-1]
    return RunRecord(spec, protocol, epochs, None, 2.0, test_metric=tested)


def runs_of(*records: RunRecord):
    runs = frame(*records)
    runs["curves"] = [
        {name: [e.values()[name] for e in record.epochs] for name in record.epochs[0].values()}
        for record in records
    ]
    return runs


ENDS = {BASE: 20000.0, FAST: 15000.0, SLOW: 20100.0}


def three(seeds: int = 5):
    return runs_of(
        *(
            regression(policy, seed, 30000.0, end + 2000.0, end + 100 * seed + 7 * len(policy))
            for policy, end in ENDS.items()
            for seed in range(seeds)
        )
    )


def test_the_lowest_error_is_first_whatever_its_unit() -> None:
    comparison = compare(three())
    (ranking,) = comparison.protocols
    assert (comparison.metric, comparison.higher_is_better) == ("val_mae", False)
    assert [row.policy for row in ranking.rows] == [FAST, BASE, SLOW]
    assert [row.verdict for row in ranking.rows] == ["best", "worse", "worse"]
    best = ranking.rows[0]
    assert best.ranks["final_val_mae"] == best.ranks["epochs_to_target"] == 1
    assert best.epochs_to_target == 2  # 17,000 is below the baseline's last 20,000
    assert best.metrics["final_val_accuracy"] is None
    assert set(best.vs_baseline) == {"val_mae", "val_loss", "convergence_epoch"}
    assert ranking.rule == "splits"
    assert not any("accuracy" in line or "points" in line for line in ranking.advice.split("\n"))
    assert "of val_mae." in ranking.advice


def test_a_margin_is_in_the_unit_of_the_metric() -> None:
    without, within = ranked(three()), ranked(three(), margin=6000)
    assert without.margin == 0
    assert any("Without a margin no policy is tied" in note for note in without.notes)
    assert {row.verdict for row in within.rows} == {"best", "tied"}
    assert within.margin == 6000
    assert f"Equivalent to within 6000 of val_mae: {BASE}; {SLOW}." in within.advice
    assert not any("margin" in note for note in within.notes)


def test_another_metric_of_the_runs_ranks_by_its_own_direction() -> None:
    runs = three()
    by_loss = compare(runs, metric="val_loss")
    assert {row.rank for row in by_loss.protocols[0].rows} == {1}  # all have the same loss
    runs["final_val_gini"] = range(len(runs))
    up, down = (
        compare(runs, metric="gini", higher_is_better=higher).protocols[0].rows
        for higher in (True, False)
    )
    assert (
        [row.policy for row in up] == [row.policy for row in reversed(down)] == [SLOW, FAST, BASE]
    )


def test_a_metric_that_a_curve_alone_knows() -> None:
    runs = three()
    for number, curves in enumerate(runs["curves"]):
        curves["val_r2"] = [0.1, 0.9 - number / 100, 0.5 - number / 100]
    final, best = (compare(runs, metric="val_r2", at=at).protocols[0] for at in ("final", "best"))
    assert final.rows[0].estimate == pytest.approx(0.48)
    assert best.rows[0].estimate == pytest.approx(0.88)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"metric": "val_mse"}, "metric=val_mse is not allowed: the runs have val_loss, val_mae"),
        ({"metric": "val_accuracy"}, "metric=val_accuracy is not allowed: the runs have val_lo"),
        ({"metric": "gini"}, "metric=gini: its name does not tell"),
        ({"higher_is_better": True}, "higher_is_better=True is not allowed for val_mae: the pro"),
    ],
)
def test_what_cannot_rank_is_one_line(options, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        compare(three(2), **options)
    assert str(refused.value).startswith(says)


def test_runs_of_two_metrics_are_not_mixed() -> None:
    classifier = runs_of(make_record(BASE, 0)).assign(run_id="classifier")
    both = compare(pd.concat([three(2), classifier], ignore_index=True))
    assert both.metric == "val_mae"
    assert [run.reason for run in both.excluded] == [
        "no val_mae: its runs are ranked by another metric"
    ]


def test_a_run_that_diverged_is_last() -> None:
    runs = runs_of(
        *(regression(BASE, seed, 3.0, 2.0, 1.0 + seed / 10) for seed in range(3)),
        *(regression(FAST, seed, 3.0, None, None) for seed in range(3)),
    )
    (ranking,) = compare(runs).protocols
    assert [(row.policy, row.shown_verdict) for row in ranking.rows] == [
        (BASE, "best"),
        (FAST, "diverged"),
    ]
    assert ranking.rows[1].estimate is None
    json.dumps(ranking.rows[1].metrics, allow_nan=False)


def test_an_edited_metric_or_a_gap_is_refused() -> None:
    edited = three(2)
    edited.loc[0, "final_val_mae"] = 1.0
    gap = three(2)
    gap.loc[1, "curves"]["val_mae"][1] = None
    short = three(2)
    short.loc[0, "curves"]["val_mae"].pop()
    reasons = [str(compare(runs).excluded[0].reason) for runs in (edited, gap, short)]
    assert reasons[0].startswith("metric final_val_mae is 1, but its curve gives ")
    assert reasons[1:] == [
        "no val_mae at epoch 2",
        "trained for 2 epochs, but the protocol declares 3",
    ]


def test_a_share_of_examples_is_in_points() -> None:
    protocol = replace(PROTOCOL, metric="digit_accuracy", direction="higher")
    runs = runs_of(
        *(
            regression(policy, seed, 0.5, 0.6, end + seed / 100, protocol=protocol)
            for policy, end in ((BASE, 0.7), (FAST, 0.8))
            for seed in range(3)
        )
    )
    (ranking,) = compare(runs).protocols
    assert ranking.margin == 0.05  # one example of 20, which is more than 0.5 points
    assert "points of accuracy" in ranking.advice
    runs.loc[0, "curves"]["val_digit_accuracy"][0] = 1.5
    assert "not an accuracy from 0 to 1" in compare(runs).excluded[0].reason


@pytest.mark.parametrize("output_format", ["table", "json", "csv", "markdown"])
@pytest.mark.parametrize("by", ["policy", "family"])
def test_every_format_names_the_metric_in_sensible_digits(output_format: str, by: str) -> None:
    text = ranking_text(compare(three(), experiment="flats"), output_format, by)
    if output_format in ("table", "markdown"):
        assert "mae" in text
        assert "acc." not in text
        assert "accuracy" not in text
        assert "image" not in text
        assert "15417" in text  # four digits, without decimals
    if output_format == "json":
        (family, *_) = json.loads(text)["protocols"][0]["families"]
        assert family["test_accuracy"] is None
        assert family["test_estimate"] > 15000


def test_the_tables_speak_of_examples() -> None:
    (ranking,) = compare(three()).protocols
    assert ranking.scope == (
        "Verdicts apply to training on 80 examples from this source and predicting new examples "
        "from it; not to other sources, nor to other numbers of examples"
    )
