"""Which cells of a study are trained."""

import pytest
from records import PROTOCOL

from lr_study.policies import parse
from lr_study.report import plan_summary
from lr_study.runs import Settings
from lr_study.runs.plan import StudySpec, make_plan
from lr_study.support.errors import UsageError

THREE = ("fixed:lr=0.1", "fixed:lr=0.01", "step_decay:")
FIVE = (*THREE, "exp_decay:", "exp_decay:k=0.1")


def cells_of(policies, seeds):
    return {PROTOCOL.cell(parse(policy), seed) for policy in policies for seed in seeds}


def plan(policies, seeds, *, finished=(), failed=(), rerun="missing"):
    study = StudySpec(Settings(), tuple(map(parse, policies)), tuple(seeds), rerun)
    return make_plan(study, PROTOCOL, finished=finished, failed=failed)


def named(specs):
    return {(str(spec.policy), spec.seed) for spec in specs}


def test_adding_two_policies_and_a_seed_runs_exactly_the_new_cells():
    grown = plan(FIVE, [0, 1, 2], finished=cells_of(THREE, [0, 1]))
    policies = [str(parse(policy)) for policy in FIVE]
    new = {(policy, seed) for policy in policies[3:] for seed in (0, 1)}
    new |= {(policy, 2) for policy in policies}
    assert len(new) == 9
    assert named(grown.missing) == new
    assert (len(grown.specs), grown.finished, grown.failed) == (15, 6, ())


def test_the_policies_missing_under_a_seed_train_together():
    parts = list(plan(THREE, [4, 2], finished=cells_of(THREE[:1], [4])).by_seed())
    assert [{spec.seed for spec in part} for part in parts] == [{4}, {2}]
    assert [len(part) for part in parts] == [2, 3]


@pytest.mark.parametrize(
    ("rerun", "to_run"),
    [
        ("missing", {"missing"}),
        ("failed", {"missing", "failed"}),
        ("all", {"missing", "failed", "finished", "failed before it finished"}),
    ],
)
def test_rerun_says_what_is_run_again(rerun, to_run):
    seeds = {"missing": 0, "failed": 1, "finished": 2, "failed before it finished": 3}
    found = plan(
        THREE[:1],
        list(seeds.values()),
        finished=cells_of(THREE[:1], [2, 3]),
        failed=cells_of(THREE[:1], [1, 3]),
        rerun=rerun,
    )
    assert {spec.seed for spec in found.missing} == {seeds[name] for name in to_run}
    assert [spec.seed for spec in found.failed] == ([1] if rerun == "missing" else [])
    assert len(found.missing) + len(found.failed) + found.finished == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": ()}, r"seeds=\(\) is not allowed"),
        ({"seeds": (0, 1, 0)}, r"seeds=\(0, 1, 0\) is not allowed"),
        ({"seeds": (0, 1.5)}, r"seed=1.5 is not allowed"),
        ({"policies": ()}, r"policies=\(\) is not allowed"),
        ({"policies": [parse("fixed"), parse("fixed:lr=0.001")]}, r"policies=\(fixed:lr=0.001, "),
        ({"rerun": "none"}, r"rerun=none is not allowed"),
    ],
)
def test_a_study_has_policies_and_seeds_each_once(changes, message):
    usual = {"settings": Settings(), "policies": [parse("fixed")], "seeds": range(3)}
    assert StudySpec(**usual) == StudySpec(Settings(), (parse("fixed"),), (0, 1, 2), "missing")
    with pytest.raises(UsageError, match=message):
        StudySpec(**usual | changes)


@pytest.mark.parametrize(
    ("seeds", "settings", "expected"),
    [
        (range(10), {}, None),
        (range(5, 10), {}, None),
        (range(7), {}, "the 7 seeds are no whole repetitions of the 5 folds: seeds 5, 6 are not"),
        ([0, 1, 2, 3, 9], {}, "seeds 0, 1, 2, 3, 9 are not"),
        ([4], {"folds": 4}, "seed 4 is not"),
        (range(19), {"folds": 20}, "9 and 9 more are not"),
        (range(6), {"folds": 3}, None),
        (range(7), {"resampling": "splits"}, None),
    ],
)
def test_seeds_that_leave_folds_over_are_warned_of(seeds, settings, expected):
    study = StudySpec(Settings(**settings), (parse("fixed"),), tuple(seeds))
    first, *others = plan_summary(make_plan(study, PROTOCOL, finished=(), failed=()))
    assert first.startswith(f"{len(seeds)} runs: 0 finished")
    if expected is None:
        assert others == []
    else:
        (line,) = others
        assert line.startswith("warning: ")
        assert expected in line
        number = int(line.rpartition("--seeds ")[2])
        assert number % study.settings.folds == 0
        assert number > max(seeds)
