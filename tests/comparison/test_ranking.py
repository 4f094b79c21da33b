"""Ranking of one protocol."""

import math

import pytest
from compared_runs import BASE, FAST, ranked, with_curves
from records import make_record


def test_a_diverged_policy_ranks_last_and_is_never_tied() -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(4)),
        *(
            make_record(FAST, s, accuracies=(0.1, 0.7), losses=(1, 0.5), diverges_at=2)
            for s in range(4)
        ),
    )
    last = ranked(runs).rows[-1]
    assert (last.policy, last.verdict, last.diverged, last.rank) == (FAST, "worse", 4, 2)
    once = ranked(runs[runs["seed"] < 4].assign(diverged=[False] * 4 + [True] + [False] * 3))
    assert (once.rows[-1].policy, once.rows[-1].verdict) == (FAST, "undecided")


def test_of_equal_policies_the_baseline_comes_first_and_then_the_order_is_that_of_names() -> None:
    others = ["exp_decay:initial_lr=0.01,k=0.3", "exp_decay:initial_lr=0.01,k=0.2"]
    runs = with_curves(*(make_record(policy, s) for policy in (*others, BASE) for s in range(3)))
    assert [row.policy for row in ranked(runs).rows] == [BASE, *reversed(others)]


def test_any_metric_ranks_that_the_runs_have() -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(3)),
        *(make_record(FAST, s, accuracies=(0.1, 0.6), losses=(1, 0.4)) for s in range(3)),
    )
    runs["final_val_top5_accuracy"] = [0.8, 0.81, 0.82, 0.9, 0.92, 0.91]
    by_metric = ranked(runs, metric="top5_accuracy")
    assert [row.policy for row in by_metric.rows] == [FAST, BASE]
    without = ranked(runs.drop(columns="final_val_top5_accuracy"))
    assert [row.policy for row in without.rows] == [BASE, FAST]
    assert without.rows[0].vs_best.mean == 0


def several_metrics():
    """Two policies under three seeds, whose metrics besides the accuracy differ by seed."""
    return with_curves(
        *(
            make_record(policy, seed, accuracies=(0.5, 0.5, last), losses=(1.0, low, low + rise))
            for policy, last, low, rise in ((BASE, 0.8, 0.4, 0.1), (FAST, 0.9, 0.2, 0.3))
            for seed, (last, low, rise) in enumerate(
                ((last, low, rise), (last - 0.1, low + 0.1, rise), (last, low, rise + 0.3))
            )
        )
    )


def test_metrics_of_a_row_are_means_over_seeds() -> None:
    fast, base = ranked(several_metrics()).rows
    assert (fast.policy, base.policy) == (FAST, BASE)
    expected = {
        "final_val_accuracy": (0.9 + 0.8 + 0.9) / 3,
        "best_val_accuracy": (0.9 + 0.8 + 0.9) / 3,
        "final_val_loss": (0.5 + 0.6 + 0.8) / 3,
        "best_val_loss": (0.2 + 0.3 + 0.2) / 3,
        "convergence_epoch": 3.0,
        "val_accuracy_roughness": (0.2 + 0.15 + 0.2) / 3,
        "val_loss_rise": (0.3 + 0.3 + 0.6) / 3,
        "seconds_per_epoch": 2.0 / 3,
    }
    assert fast.metrics.keys() == expected.keys()
    for name, value in expected.items():
        assert math.isclose(fast.metrics[name], value, abs_tol=1e-12), name
    loss = fast.vs_baseline["val_loss"]
    assert math.isclose(loss.mean, (0.0 + 0.0 + 0.0) / 3, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("difference", "noise", "verdict"),
    [(0.3, 0.01, "worse"), (0.002, 0.0005, "tied"), (0.01, 0.05, "undecided")],
)
def test_losses_have_verdicts_of_their_own(difference: float, noise: float, verdict: str) -> None:
    shifts = (noise, -noise, 0.0, noise, -noise, 0.0)
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.5), losses=(2, 0.5)) for s in range(6)),
        *(
            make_record(FAST, s, accuracies=(0.1, 0.9), losses=(2, 0.5 + difference + shift))
            for s, shift in enumerate(shifts)
        ),
    )
    best, other = ranked(runs, metric="val_loss").rows
    assert (best.policy, other.policy, other.verdict) == (BASE, FAST, verdict)
    assert math.isclose(other.vs_best.mean, difference, abs_tol=1e-12)
    low, high = other.vs_best.interval
    assert low < difference < high
    assert (other.vs_best.p_value < 0.05) is (low > 0)


def test_the_interval_of_an_accuracy_ends_at_0_and_1() -> None:
    runs = with_curves(
        *(
            make_record(policy, seed, accuracies=(0.5, end), losses=(1.0, 0.01 + seed))
            for policy, ends in ((BASE, (1.0, 0.99, 0.98)), (FAST, (0.0, 0.01, 0.02)))
            for seed, end in enumerate(ends)
        )
    )
    best, other = ranked(runs).rows
    assert best.interval[1] == 1.0
    assert other.interval[0] == 0.0
    assert 0.9 < best.interval[0] < 0.99
    assert 0.01 < other.interval[1] < 0.1
    assert ranked(runs, metric="val_loss").rows[0].interval[0] < 0  # a loss has no such bounds


