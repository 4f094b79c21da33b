"""Rules are judged by known truth, and it is noticed when any guard of the rule is missing."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import calibration
from calibration_cases import KNOWN, NULLS, Case, Rates, rates
from calibration_guards import GUARDS, without
from calibration_learners import Learner
from calibration_rules import Judgement, Setting, new_rule, old_rule
from calibration_studies import WORLDS, Study, World, make_study

from lr_study.comparison import image_variance

SETTING = Setting(draws=400)
NULL = Case("null", "-", tuple(range(12)), null=True)
"""Names of one policy that depends on the seed, with fewer images than in the calibration."""
UNSTABLE = World(
    images=200,
    scale=0.55,
    learner=Learner(batch_size=16, epochs=8, hidden=8),
    policies=12,
    own_rate=2.5,
    repetitions=1,
    new_images=10,
)


@pytest.fixture(scope="module")
def unstable() -> list[Study]:
    return [make_study(UNSTABLE, np.random.default_rng([1, i])) for i in range(60)]


def of_hard(name: str, studies: int = 40) -> tuple[Case, list[Study]]:
    (case,) = (case for case in KNOWN if case.name == name)
    made = [make_study(WORLDS[case.world], np.random.default_rng([2, i])) for i in range(studies)]
    return case, made


def judged(case: Case, studies: list[Study], rule=new_rule, guard: str | None = None) -> Rates:
    with without(guard):
        setting = replace(SETTING, margin=case.margin)
        return rates(case, studies, 5, rule, setting, np.random.default_rng(0))


@pytest.mark.parametrize("rule", [old_rule, new_rule])
def test_names_of_one_unstable_policy_are_rarely_called_worse(unstable, rule) -> None:
    assert judged(NULL, unstable, rule).failures(NULL, 5) == []


@pytest.mark.parametrize("guard", ["seed-part", "freedom", "moderation"])
def test_without_allowing_for_seeds_names_of_one_policy_exceed_the_bounds(
    unstable, guard: str
) -> None:
    assert judged(NULL, unstable, guard=guard).failures(NULL, 5) != []


def test_without_the_floor_models_that_differ_on_no_image_are_called_equal() -> None:
    case, studies = of_hard("2 hard images")
    assert judged(case, studies).failures(case, 5) == []
    assert judged(case, studies, guard="floor").failures(case, 5) == ["cover 65.0 %"]


@pytest.mark.parametrize(
    ("guard", "name"), [("sign-flips", "16 hard images"), ("step-down", "36 of 40 far behind")]
)
def test_without_what_makes_the_rule_sharp_it_finds_too_few(guard: str, name: str) -> None:
    case, studies = of_hard(name)
    assert judged(case, studies).failures(case, 5) == []
    (failure,) = judged(case, studies, guard=guard).failures(case, 5)
    assert failure.startswith("found")


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_is_put_back(guard: str) -> None:
    def now() -> list[object]:
        return [getattr(module, name) for module, name, _ in GUARDS[guard]]

    before = now()
    with without(guard):
        during = now()
    assert all(one is not other for one, other in zip(before, during, strict=True))
    assert now() == before


def test_no_guard_is_taken_out_by_none() -> None:
    before = image_variance.seed_part
    with without(None):
        assert image_variance.seed_part is before


def claims(**changed) -> Judgement:
    """Policy 0 is called best, 1 clearly worse by 10 points, 2 undecided."""
    means = np.array([0.9, 0.8, 0.88])
    given = Judgement(
        best=0,
        difference=means[:, None] - means,
        half_width=np.full((3, 3), 0.05),
        outside=np.array([False, True, False]),
        verdicts=["best", "clearly worse", "undecided"],
        regret_bound=0.03,
    )
    return replace(given, **changed)


def counted(truth: list[float], case: Case, judgement: Judgement) -> Rates:
    study = Study(np.ones((3, 1, 5), bool), np.arange(5)[None], np.repeat([truth], 5, 0).T)
    return rates(case, [study], 5, lambda *_: judgement, SETTING, np.random.default_rng(0))


ALL = Case("all", "-", (0, 1, 2))


@pytest.mark.parametrize(
    ("truth", "expected"),
    [
        # As claimed: one of two policies that are far behind was found.
        ([0.90, 0.80, 0.88], {"alarms": 0, "cover": 1, "found": 0.5, "overstated": 0}),
        # All equal: none is far behind, what is called clearly worse is not, and -10 is not 0.
        ([0.90, 0.90, 0.90], {"alarms": 1, "cover": 0, "overstated": 1, "regret_held": 1}),
        # The undecided one is better by 4 points than the one called best.
        ([0.90, 0.80, 0.94], {"alarms": 0, "cover": 0, "found": 0.5, "regret_held": 0}),
        # All intervals versus the best hold, but not that between the others.
        ([0.90, 0.75, 0.90], {"cover": 0, "cover_best": 1, "found": 1}),
    ],
)
def test_errors_are_counted_against_the_truth(truth: list[float], expected: dict) -> None:
    found = counted(truth, ALL, claims())
    assert {name: getattr(found, name) for name in expected} == expected


def test_in_a_null_case_a_difference_within_the_margin_is_an_alarm() -> None:
    small = claims(verdicts=["best", "undecided", "undecided"])
    assert counted([0.9, 0.9, 0.9], ALL, small).alarms == 0
    assert counted([0.9, 0.9, 0.9], replace(ALL, null=True), small).alarms == 1


@pytest.mark.parametrize(
    ("changed", "failure"),
    [
        ({}, []),
        ({"alarms": 0.09}, []),
        ({"alarms": 0.10}, ["false alarms 10.0 %"]),
        ({"cover": 0.90}, ["cover 90.0 %"]),
        ({"overstated": 0.10}, ["overstated 10.0 %"]),
        ({"regret_held": 0.90}, ["bound of the regret held in 90.0 %"]),
        ({"found": 0.29}, ["found 29 %, less than 30 %"]),
    ],
)
def test_rates_fail_beyond_two_standard_errors(changed: dict, failure: list[str]) -> None:
    good = Rates(100, 0.05, 0.95, 0.95, 0.3, 0.05, 0.01, 0.95, 0.01)
    case = replace(ALL, found_at_least=((5, 0.30),))
    assert replace(good, **changed).failures(case, 5) == failure


def test_a_case_that_is_known_to_fall_short_has_a_bound_of_its_own() -> None:
    rates_ = Rates(400, 0.0, 0.90, 0.95, 1.0, 0.0, 0.01, 1.0, 0.01)
    assert rates_.failures(ALL, 5) == ["cover 90.0 %"]
    assert rates_.failures(replace(ALL, least_cover=((5, 0.90),)), 5) == []


def test_every_case_is_of_a_world_that_has_its_policies() -> None:
    for case in (*NULLS, *KNOWN):
        assert max(case.policies) < WORLDS[case.world].policies
    assert {case.world for case in (*NULLS, *KNOWN)} == set(WORLDS)


def test_the_command_prints_the_same_tables_again_and_says_which_bound_is_exceeded(capsys) -> None:
    few = ["--case", "hard images", "--studies", "20", "--processes", "1"]
    assert calibration.main(few) == 0
    first = capsys.readouterr().out
    assert "| 2 hard images | 2 | 20 | 100.0 / 100.0 |" in first
    assert calibration.main(few) == 0
    assert capsys.readouterr().out == first
    assert calibration.main([*few, "--without", "floor"]) == 1
    assert "2 hard images, 2 policies, n = 5: cover" in capsys.readouterr().out
