"""Our policies against the rates that schedules of five other libraries gave."""

import re
from collections import Counter
from pathlib import Path

import pytest
import recorded_schedules
import recorded_schedules_of_torch
from recorded_schedules import LOSSES, Call

from lr_study.policies import FAMILIES, parse

PAGE = Path(__file__).parents[2] / "docs" / "schedules.md"
CALLS = recorded_schedules.CALLS + recorded_schedules_of_torch.CALLS
TOLERANCE = 1e-5


def named(call: Call) -> str:
    return f"{call.library}: {call.call} {call.reason}"


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_policy_has_the_rates_of_the_other_library(call: Call) -> None:
    policy = parse(call.text)
    ours = {step: policy(step, call.epochs, LOSSES[:step]) for step in call.rates}
    far = {s for s, rate in call.rates.items() if abs(ours[s] - rate) > TOLERANCE}
    assert far == set(call.differs), {s: (call.rates[s], ours[s]) for s in far}


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_step_of_a_run_has_the_rate_that_the_step_of_the_other_library_has(call: Call) -> None:
    """In a run of `epochs` one-step epochs, through the function that trainers call."""
    policy = parse(call.text)
    for step, rate in call.rates.items():
        if step < call.epochs and step not in call.differs:
            (ours,) = policy.step_rates(step, call.epochs, 1, LOSSES[:step])
            assert ours == pytest.approx(rate, abs=TOLERANCE)


def test_every_disagreement_has_a_reason_that_the_documentation_gives() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for call in CALLS:
        assert bool(call.differs) == bool(call.reason)
        assert call.reason in page


def test_the_documentation_names_every_schedule_of_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = {call.call.partition("(")[0].partition(" ")[0].rstrip(",") for call in CALLS}
    assert [name for name in sorted(names) if f"`{name}" not in page] == []


def test_every_library_is_in_the_table() -> None:
    calls = {(call.library, call.call) for call in CALLS}
    assert Counter(library for library, _ in calls) == {
        "Keras 3.15.1": 13,
        "optax 0.2.8": 9,
        "PyTorch": 15,
        "transformers 5.24.0": 12,
        "timm 1.0.31": 8,
    }


def test_every_policy_that_the_documentation_writes_out_is_one() -> None:
    """But those with letters in place of numbers."""
    texts = re.findall(r"`([^`\n]+)`", PAGE.read_text(encoding="utf-8"))
    policies = [
        text
        for text in texts
        if ":" in text
        and text.partition(":")[0] in (*FAMILIES, "warmup")
        and not re.search(r"=[A-Z]|=k[01]|=l\b|=γ|−|\.\.\.", text)
    ]
    assert len(policies) > 30
    for text in policies:
        parse(text).require_fit(50)
