"""Rankings of runs on folds: which rule judges them, and what they show beside verdicts."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from compared_runs import BASE, FAST, SLOW, ranked
from fold_runs import runs_on_folds, stratified_runs

from lr_study.comparison.experiment import compare
from lr_study.comparison.results import ProtocolRanking
from lr_study.comparison.scope import MAX_NAMED, depends_on_seed

THREE = {BASE: 0.8, FAST: 0.85, SLOW: 0.6}


def verdicts(ranking: ProtocolRanking) -> dict[str, str]:
    return {row.policy: row.verdict for row in ranking.rows}


def test_verdicts_are_by_images_and_have_five_words() -> None:
    near = "fixed:lr=0.0011"
    runs = runs_on_folds({FAST: 0.9, near: 0.9, BASE: 0.85, SLOW: 0.6}, images=1500, seeds=10)
    # A second name of the best policy, with the same runs, is tied to it.
    twin = runs[runs["policy"] == FAST].assign(
        policy="fixed:lr=0.5", run_id=lambda r: r["run_id"] + "x", cell=lambda r: r["cell"] + "x"
    )
    ranking = ranked(pd.concat([runs, twin], ignore_index=True).drop(columns="curves"))
    assert (ranking.rule, ranking.resampling, ranking.folds) == ("folds", "folds", 5)
    found = verdicts(ranking)
    assert found[SLOW] == "clearly worse"
    assert found[BASE] in ("worse", "clearly worse")
    best = ranking.rows[0]
    assert best.verdict == "best"
    assert found[near] == "undecided" or near == best.policy
    twins = {FAST: found[FAST], "fixed:lr=0.5": found["fixed:lr=0.5"]}
    if best.policy in twins:
        assert sorted(twins.values()) == ["best", "tied"]
    method = ranking.rows[-1].vs_best
    assert method.method == "differences on each image, with the variance between seeds"
    assert str(method.correction).endswith("over 10 comparisons")
    assert str(ranking.rows[-1].vs_baseline["val_accuracy"].correction).endswith("4 comparisons")


def test_estimates_and_differences_are_means_over_images() -> None:
    runs = runs_on_folds(THREE, images=203, seeds=10)
    ranking = ranked(runs)
    right = {
        policy: sum(int(r.right.sum()) for r in part["image_results"])
        for policy, part in runs.groupby("policy")
    }
    for row in ranking.rows:
        assert math.isclose(row.estimate, right[row.policy] / 406)
        assert math.isclose(
            row.vs_best.mean,
            (right[row.policy] - right[ranking.rows[0].policy]) / 406,
            abs_tol=1e-12,
        )
        low, high = row.interval
        assert 0.5 < low < row.estimate < high
        assert row.interval_method == "t interval over 203 images and 10 seeds"


def test_the_same_runs_give_the_same_ranking() -> None:
    runs = runs_on_folds(THREE, images=100, seeds=5)
    shuffled = runs.sample(frac=1, random_state=1)
    assert compare(runs).to_dict() == compare(shuffled).to_dict()


def test_what_choosing_the_winner_can_cost_and_how_good_it_is() -> None:
    near = {BASE: 0.8, FAST: 0.85, SLOW: 0.6, "fixed:lr=0.01": 0.85}
    ranking = ranked(runs_on_folds(near, images=400, seeds=10))
    best, *others = ranking.rows
    assert 0 <= ranking.regret_bound < 10  # in points
    assert best.estimate_corrected < best.estimate
    assert all(row.estimate_corrected is None for row in others)
    base = next(row for row in ranking.rows if row.policy == BASE)
    assert math.isclose(
        ranking.gain_corrected, best.estimate_corrected - base.estimate, abs_tol=1e-9
    )
    by_loss = ranked(runs_on_folds(near, images=400, seeds=10), metric="val_loss")
    best, base = by_loss.rows[0], next(row for row in by_loss.rows if row.policy == BASE)
    assert best.estimate_corrected > best.estimate
    assert math.isclose(by_loss.gain_corrected, base.estimate - best.estimate_corrected)
    assert 0 <= by_loss.regret_bound < 1  # in units of the loss


def test_a_loss_is_judged_by_images_too() -> None:
    ranking = ranked(runs_on_folds(THREE, images=400, seeds=10), metric="val_loss")
    assert (ranking.rule, ranking.rows[-1].policy) == ("folds", SLOW)
    assert ranking.rows[-1].verdict == "clearly worse"
    assert ranking.margin == 0.005


@pytest.mark.parametrize(
    ("runs", "options"),
    [
        (lambda runs: runs.drop(columns="image_results"), {}),
        (lambda runs: runs.assign(image_results=[None, *runs["image_results"][1:]]), {}),
        (lambda runs: runs, {"at": "best"}),
    ],
)
def test_runs_without_results_of_images_are_judged_by_their_scores(runs, options) -> None:
    ranking = ranked(runs(runs_on_folds(THREE, images=400, seeds=10)), **options)
    assert (ranking.rule, ranking.resampling) == ("splits", "folds")
    assert ranking.rows[-1].vs_best.method == "paired t with the Nadeau-Bengio variance"
    assert (ranking.regret_bound, ranking.gain_corrected, ranking.variance_shares) == (
        None,
        None,
        None,
    )
    assert {row.estimate_corrected for row in ranking.rows} == {None}
    assert {row.seed_share for row in ranking.rows} == {None}


def test_folds_that_do_not_divide_the_images_are_judged_by_scores_and_a_note_says_why() -> None:
    runs = runs_on_folds(THREE, images=400, seeds=5)
    results = list(runs["image_results"])
    for first in (0, 5, 10):
        results[first + 1] = results[first]
        runs.loc[first + 1, "final_val_accuracy"] = results[first].accuracy
    ranking = ranked(runs.assign(image_results=results).drop(columns="curves"))
    assert ranking.rule == "splits"
    assert "not image by image: an image validated twice" in ranking.notes[0]


def test_stratified_runs_are_judged_within_class() -> None:
    """The difference of two classes is in every fold alike: it hides no difference of seeds."""
    runs = stratified_runs({BASE: 0.8, FAST: 0.85}, images=400, seeds=5, seed_effect=0.3)
    without = runs.assign(
        image_results=[replace(of, classes=0 * of.classes) for of in runs["image_results"]]
    )
    within, pooled = (ranked(each).rows[-1] for each in (runs, without))
    assert (within.policy, within.estimate) == (pooled.policy, pooled.estimate)
    assert within.vs_best.interval != pooled.vs_best.interval
    assert within.seed_share > pooled.seed_share > 0


@pytest.mark.parametrize("seeds", [1, 2, 4])
def test_before_one_whole_repetition_nothing_is_decided(seeds: int) -> None:
    runs = runs_on_folds({BASE: 0.9, SLOW: 0.2}, images=400, seeds=seeds)
    ranking = ranked(runs)
    assert ranking.rule == "folds"
    assert set(verdicts(ranking).values()) == {"undecided"}
    assert ranking.rows[1].vs_best.p_value is None
    assert ranking.rows[1].vs_baseline["val_accuracy"].interval is None
    assert ranking.regret_bound is None
    assert "folds" not in " ".join(ranking.notes)  # the advice says it, once
    missing = ", ".join(map(str, range(seeds, 5)))
    assert ranking.advice.split("\n")[:2] == [
        "Nothing can be decided until all 5 folds have been validated on.",
        f"Train the missing seeds: {missing}.",
    ]


def test_a_policy_that_diverges_in_a_part_of_a_repetition_is_not_worse_yet() -> None:
    runs = runs_on_folds({BASE: 0.9, SLOW: 0.2}, images=400, seeds=4)
    runs["diverged"] = runs["policy"] == SLOW
    assert set(verdicts(ranked(runs)).values()) == {"undecided"}


def test_seeds_beyond_whole_repetitions_are_not_used_and_a_note_says_which() -> None:
    twelve = ranked(runs_on_folds(THREE, images=400, seeds=12))
    assert twelve.rows[0].seeds == tuple(range(10))
    assert (
        "Seeds 10, 11 do not complete a repetition of the 5 folds and are not used" in twelve.notes
    )
    assert (twelve.runs, twelve.rows[0].runs) == (30, 10)


def test_policies_that_diverged_take_no_part_but_keep_their_rows() -> None:
    runs = runs_on_folds({**THREE, "fixed:lr=3.0": 0.3}, images=400, seeds=10)
    without = ranked(runs[runs["policy"] != "fixed:lr=3.0"])
    runs["diverged"] = (runs["policy"] == "fixed:lr=3.0") & (runs["seed"] > 0)
    ranking = ranked(runs)
    last = ranking.rows[-1]
    assert (last.policy, last.verdict, last.diverged) == ("fixed:lr=3.0", "undecided", 9)
    assert last.vs_best.p_value is None
    assert verdicts(without) == {p: v for p, v in verdicts(ranking).items() if p != last.policy}
    assert ranking.regret_bound == without.regret_bound
    runs.loc[runs["policy"] == "fixed:lr=3.0", "diverged"] = True
    assert ranked(runs).rows[-1].verdict == "worse"


def test_the_margin_is_at_least_one_of_all_images() -> None:
    assert ranked(runs_on_folds(THREE, images=100, seeds=5)).margin == 0.01
    assert ranked(runs_on_folds(THREE, images=1000, seeds=5)).margin == 0.005


def test_what_would_decide_needs_two_repetitions() -> None:
    close = {BASE: 0.8, FAST: 0.8}
    one = ranked(runs_on_folds(close, images=1000, seeds=5, generator=3))
    assert one.decisions[0].seeds is None
    assert one.decisions[0].pictures is None
    assert one.variance_shares.interaction is None
    two = ranked(runs_on_folds(close, images=1000, seeds=10, generator=3))
    (decision,) = two.decisions
    assert (decision.seeds is None) != (decision.pictures is None)
    if decision.seeds is not None:
        assert decision.seeds % 5 == 0
        assert decision.seeds > 10
    parts = (two.variance_shares.images, two.variance_shares.interaction, two.variance_shares.seeds)
    assert math.isclose(sum(parts), 1)
    assert min(parts) >= 0


def test_the_dominating_part_of_the_variance_is_the_one_that_was_made_large() -> None:
    of_interaction = ranked(
        runs_on_folds({BASE: 0.8, FAST: 0.81}, images=1000, lasting=1.0, interaction=1.0)
    )
    assert of_interaction.variance_shares.interaction > 0.5
    of_seeds = ranked(
        runs_on_folds({BASE: 0.8, FAST: 0.81}, images=1000, interaction=0.2, seed_effect=0.4)
    )
    assert of_seeds.variance_shares.seeds > 0.5
    assert of_seeds.rows[1].seed_share > 0.25
    assert of_seeds.rows[0].seed_share is None
    note = (
        "The difference from the best depends on the seed; its interval holds in 90 to 95 % of "
        "studies rather than 95 %: "
    )
    assert [n for n in of_seeds.notes if n.startswith(note)] == [note + of_seeds.rows[1].policy]
    assert not [n for n in of_interaction.notes if n.startswith(note)]


def test_what_verdicts_apply_to() -> None:
    assert ranked(runs_on_folds(THREE, images=400, seeds=5)).scope == (
        "Verdicts apply to training on 320 images from this source and classifying new images "
        "from it; not to other sources, nor to other numbers of images"
    )
    stratified = ranked(runs_on_folds(THREE, images=400, seeds=5, stratified=True))
    assert "from it, at these class shares; not to" in stratified.scope


def test_families_are_compared_on_test_images() -> None:
    runs = runs_on_folds(THREE, images=400, seeds=10, test_size=500)
    (exponential,) = [f for f in ranked(runs).families if f.family == "exp_decay"]
    found = exponential.vs_baseline
    assert found.method == "differences on each image, with the variance between seeds"
    assert str(found.correction).endswith("over 1 comparisons")
    accuracy = runs.groupby("policy")["test_accuracy"].mean()
    assert math.isclose(found.mean, accuracy[FAST] - accuracy[BASE], abs_tol=1e-12)
    by_run = ranked(runs.drop(columns="image_results")).families
    assert {f.vs_baseline.method for f in by_run if f.vs_baseline} == {
        "paired t with the Nadeau-Bengio variance"
    }
    width = {f.family: np.ptp(f.vs_baseline.interval) for f in by_run if f.vs_baseline}
    assert np.ptp(found.interval) < width["exp_decay"]


def test_one_policy_alone_is_best_of_none() -> None:
    ranking = ranked(runs_on_folds({FAST: 0.8}, images=100, seeds=5))
    assert [(row.policy, row.verdict) for row in ranking.rows] == [(FAST, "best")]
    assert ranking.regret_bound is None
    assert (
        ranking.advice.split("\n")[0] == f"Use {FAST}: there is no other policy to compare it with."
    )


def test_of_many_policies_that_depend_on_the_seed_some_are_named_and_the_others_counted() -> None:
    (row,) = ranked(runs_on_folds({BASE: 0.8}, images=100, seeds=5)).rows
    rows = [replace(row, policy=f"fixed:lr={i}", seed_share=0.9) for i in range(1, MAX_NAMED + 4)]
    assert f"fixed:lr={MAX_NAMED} (+3)" in str(depends_on_seed(rows))
    assert "(+" not in str(depends_on_seed(rows[:MAX_NAMED]))
