"""The ranking's rules keep what they promise, and would not without either of their corrections."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lr_study.comparison import inference

STUDIES = 300


@pytest.fixture(scope="module")
def calibration():
    file = Path(__file__).parents[2] / "benchmarks" / "calibration.py"
    spec = importlib.util.spec_from_file_location("calibration", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["calibration"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["calibration"]


def shares(calibration, case: str, policies: int, seeds: int):
    (found,) = calibration.simulate(case, policies, (seeds,), STUDIES, np.random.default_rng(0))
    return found


@pytest.mark.parametrize(
    ("case", "policies", "seeds"),
    [
        ("a equal noise", 18, 3),
        ("b unequal variances", 6, 5),
        ("d finite data", 6, 10),
        ("e whole pictures", 6, 3),
    ],
)
def test_at_most_one_study_in_twenty_calls_an_equal_policy_worse(
    calibration, case: str, policies: int, seeds: int
) -> None:
    assert shares(calibration, case, policies, seeds).holds(STUDIES)


def test_without_the_correction_for_many_comparisons_it_would_be_more(
    calibration, monkeypatch
) -> None:
    monkeypatch.setattr(inference, "holm", lambda p_values: np.asarray(p_values))
    found = shares(calibration, "a equal noise", 18, 3)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)


def test_without_a_least_deviation_of_one_picture_it_would_be_more(
    calibration, monkeypatch
) -> None:
    make, config = calibration.CASES["e whole pictures"]
    without = replace(config, min_std=0.0)
    monkeypatch.setitem(calibration.CASES, "e whole pictures", (make, without))
    found = shares(calibration, "e whole pictures", 6, 3)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)


def test_without_simultaneous_intervals_the_truth_would_be_outside(
    calibration, monkeypatch
) -> None:
    critical_value = inference.critical_value
    monkeypatch.setattr(
        inference, "critical_value", lambda seeds, comparisons: critical_value(seeds, 1)
    )
    found = shares(calibration, "d finite data", 18, 10)
    assert found.cover < 0.8
    assert not found.holds(STUDIES)


def test_without_the_variance_of_resplitting_it_would_be_more(calibration, monkeypatch) -> None:
    monkeypatch.setattr(
        inference,
        "standard_error_factor",
        lambda seeds, config: 1 / np.sqrt(np.asarray(seeds, float)),
    )
    found = shares(calibration, "d finite data", 6, 10)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)
