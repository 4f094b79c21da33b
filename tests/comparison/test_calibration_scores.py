"""Error rates of the tests hold in simulation, and fail without any one of the corrections."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lr_study.comparison import inference

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import calibration_scores as calibration

STUDIES = 300


def rates(case: str, policies: int, seeds: int):
    (found,) = calibration.simulate(case, policies, (seeds,), STUDIES, np.random.default_rng(0))
    return found


@pytest.mark.parametrize(
    ("case", "policies", "seeds"),
    [
        ("a equal noise", 18, 3),
        ("b unequal variances", 6, 5),
        ("d finite data", 6, 10),
        ("e whole images", 6, 3),
    ],
)
def test_error_rates_hold_when_all_policies_are_equal(case: str, policies: int, seeds: int) -> None:
    assert rates(case, policies, seeds).holds(STUDIES)


def test_without_holm_correction_false_positives_exceed_the_bound(monkeypatch) -> None:
    monkeypatch.setattr(inference, "holm", lambda p_values: np.asarray(p_values))
    found = rates("a equal noise", 18, 3)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)


def test_without_a_minimum_std_of_one_image_false_positives_exceed_the_bound(
    monkeypatch,
) -> None:
    make, config = calibration.CASES["e whole images"]
    without = replace(config, min_std=0.0)
    monkeypatch.setitem(calibration.CASES, "e whole images", (make, without))
    found = rates("e whole images", 6, 3)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)


def test_without_simultaneous_intervals_coverage_falls_short(monkeypatch) -> None:
    critical_value = inference.critical_value
    monkeypatch.setattr(
        inference, "critical_value", lambda seeds, comparisons: critical_value(seeds, 1)
    )
    found = rates("d finite data", 18, 10)
    assert found.coverage < 0.8
    assert not found.holds(STUDIES)


def test_without_the_corrected_variance_false_positives_exceed_the_bound(
    monkeypatch,
) -> None:
    monkeypatch.setattr(
        inference,
        "standard_error_factor",
        lambda seeds, config: 1 / np.sqrt(np.asarray(seeds, float)),
    )
    found = rates("d finite data", 6, 10)
    assert found.worse_than_best > 0.15
    assert not found.holds(STUDIES)
