"""Advice on a ranking."""

from compared_runs import BASE, FAST, SLOW, ranked, three_policies, two_noisy_policies

from lr_study.report.commands import repeat_command


def test_one_run_per_policy_is_inconclusive_and_the_runs_to_repeat_are_suggested() -> None:
    ranking = ranked(three_policies(seeds=(0,)))
    assert {row.verdict for row in ranking.rows} == {"undecided"}
    assert ranking.rows[0].interval_method == "Wilson, 269 validation images"
    lines = ranking.advice.split("\n")
    assert lines[0].startswith("One run per policy")
    assert lines[-1] == "Repeat the runs over several seeds."
    assert repeat_command(ranking, BASE) == (
        f"lr-study study --policy {BASE} --policy {FAST} --policy {SLOW} --seeds 10 "
        "--backbone efficientnet-lite0 --image-size 64 --epochs 3"
    )


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
    assert f"Use {BASE}: it has the best mean over 8 seeds." in ranking.advice
    assert f"Worse by more than 0.5 points: {SLOW}." in ranking.advice
    assert ranking.decisions == ()
