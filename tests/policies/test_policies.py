"""What a user may rely on in a policy: its rates, its text form, and what it rejects."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.policies import FAMILIES, ExpDecay, Fixed, Policy, StepDecay, parse, short_name
from lr_study.support.errors import UsageError

positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False, allow_nan=False)
policies = st.one_of(
    st.builds(Fixed, lr=positive),
    st.builds(
        StepDecay,
        initial_lr=positive,
        drop=st.floats(min_value=0, max_value=1, exclude_min=True),
        epochs_drop=st.integers(min_value=1, max_value=10**6),
    ),
    st.builds(
        ExpDecay,
        initial_lr=positive,
        k=st.floats(min_value=0, allow_infinity=False, allow_nan=False),
    ),
)


@pytest.mark.parametrize(
    ("text", "epoch", "rate"),
    [
        ("fixed", 0, 0.001),
        ("fixed:lr=0.1", 49, 0.1),
        ("step_decay", 3, 0.01),
        ("step_decay", 4, 0.005),
        ("step_decay", 9, 0.0025),
        ("step_decay:initial_lr=0.1,drop=0.4,epochs_drop=10", 8, 0.1),
        ("step_decay:initial_lr=0.1,drop=0.4,epochs_drop=10", 9, 0.04),
        ("step_decay:epochs_drop=1", 0, 0.005),
        ("step_decay", 3.999, 0.01),
        ("exp_decay", 0, 0.01),
        ("exp_decay:initial_lr=0.1,k=0.5", 2, 0.1 * math.exp(-1)),
        ("exp_decay:initial_lr=0.1,k=0.5", 0.5, 0.1 * math.exp(-0.25)),
    ],
)
def test_the_rate_at_an_epoch(text: str, epoch: float, rate: float) -> None:
    assert parse(text)(epoch) == pytest.approx(rate, rel=1e-15)


@given(policies)
def test_the_text_form_round_trips_exactly(policy: Fixed | StepDecay | ExpDecay) -> None:
    assert parse(str(policy)) == policy
    assert str(parse(str(policy))) == str(policy)


@given(policies, st.floats(min_value=0, max_value=1000), st.floats(min_value=0, max_value=1000))
def test_rates_never_rise_and_never_exceed_the_initial_rate(
    policy: Fixed | StepDecay | ExpDecay, one: float, other: float
) -> None:
    early, late = sorted((one, other))
    initial = policy.parameters().get("initial_lr", policy.parameters().get("lr"))
    assert initial is not None
    assert 0 <= policy(late) <= policy(early) <= initial


DEFAULTS = {
    "fixed": "lr=0.001",
    "step_decay": "initial_lr=0.01,drop=0.5,epochs_drop=5",
    "exp_decay": "initial_lr=0.01,k=0.3",
    "multistep": "initial_lr=0.1,milestones=0.5/0.75,drop=0.1",
    "piecewise": "milestones=0.5/0.75,values=0.1/0.01/0.001",
    "polynomial": "initial_lr=0.1,final_lr=0.0,power=1.0",
    "linear": "initial_lr=0.1,final_lr=0.0",
    "cosine": "initial_lr=0.1,final_lr=0.0",
    "cosine_restarts": "initial_lr=0.1,final_lr=0.0,first_period=10,t_mul=1.0,m_mul=1.0",
    "one_cycle": (
        "max_lr=0.1,pct_start=0.3,div_factor=25.0,final_div_factor=10000.0,"
        "anneal=cos,three_phase=no"
    ),
    "cyclic": "base_lr=0.0,max_lr=0.1,period=10,shape=triangle,phase=up,decay=none",
    "inverse_time": "initial_lr=0.1,k=0.1,power=1.0",
    "inverse_sqrt": "initial_lr=0.1,timescale=1",
    "wsd": "max_lr=0.1,decay_fraction=0.2,final_factor=0.0,shape=linear",
    "sigmoid": "initial_lr=0.1,k=0.5,middle=0.5",
    "plateau": (
        "initial_lr=0.1,factor=0.1,patience=10,min_delta=0.0001,cooldown=0,min_lr=0.0,"
        "monitor=val_loss"
    ),
}


def test_a_family_alone_is_its_defaults() -> None:
    written = {family: str(parse(family)) for family in FAMILIES}
    assert written == {family: f"{family}:{text}" for family, text in DEFAULTS.items()}


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("fixed:lr=0.3", 0.3),
        ("step_decay:initial_lr=2", 2.0),
        ("one_cycle:max_lr=0.5", 0.5),
        ("piecewise:values=0.4/0.2/0.1", 0.4),
    ],
)
def test_a_policy_scales_with_its_learning_rate(text: str, rate: float) -> None:
    policy = parse(text)
    assert policy.learning_rate == rate
    doubled = policy.with_learning_rate(2 * rate)
    assert doubled.learning_rate == 2 * rate
    assert doubled(3, 10) == pytest.approx(2 * policy(3, 10))


def test_the_text_form_states_every_parameter() -> None:
    assert str(parse("step_decay:drop=0.25")) == (
        "step_decay:initial_lr=0.01,drop=0.25,epochs_drop=5"
    )
    assert str(parse("fixed:lr=1e-6")) == "fixed:lr=1e-06"
    assert str(Fixed(lr=1)) == "fixed:lr=1.0"
    assert str(parse("step_decay:epochs_drop=10.0")) == str(StepDecay(epochs_drop=10))


@given(policies, policies)
def test_no_two_policies_have_the_same_short_name(one: Policy, other: Policy) -> None:
    assert (one.short_name == other.short_name) == (one == other)


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        ("fixed:lr=0.0001", "fixed 0.0001"),
        ("step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5", "step 0.01 ×0.5/5"),
        ("step_decay:initial_lr=1,drop=1e-5,epochs_drop=5", "step 1 ×1e-05/5"),
        ("exp_decay:initial_lr=0.1234567,k=0", "exp 0.1234567 k=0"),
        ("unnamed:step 3", "unnamed:step 3"),
    ],
)
def test_short_names(policy: str, name: str) -> None:
    assert short_name(policy) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["''", "fixed", "step_decay", "exp_decay"]),
        ("cosin", ["did you mean cosine?", "exp_decay"]),
        ("Fixed:lr=1", ["Fixed"]),
        ("fixed:", []),
        ("fixed:lr", ["'lr'", "lr=NUMBER"]),
        ("fixed:lr=", ["lr=", "> 0"]),
        ("fixed:lr=abc", ["lr=abc", "> 0"]),
        ("fixed:lr=nan", ["lr=nan"]),
        ("fixed:lr=inf", ["lr=inf"]),
        ("fixed:lr=1e400", ["lr=1e400"]),
        ("fixed:lr=-1", ["lr=-1"]),
        ("fixed:lr=0", ["lr=0"]),
        ("fixed:lr=0.1,lr=0.2", ["lr is given twice"]),
        ("fixed:k=0.1", ["'k=0.1'", "lr=NUMBER"]),
        ("step_decay:drop=1.5", ["drop=1.5", "(0, 1]"]),
        ("step_decay:drop=0", ["drop=0"]),
        ("step_decay:epochs_drop=0", ["epochs_drop=0", "whole number >= 1"]),
        ("step_decay:epochs_drop=2.5", ["epochs_drop=2.5"]),
        ("exp_decay:k=-0.1", ["k=-0.1", ">= 0"]),
        ("fixed:lr=0.1;rm -rf x", ["lr=0.1;rm -rf x"]),
    ],
)
def test_invalid_text_is_rejected_in_one_line(text: str, expected: list[str]) -> None:
    if not expected:
        assert parse(text) == Fixed()
        return
    with pytest.raises(UsageError) as caught:
        parse(text)
    message = str(caught.value)
    assert "\n" not in message
    for part in expected:
        assert part in message


@pytest.mark.parametrize(
    "value",
    ["0.1", None, True, np.True_, math.nan, 10**400, Decimal("0.1"), 1j, np.array([0.1])],
)
def test_parameters_are_checked_on_construction(value: object) -> None:
    with pytest.raises(UsageError) as caught:
        Fixed(lr=value)
    assert str(caught.value) == (
        f"fixed: lr={value} is not allowed: lr is a finite number > 0, such as 0.001"
    )


@pytest.mark.parametrize("value", [np.float64(0.25), np.float32(0.25), Fraction(1, 4)])
def test_numbers_of_other_libraries_are_those_of_python(value: Any) -> None:
    assert str(Fixed(lr=value)) == "fixed:lr=0.25"
    assert str(StepDecay(0.25, value, np.int64(5))) == (
        "step_decay:initial_lr=0.25,drop=0.25,epochs_drop=5"
    )


def test_policies_are_immutable_values() -> None:
    assert len({Fixed(), Fixed(lr=0.001), parse("fixed")}) == 1
    with pytest.raises(AttributeError):
        Fixed().lr = 1.0