def test_a_policy_that_diverged_under_one_seed_is_last_whatever_its_accuracy() -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.5), losses=(1, 0.5)) for s in range(3)),
        *(
            make_record(
                FAST, s, accuracies=(0.1, 0.9), losses=(1, 0.5), diverges_at=2 if s == 1 else None
            )
            for s in range(3)
        ),
    )
    rows = ranked(runs).rows
    assert [(row.policy, row.rank, row.diverged) for row in rows] == [(BASE, 1, 0), (FAST, 2, 1)]
    assert set(rows[1].ranks.values()) == {2}
    assert set(rows[0].ranks.values()) == {1}


def test_one_run_that_diverged_is_no_verdict() -> None:
    runs = with_curves(
        make_record(BASE, accuracies=(0.1, 0.5), losses=(1, 0.5)),
        make_record(FAST, accuracies=(0.1, 0.9), losses=(1, 0.5), diverges_at=2),
    )
    rows = ranked(runs).rows
    assert [(row.policy, row.verdict) for row in rows] == [(BASE, "undecided"), (FAST, "undecided")]


def test_the_best_of_each_family_is_compared_with_that_of_each_other() -> None:
    step, slow = "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5", "fixed:lr=0.0001"
    ends = {BASE: 0.75, slow: 0.5, FAST: 0.875, step: 0.625}
    ranking = ranked(
        with_curves(
            *(
                make_record(policy, seed, accuracies=(0.5, end), losses=(1, 1 - end))
                for policy, end in ends.items()
                for seed in range(3)
            )
        )
    )
    assert [(row.policy, row.family) for row in ranking.rows] == [
        (FAST, "exp_decay"),
        (BASE, "fixed"),
        (step, "step_decay"),
        (slow, "fixed"),
    ]
    found = {(gain.over, gain.policy): gain.differences for gain in ranking.gains}
    assert {
        pair: (differences["val_accuracy"].mean, differences["val_loss"].mean)
        for pair, differences in found.items()
    } == {
        (BASE, step): (-0.125, 0.125),
        (BASE, FAST): (0.125, -0.125),
        (step, FAST): (0.25, -0.25),
    }


def test_families_are_contrasted_in_their_order_and_compositions_after_them() -> None:
    warm = "warmup:epochs=50%,start=0.0+cosine:initial_lr=0.1,final_lr=0.0"
    ends = {
        warm: 0.9,
        "linear:initial_lr=0.1,final_lr=0.0": 0.8,
        "unnamed:name=mine": 0.7,
        BASE: 0.6,
    }
    runs = with_curves(
        *(
            make_record(
                FAST if "unnamed" in policy else policy,
                seed,
                accuracies=(0.5, end),
                losses=(1, 1 - end),
            )
            for policy, end in ends.items()
            for seed in range(3)
        )
    )
    runs["policy"] = runs["policy"].replace(FAST, "unnamed:name=mine")
    ranking = ranked(runs)
    assert [row.family for row in ranking.rows] == ["warmup+cosine", "linear", "unnamed", "fixed"]
    pairs = [(gain.over, gain.policy) for gain in ranking.gains]
    linear = "linear:initial_lr=0.1,final_lr=0.0"
    assert pairs == [(BASE, linear), (BASE, warm), (linear, warm)]


def runs_that_differ(val_size: int, train_size: int):
    """FAST is better than BASE by 0.03 on average, with a standard deviation of 0.02."""
    return with_curves(
        *(
            make_record(
                policy,
                seed,
                accuracies=(0.5, 0.6 + gain),
                losses=(1, 1),
                val_size=val_size,
                train_size=train_size,
            )
            for policy, gains in ((BASE, (0, 0, 0)), (FAST, (0.01, 0.03, 0.05)))
            for seed, gain in enumerate(gains)
        )
    )


def test_the_seeds_or_images_that_would_settle_a_difference() -> None:
    # The interval must exclude 0: t * sqrt(1 / n + 0.05) <= 0.03 / 0.02. With 4 seeds
    # 3.182 * 0.548 = 1.743, with 5 seeds 2.776 * 0.5 = 1.388 (quantiles of a printed table).
    (decision,) = ranked(runs_that_differ(val_size=100, train_size=2000)).decisions
    assert (decision.policy, decision.seeds, decision.pictures) == (BASE, 5, None)
    # No n makes 1.96 * sqrt(1 / n + 1) <= 1.5. With 3 seeds the interval is
    # 0.03 ± 4.303 * 0.02 * sqrt(1 / 3 + 1) = 0.03 ± 0.0994.
    (decision,) = ranked(runs_that_differ(val_size=1000, train_size=1000)).decisions
    assert (decision.policy, decision.seeds) == (BASE, None)
    assert decision.pictures == pytest.approx((0.0994 / 0.03) ** 2, rel=1e-3)


def test_notes_stand_only_where_they_belong() -> None:
    assert ranked(several_metrics()).notes == ()
    one_run_each = ranked(several_metrics().query("seed == 0"))
    assert {(d.policy, d.seeds, d.pictures) for d in one_run_each.decisions} == {
        (BASE, None, None),
        (FAST, None, None),
    }


@pytest.mark.parametrize(("seeds", "method"), [(1, "Wilson"), (2, "t over 2 seeds")])
def test_two_seeds_have_an_interval_over_seeds(seeds: int, method: str) -> None:
    curves = [(0.1, 0.7 + seed / 100) for seed in range(seeds)]
    runs = (make_record(BASE, s, accuracies=of, losses=(1, 1)) for s, of in enumerate(curves))
    (row,) = ranked(with_curves(*runs)).rows
    assert str(row.interval_method).startswith(method)
