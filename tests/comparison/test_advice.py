"""Advice on a ranking."""

import math
from dataclasses import replace

import pytest
from compared_runs import BASE, FAST, SLOW, ranked, three_policies, two_noisy_policies, with_curves
from records import make_record

from lr_study.comparison.advice import advise, duration, margin_text
from lr_study.comparison.results import SampleSize
from lr_study.runs import ACCURACY, LOSS


def test_one_run_per_policy_is_inconclusive() -> None:
    ranking = ranked(three_policies(seeds=(0,)))
    assert {row.verdict for row in ranking.rows} == {"undecided"}
    assert ranking.rows[0].interval_method == "Wilson, 269 validation images"
    lines = ranking.advice.split("\n")
    assert lines[0].startswith("One run per policy")
    assert lines[2] == "Repeat the runs over several seeds."


def test_advice_states_the_seeds_needed() -> None:
    ranking = ranked(two_noisy_policies(gap=0.03, noise=0.04, seeds=3))
    assert [row.verdict for row in ranking.rows] == ["best", "undecided"]
    (decision,) = ranking.decisions
    assert decision.seeds is not None
    assert decision.seeds > 3
    more = decision.seeds - 3
    assert (
        f"About {decision.seeds} seeds ({more} more, {4 * more} s of training here) "
        f"would settle {SLOW}." in ranking.advice
    )


def test_advice_states_the_images_needed_where_seeds_do_not_suffice() -> None:
    ranking = ranked(two_noisy_policies(gap=0.006, noise=0.02, seeds=8))
    (decision,) = ranking.decisions
    assert decision.seeds is None
    assert f"More seeds will not help for {SLOW}" in ranking.advice
    assert f"About {decision.pictures:.2g} times as many images" in ranking.advice


def test_advice_lists_the_worse_policies() -> None:
    ranking = ranked(two_noisy_policies(gap=0.2, noise=0.005, seeds=8))
    assert ranking.advice.startswith(f"Use {BASE}: it has the best mean over 8 seeds.\n")
    assert f"Worse by more than 0.5 points: {SLOW}." in ranking.advice
    assert ranking.decisions == ()


@pytest.mark.parametrize(
    ("gap", "noise", "seeds", "word"),
    [
        (0.2, 0.005, 8, "Use"),  # the other is worse
        (0.0, 0.0, 12, "Use"),  # the other is equivalent
        (0.02, 0.05, 2, "Best so far:"),  # the other may be better
    ],
)
def test_a_policy_is_recommended_only_on_evidence(
    gap: float, noise: float, seeds: int, word: str
) -> None:
    ranking = ranked(two_noisy_policies(gap, noise, seeds))
    assert ranking.advice.startswith(f"{word} {ranking.rows[0].policy}")


def test_a_policy_significantly_better_than_the_baseline_is_recommended() -> None:
    curves = {BASE: 0.5, FAST: 0.8, SLOW: 0.799}
    noise = (0.01, -0.01, 0.02, -0.02, 0.0)
    runs = with_curves(
        *(
            make_record(
                policy, seed, accuracies=(0.1, end + shift * (policy == SLOW)), losses=(1, 1)
            )
            for policy, end in curves.items()
            for seed, shift in enumerate(noise)
        )
    )
    ranking = ranked(runs)
    assert "undecided" in [row.verdict for row in ranking.rows]
    assert ranking.advice.startswith(f"Use {FAST}")


def worse_in_accuracy_better_in_loss(lower: float):
    """SLOW has the lower accuracy under every seed, and a loss lower by ``lower``."""
    return with_curves(
        *(
            make_record(policy, seed, accuracies=(0.1, accuracy), losses=(2.0, loss + seed / 100))
            for policy, accuracy, loss in ((BASE, 0.9, 1.0), (SLOW, 0.5, 1.0 - lower))
            for seed in range(5)
        )
    )


