"""Policies that match logged learning rates."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logged_rates import logged

from lr_study.importing.policy_fit import agrees, fit_policy
from lr_study.policies import ExpDecay, Fixed, Policy, StepDecay


def equal(fitted: Policy | None, declared: Policy) -> bool:
    if fitted is None or fitted.family != declared.family:
        return False
    return all(
        abs(fitted.parameters()[name] - value) <= 1e-4 * value
        for name, value in declared.parameters().items()
    )


RATES = st.floats(-6, 0).map(lambda exponent: 10.0**exponent)
POLICIES = st.one_of(
    st.builds(Fixed, RATES),
    st.builds(ExpDecay, RATES, st.floats(1e-3, 1.0)),
    st.builds(StepDecay, RATES, st.floats(0.05, 0.95), st.integers(2, 25)),
)


@settings(max_examples=200)
@given(policy=POLICIES)
def test_a_policy_is_recovered_from_its_rates(policy: Policy) -> None:
    rates = logged(policy)
    fit = fit_policy(rates)
    assert equal(fit.policy, policy), fit
    assert fit.policy is not None
    assert agrees(fit.policy, rates)


@pytest.mark.parametrize(
    "text",
    [
        "fixed:lr=0.001",
        "fixed:lr=0.1",
        "exp_decay:initial_lr=0.1,k=0.3",
        "exp_decay:initial_lr=0.01,k=0.5",
        "exp_decay:initial_lr=0.001,k=1.3",
        "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=10",
        "step_decay:initial_lr=0.0001,drop=0.4,epochs_drop=5",
        "step_decay:initial_lr=0.01,drop=0.75,epochs_drop=20",
    ],
)
def test_parameters_are_recovered_as_they_were_typed(text: str) -> None:
    assert str(fit_policy(logged(text)).policy) == text


def test_one_drop_alone_shows_no_period() -> None:
    """It may be a milestone, or that of a plateau: nobody drops every 13 epochs of 20."""
    found = fit_policy([0.01] * 12 + [0.001] * 8).candidates
    assert {policy.family for policy in found} >= {"step_decay", "multistep"}


@pytest.mark.parametrize(
    "text", ["exp_decay:initial_lr=0.1,k=1e-06", "exp_decay:initial_lr=0.3,k=3e-07"]
)
@pytest.mark.parametrize("epochs", [5, 50])
def test_a_decay_too_slow_to_be_measured_has_the_fewest_digits_that_fit(
    text: str, epochs: int
) -> None:
    # The logged rates hardly tell 3e-07 from 2.98e-07.
    assert text in [str(policy) for policy in fit_policy(logged(text, epochs)).candidates]


def test_rates_that_underflow_to_zero_are_ignored() -> None:
    policy = ExpDecay(0.1, 3.0)
    assert logged(policy)[-1] == 0
    assert fit_policy(logged(policy)).policy == policy


def test_epochs_that_were_not_logged_are_ignored() -> None:
    for policy in (ExpDecay(0.1, 0.3), StepDecay(0.1, 0.5, 4), Fixed(0.01)):
        rates: list[float | None] = [*logged(policy)]
        rates[0] = rates[3] = rates[17] = None
        found = fit_policy(rates).candidates
        assert policy in found
        assert {each.family for each in found} == {policy.family}


def families(rates: list[float]) -> list[str]:
    return [policy.family for policy in fit_policy(rates).candidates]


def test_indistinguishable_policies_are_ambiguous() -> None:
    # Two rates in two epochs fit every decay.
    assert families(logged("exp_decay:initial_lr=0.01,k=0.3", epochs=2)) == [
        "exp_decay",
        "step_decay",
    ]
    # A decay within the tolerance looks constant.
    assert families(logged(ExpDecay(0.1, 1e-8))) == [
        "fixed",
        "exp_decay",
        "step_decay",
    ]
    # A drop in each epoch is an exponential decay, but only the numbers of the step are round.
    every_epoch = StepDecay(0.01, 0.5, 1)
    assert families(logged(every_epoch)) == ["exp_decay", "step_decay"]
    assert every_epoch in fit_policy(logged(every_epoch)).candidates


def test_of_policies_with_equal_rates_the_simplest_is_returned() -> None:
    assert families(logged(StepDecay(0.01, 0.5, 51))) == ["fixed"]
    assert families(logged(StepDecay(0.01, 1.0, 5))) == ["fixed"]
    assert families(logged(ExpDecay(0.01, 0.0))) == ["fixed"]


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [0.1],
        [0.1, 0.2],
        [0.1, 0.05, 0.07, 0.01],
        [0.1, float("nan"), 0.1],
        [0.1, -0.1],
        [0.1, 0.1, 0.1001, 0.1],
        [0.1 * (1 - (e / 50) ** 3) for e in range(50)],
        [1e-31, 1e-32],
    ],
)
def test_other_rates_match_no_policy(rates: list[float]) -> None:
    assert fit_policy(rates).candidates == ()


@given(st.lists(st.one_of(st.none(), st.floats()), max_size=12))
def test_any_rates_are_handled(rates: list[float | None]) -> None:
    for policy in fit_policy(rates).candidates:
        assert agrees(policy, rates)
