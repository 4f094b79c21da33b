"""Advice on rankings of runs on folds: three lines that anybody can follow."""

from dataclasses import replace

import pytest
from compared_runs import BASE, FAST, SLOW, ranked
from fold_runs import runs_on_folds

from lr_study.comparison.advice import advise
from lr_study.comparison.results import Difference, ProtocolRanking, SampleSize, VarianceShares
from lr_study.runs import ACCURACY, LOSS, Metric


@pytest.fixture(scope="module")
def three() -> ProtocolRanking:
    """FAST is best, BASE the baseline; neither still improves."""
    runs = runs_on_folds({BASE: 0.8, FAST: 0.9, SLOW: 0.6}, images=400, seeds=10)
    return replace(
        ranked(runs), edges=(), still_improving=False, regret_bound=0.42, gain_corrected=0.0987
    )


def lines(ranking: ProtocolRanking, metric: Metric = ACCURACY) -> list[str]:
    return advise(ranking, metric, BASE).split("\n")


def changed_best(ranking: ProtocolRanking, **changes) -> ProtocolRanking:
    best, *others = ranking.rows
    return replace(ranking, rows=(replace(best, **changes), *others))


def test_what_choosing_can_cost_stands_first_then_the_corrected_accuracy(three) -> None:
    shown = changed_best(three, estimate=0.91234, estimate_corrected=0.90876)
    assert lines(shown) == [
        f"Use {FAST}: choosing it loses at most 0.42 points against whichever is truly best "
        "(95 %).",
        "Its accuracy is 91.23 % (chosen and judged on the same images), 90.88 % corrected for "
        f"choosing; it is significantly better than the baseline {BASE}, by 9.87 points after the "
        "same correction.",
        "Every other policy is tied with it or worse.",
    ]


def test_of_a_loss_nothing_is_in_points(three) -> None:
    runs = runs_on_folds({BASE: 0.8, FAST: 0.9, SLOW: 0.6}, images=400, seeds=10)
    shown = lines(ranked(runs, metric="val_loss"), LOSS)
    assert shown[0].startswith(f"Use {FAST}: choosing it loses at most ")
    assert " of loss against whichever" in shown[0]
    assert shown[1].startswith("Its loss is 0.")
    assert "of loss after the same correction." in shown[1]
    assert "point" not in " ".join(shown)


@pytest.mark.parametrize(
    ("bound", "p_value", "open_", "word"),
    [
        (3.0, 0.2, True, "Best so far: "),
        (0.5, 0.2, True, "Use "),  # no more than the margin
        (3.0, 0.01, True, "Use "),  # better than the baseline
        (3.0, 0.2, False, "Use "),  # nothing is undecided
    ],
)
def test_use_is_said_on_evidence_alone(three, bound, p_value, open_, word) -> None:
    difference = Difference(0.1, (-0.1, 0.3), p_value, 10)
    shown = changed_best(three, vs_baseline={"val_accuracy": difference})
    decisions = (SampleSize(SLOW, 20, None),) if open_ else ()
    shown = replace(shown, regret_bound=bound, decisions=decisions)
    assert lines(shown)[0].startswith(f"{word}{FAST}")


@pytest.mark.parametrize(
    ("mean", "p_value", "text"),
    [
        (
            0.1,
            0.04,
            f"choosing; it is significantly better than the baseline {BASE}, by 9.87 points",
        ),
        (0.1, 0.05, f"choosing; it is not significantly better than the baseline {BASE}."),
        (-0.1, 0.04, f"choosing; it is significantly worse than the baseline {BASE}."),
    ],
)
def test_the_baseline_is_beaten_by_the_p_value_that_is_shown(three, mean, p_value, text) -> None:
    difference = Difference(mean, (mean - 0.2, mean + 0.2), p_value, 10)
    assert text in lines(changed_best(three, vs_baseline={"val_accuracy": difference}))[1]


def test_a_study_with_interim_analyses_needs_a_smaller_p_value(three) -> None:
    difference = Difference(0.1, (0.05, 0.15), 0.02, 10)
    shown = changed_best(three, vs_baseline={"val_accuracy": difference})
    assert "it is significantly better" in lines(shown)[1]
    assert "it is not significantly better" in lines(replace(shown, level=0.01))[1]


def test_a_baseline_that_wins_or_is_missing_is_not_mentioned(three) -> None:
    for shown in (changed_best(three, policy=BASE), changed_best(three, vs_baseline=None)):
        assert lines(shown)[1].endswith("corrected for choosing.")


MORE = "About 20 seeds (10 more, 60 s of training here) would settle "


@pytest.mark.parametrize(
    ("decisions", "sentences"),
    [
        ([("a", 20, None)], f"One other may be as good: a. {MORE}it."),
        (
            [("a", 20, None), ("b", 20, None)],
            f"2 others may be as good: a; b. {MORE}them all.",
        ),
        (
            [("a", 20, None), ("b", 90, None), ("c", None, 3.0)],
            f"3 others may be as good. {MORE}1 of them, 90 seeds (80 more, 8 min) 2 of them.",
        ),
        (
            [("a", None, 3.0), ("b", None, 2.0)],
            "2 others may be as good: a; b. More seeds alone would not settle them all. About 2 "
            "times as many images would settle the easiest.",
        ),
        (
            [("a", None, 300.0)],
            "One other may be as good: a. More seeds alone would not settle it.",
        ),
    ],
)
def test_what_would_decide_is_one_line(three, decisions, sentences) -> None:
    shown = replace(three, decisions=tuple(SampleSize(*d) for d in decisions), seconds_per_seed=6.0)
    assert lines(shown)[2] == sentences


@pytest.mark.parametrize(
    ("variance_shares", "sentence"),
    [
        (
            VarianceShares(0.5, 0.3, 0.2),
            "Most of the uncertainty comes from which images there are.",
        ),
        (
            VarianceShares(0.2, 0.6, 0.2),
            "Most of the uncertainty comes from how each training run turns out on single images.",
        ),
        (VarianceShares(0.2, 0.1, 0.7), "Most of the uncertainty comes from the seed."),
    ],
)
def test_the_largest_part_of_the_variance_is_named(three, variance_shares, sentence) -> None:
    shown = replace(three, decisions=(SampleSize(SLOW, 20, None),), variance_shares=variance_shares)
    assert lines(shown)[2].endswith(sentence)


def test_one_repetition_cannot_tell_what_would_decide(three) -> None:
    shown = replace(
        three,
        decisions=(SampleSize(SLOW, None, None),),
        variance_shares=VarianceShares(0.9, None, 0.1),
        seconds_per_seed=6.0,
    )
    assert lines(shown)[2] == (
        f"One other may be as good: {SLOW}. One repetition of the folds does not show whether more "
        "seeds or more images would decide; a second one does: 5 more seeds, 30 s of training here."
    )


def test_an_edge_of_the_search_is_said_after_the_three_lines() -> None:
    rates = {"fixed:lr=0.1": 0.9, "fixed:lr=0.01": 0.7, BASE: 0.6}
    shown = lines(ranked(runs_on_folds(rates, images=400, seeds=10)))
    assert shown[3] == "0.1 is the highest learning rate tried: add a higher one."