def test_every_sentence_is_about_the_metric_that_was_asked_for() -> None:
    runs = worse_in_accuracy_better_in_loss(0.25)
    lines = ranked(runs, metric="val_loss").advice.split("\n")
    assert lines[0] == f"Use {SLOW}: it has the best mean over 5 seeds."
    assert lines[1].startswith(
        f"It is significantly better than the baseline {BASE}: -0.2500 [-0.25"
    )
    assert lines[1].endswith("] of validation loss.")
    assert lines[2] == f"Worse by more than 0.005 of loss: {BASE}."
    assert not [line for line in lines if "accuracy" in line or "points" in line]
    by_accuracy = ranked(runs).advice.split("\n")
    assert by_accuracy[0] == f"Use {BASE}: it has the best mean over 5 seeds."
    assert "loss" not in ranked(runs).advice


def test_the_margin_of_a_loss_is_in_hundredths_of_a_nat() -> None:
    # Below it the probability of the true class differs by less than 0.5 % in geometric mean.
    assert math.isclose(math.exp(0.005), 1.005, rel_tol=2e-5)
    for lower, verdict in ((0.004, "tied"), (0.006, "worse")):
        runs = worse_in_accuracy_better_in_loss(lower)
        ranking = ranked(runs, metric="val_loss", margin=0.5)
        assert (ranking.margin, ranking.rows[1].verdict) == (0.005, verdict)
        assert margin_text(ranking, LOSS) == "0.005 of loss"
    assert margin_text(ranked(runs, margin=2), ACCURACY) == "2 points"


@pytest.mark.parametrize(
    ("factor", "sentence"),
    [
        (37.4, "About 37 times as many images would separate the easiest case."),
        (1.1e6, "Even 100 times as many images would not separate the easiest case."),
    ],
)
def test_no_factor_above_100_is_stated(factor: float, sentence: str) -> None:
    ranking = ranked(two_noisy_policies(gap=0.006, noise=0.02, seeds=8))
    ranking = replace(ranking, decisions=(SampleSize(SLOW, None, factor),))
    assert sentence in advise(ranking, ACCURACY, BASE).split("\n")


@pytest.mark.parametrize(
    ("best", "sentence"),
    [
        ("fixed:lr=0.1", "0.1 is the highest learning rate tried: add a higher one."),
        ("fixed:lr=0.01", None),
        ("fixed:lr=0.001", "0.001 is the lowest learning rate tried: add a lower one."),
    ],
)
def test_a_best_value_at_the_edge_of_the_search_is_pointed_out(
    best: str, sentence: str | None
) -> None:
    runs = with_curves(
        *(
            make_record(
                policy, seed, accuracies=(0.5, 0.9 if policy == best else 0.6), losses=(1, 1)
            )
            for policy in ("fixed:lr=0.1", "fixed:lr=0.01", "fixed:lr=0.001")
            for seed in range(3)
        )
    )
    lines = ranked(runs).advice.split("\n")
    assert [line for line in lines if " tried: add " in line] == ([sentence] if sentence else [])


@pytest.mark.parametrize(("last", "improving"), [(0.7, False), (0.75, True)])
def test_a_policy_that_was_still_improving_is_pointed_out(last: float, improving: bool) -> None:
    curve = (0.5, 0.6, 0.7, last)
    runs = with_curves(*(make_record(BASE, seed, accuracies=curve) for seed in range(3)))
    ranking = ranked(runs)
    assert ranking.still_improving is improving
    sentence = f"{BASE} was still improving at the last epoch: more epochs may change the ranking."
    assert (sentence in ranking.advice.split("\n")) is improving


def equal_policies(count: int, seeds: int):
    """Policies of which all but the first are worse by little, with noise."""
    rates = [0.001, *(0.0001 * (i + 2) for i in range(count - 1))]
    noise = (0.02, -0.02, 0.01, -0.01, 0.0, 0.015, -0.015, 0.005, -0.005, 0.0)[:seeds]
    return with_curves(
        *(
            make_record(
                f"fixed:lr={rate:.4g}",
                seed,
                accuracies=(0.7, 0.8 - 0.0001 * i + shift * (-1) ** i),
                losses=(1, 1),
            )
            for i, rate in enumerate(rates)
            for seed, shift in enumerate(noise)
        )
    )


@pytest.mark.parametrize("seeds", [2, 10])
def test_policies_beyond_four_are_counted(seeds: int) -> None:
    lines = ranked(equal_policies(count=9, seeds=seeds)).advice.split("\n")
    (undecided,) = [line for line in lines if line.startswith("Inconclusive: ")]
    assert undecided.endswith("; and 4 more.")
    assert undecided.count("fixed:lr=") == 4


def test_both_numbers_of_seeds_are_stated() -> None:
    ranking = ranked(two_noisy_policies(gap=0.02, noise=0.03, seeds=4))
    decisions = tuple(
        SampleSize(policy, needed, None) for policy, needed in (("a", 9), ("b", 30), ("c", 12))
    )
    lines = advise(replace(ranking, decisions=decisions), ACCURACY, BASE).split("\n")
    assert "About 9 seeds (5 more, 20 s of training here) would settle a." in lines
    assert "About 30 seeds (26 more, 104 s of training here) would settle b; c." in lines


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ((0.8, 0.81, 0.82), "significantly better than the baseline"),
        ((0.5, 0.9, 0.8), "not significantly better than the baseline"),
    ],
)
def test_the_difference_from_the_baseline_is_in_points(
    ends: tuple[float, ...], sentence: str
) -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.4), losses=(1, 1)) for s in range(3)),
        *(make_record(FAST, s, accuracies=(0.1, e), losses=(1, 1)) for s, e in enumerate(ends)),
    )
    ranking = ranked(runs)
    mean = 100 * (sum(ends) / 3 - 0.4)
    low, high = (100 * end for end in ranking.rows[0].vs_baseline["val_accuracy"].interval)
    assert (
        f"It is {sentence} {BASE}: {mean:+.2f} [{low:+.2f}, {high:+.2f}] points of accuracy."
        in ranking.advice.split("\n")
    )


def test_one_run_each_states_the_error_of_sampling() -> None:
    lines = ranked(three_policies(seeds=(0,))).advice.split("\n")
    assert lines[1] == (
        "Sampling of the validation images alone gives the first policy's 0.7000 "
        "a 95 % interval of 0.6427 to 0.7516."
    )
    by_loss = ranked(three_policies(seeds=(0,)), metric="val_loss").advice.split("\n")
    assert by_loss[1] == "Repeat the runs over several seeds."


def test_one_number_of_seeds_that_settles_all_is_stated_once() -> None:
    ranking = ranked(two_noisy_policies(gap=0.02, noise=0.03, seeds=4))
    decisions = tuple(SampleSize(policy, 9, None) for policy in ("a", "b"))
    lines = advise(replace(ranking, decisions=decisions), ACCURACY, BASE).split("\n")
    assert [line for line in lines if line.startswith("About ")] == [
        "About 9 seeds (5 more, 20 s of training here) would settle a; b."
    ]


def test_the_easiest_case_decides_how_many_more_images_are_stated() -> None:
    ranking = ranked(two_noisy_policies(gap=0.006, noise=0.02, seeds=8))
    decisions = tuple(SampleSize(policy, None, factor) for policy, factor in (("a", 1e6), ("b", 3)))
    lines = advise(replace(ranking, decisions=decisions), ACCURACY, BASE).split("\n")
    assert "More seeds will not help for a; b: the validation set is too small." in lines
    assert "About 3 times as many images would separate the easiest case." in lines


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2.0 h"),
        (3_600_000, "1000.0 h"),
    ],
)
def test_durations_are_in_seconds_minutes_or_hours(seconds: float, text: str) -> None:
    assert duration(seconds) == text
