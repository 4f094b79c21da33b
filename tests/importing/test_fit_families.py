"""Every family is recognised in its rates, once an epoch and once a step."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lr_study.importing.policy_fit import fit_policy
from lr_study.importing.rates import LoggedRates
from lr_study.policies import Composition, Part, Policy, Warmup, parse

EPOCHS = 50

TEXTS = [
    "fixed:lr=0.1",
    "exp_decay:initial_lr=0.1,k=0.3",
    "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=10",
    "multistep:initial_lr=0.1,milestones=20/35,drop=0.1",
    "piecewise:milestones=20/35,values=0.1/0.3/0.02",
    "linear:initial_lr=0.1",
    "linear:initial_lr=0.1,final_lr=0.003",
    "polynomial:initial_lr=0.1,power=2",
    "polynomial:initial_lr=0.1,final_lr=0.0001,power=0.9",
    "cosine:initial_lr=0.1",
    "cosine:initial_lr=0.3,final_lr=0.001",
    "cosine_restarts:initial_lr=0.1",
    "cosine_restarts:initial_lr=0.1,final_lr=0.001,first_period=7,t_mul=2,m_mul=0.8",
    "cosine_restarts:initial_lr=0.1,first_period=3,t_mul=1.5",
    "cosine_restarts:initial_lr=0.1,first_period=100",
    "one_cycle",
    "one_cycle:pct_start=0.25,div_factor=10,final_div_factor=100",
    "one_cycle:anneal=linear",
    "one_cycle:three_phase=yes",
    "cyclic",
    "cyclic:base_lr=0.001,max_lr=0.05,period=12,shape=cosine,phase=down",
    "cyclic:shape=sawtooth,period=7",
    "cyclic:shape=sine,decay=half",
    "cyclic:shape=triangle,decay=0.95",
    "cyclic:shape=sine_sawtooth,phase=down,decay=half",
    "inverse_time:initial_lr=0.1",
    "inverse_time:k=0.5,power=0.75",
    "inverse_sqrt:timescale=4",
    "wsd",
    "wsd:decay_fraction=0.35,shape=cosine,final_factor=0.1",
    "wsd:shape=1-sqrt",
    "sigmoid",
    "sigmoid:k=-0.3,middle=0.4",
    "warmup:epochs=5+cosine:initial_lr=0.1",
    "warmup:epochs=5,start=0.1+cosine:initial_lr=0.1",
    "warmup:epochs=1+cosine:initial_lr=0.1",
    "warmup:epochs=2.5+linear:initial_lr=0.1",
    "warmup:epochs=3+fixed:lr=0.1",
    "warmup:epochs=3+inverse_sqrt:timescale=3",
    "warmup:epochs=4+wsd",
    "warmup:epochs=4+step_decay:initial_lr=0.1,epochs_drop=10",
    "warmup:epochs=4+multistep:milestones=20/30",
    "warmup:epochs=4+exp_decay:initial_lr=0.1,k=0.1",
    "warmup:epochs=4+polynomial:power=2",
    "warmup:epochs=4+cosine_restarts",
    "fixed:lr=0.1,for=10+exp_decay:initial_lr=0.1,k=0.1",
    "cosine:initial_lr=0.1,final_lr=0.01,for=30+fixed:lr=0.01",
    "warmup:epochs=4+fixed:lr=0.1,for=10+exp_decay:initial_lr=0.1,k=0.1",
]


def by_epoch(text: str) -> Policy:
    """The policy with rates that change from epoch to epoch."""
    parts = []
    for part in text.split("+"):
        family = part.partition(":")[0]
        default = Warmup() if family == "warmup" else parse(family)
        if default.default_every == "step":
            part += ("," if ":" in part else ":") + "every=epoch"
        parts.append(part)
    return parse("+".join(parts))


def float32(rates: list[float]) -> list[float]:
    return np.asarray(rates, np.float32).astype(float).tolist()


def of_epochs(policy: Policy, epochs: int = EPOCHS) -> LoggedRates:
    """One rate an epoch, as LearningRateScheduler logs them."""
    return LoggedRates(float32([policy.at(e, 0.0, epochs) for e in range(epochs)]), epochs)


def of_next_updates(policy: Policy, epochs: int = EPOCHS) -> LoggedRates:
    """The first rate of each next epoch, as Keras logs them of a schedule object."""
    return LoggedRates(float32([policy.at(e + 1, 0.0, epochs) for e in range(epochs)]), epochs)


def of_steps(policy: Policy, steps: int, epochs: int = EPOCHS) -> LoggedRates:
    rates = [rate for e in range(epochs) for rate in policy.step_rates(e, epochs, steps)]
    return LoggedRates(float32(rates), epochs, steps)


@pytest.mark.parametrize("text", TEXTS)
def test_rates_logged_once_an_epoch_give_the_policy_as_it_was_typed(text: str) -> None:
    policy = by_epoch(text)
    fit = fit_policy(of_epochs(policy))
    assert [str(candidate) for candidate in fit.candidates] == [str(policy)]
    assert fit.reading == "epoch"


@pytest.mark.parametrize("text", TEXTS)
def test_rates_logged_once_a_step_give_the_policy_as_it_was_typed(text: str) -> None:
    policy = parse(text)
    fit = fit_policy(of_steps(policy, 7))
    assert [str(candidate) for candidate in fit.candidates] == [str(policy)]
    assert fit.reading == "step"


@pytest.mark.parametrize("every", [1, 10])
def test_rates_of_some_steps_are_enough(every: int) -> None:
    policy = parse("warmup:epochs=5+cosine:initial_lr=0.1")
    logged = of_steps(policy, 30)
    some = [rate if i % every == 0 else None for i, rate in enumerate(logged.values)]
    assert fit_policy(LoggedRates(some, EPOCHS, 30)).policy == policy


def test_steps_that_are_counted_from_1() -> None:
    policy = parse("warmup:epochs=5+cosine:initial_lr=0.1")
    logged = of_steps(policy, 10)
    fit = fit_policy(LoggedRates([None, *logged.values], EPOCHS, 10))
    assert (fit.policy, fit.reading) == (policy, "step from 1")
    # transformers logs the next update's rate, with the number of updates so far: the same axis.
    later = LoggedRates([None, *logged.values[1:]], EPOCHS, 10)
    assert (fit_policy(later).policy, fit_policy(later).reading) == (policy, "step")


NEXT = [
    "cosine:initial_lr=0.1",
    "polynomial:initial_lr=0.1,power=2",
    "linear:initial_lr=0.1",
    "cosine_restarts:initial_lr=0.1,first_period=7",
    "one_cycle",
    "wsd",
    "warmup:epochs=5+cosine:initial_lr=0.1",
    "warmup:epochs=5+linear:initial_lr=0.1",
]


@pytest.mark.parametrize("text", NEXT)
def test_rates_of_the_next_update_are_recognised(text: str) -> None:
    fit = fit_policy(of_next_updates(parse(text)))
    assert (fit.policy, fit.reading) == (parse(text), "next")


@pytest.mark.parametrize(
    "text",
    [
        "exp_decay:initial_lr=0.1,k=0.3,every=step",
        "linear:initial_lr=0.1,final_lr=0.01",
        "inverse_time:initial_lr=0.1",
        "inverse_sqrt:initial_lr=0.1,timescale=4",
        "warmup:epochs=3+inverse_sqrt:timescale=3",
        "multistep:initial_lr=0.1,milestones=20/35,drop=0.1",
    ],
)
def test_rates_that_are_rounder_for_the_next_update_are_ambiguous(text: str) -> None:
    fit = fit_policy(of_next_updates(parse(text)))
    assert fit.policy is None
    assert parse(text) in fit.candidates


@pytest.mark.parametrize(
    ("text", "simplest"),
    [
        ("polynomial:initial_lr=0.1,power=1", "linear:initial_lr=0.1"),
        ("cosine_restarts:initial_lr=0.1,first_period=50", "cosine:initial_lr=0.1"),
        ("wsd:max_lr=0.1,decay_fraction=1", "linear:initial_lr=0.1"),
        ("wsd:max_lr=0.1,decay_fraction=1,shape=cosine", "cosine:initial_lr=0.1"),
        ("inverse_time:initial_lr=0.1,k=0.25,power=0.5", "inverse_sqrt:timescale=4"),
        ("fixed:lr=0.1,for=40+linear:initial_lr=0.1", "wsd"),
        ("multistep:milestones=9/19/29/39/49,drop=0.5", "step_decay:initial_lr=0.1,epochs_drop=10"),
        ("multistep:milestones=0.4/0.7,drop=0.1", "multistep:milestones=20/35,drop=0.1"),
        ("piecewise:milestones=20/35,values=0.1/0.01/0.001", "multistep:milestones=20/35"),
        ("linear:initial_lr=0.1,final_lr=0.1", "fixed:lr=0.1"),
        ("multistep:milestones=60", "fixed:lr=0.1"),
    ],
)
def test_of_several_ways_to_write_the_same_rates_the_simplest_is_returned(
    text: str, simplest: str
) -> None:
    assert fit_policy(of_epochs(by_epoch(text))).candidates == (by_epoch(simplest),)


@pytest.mark.parametrize(
    "text",
    [
        "warmup:epochs=1,start=0.1+fixed:lr=0.5",
        # A cycle that ends at a millionth of its start would have these to the tolerance.
        "warmup:epochs=1,start=0.1+linear:initial_lr=0.5",
    ],
)
def test_no_family_is_bent_to_rates_that_a_warmup_explains(text: str) -> None:
    assert fit_policy(of_epochs(by_epoch(text), 40)).policy == by_epoch(text)


@pytest.mark.parametrize(
    "rates",
    [
        [0.1, 0.098, 0.09, 0.098, 0.1, 0.08, 0.07, 0.06, 0.01, 0.02],
        [0.1, 0.1, 0.2, 0.1, 0.1, 0.1],
        [0.1] * 8 + [0.05, 0.02],  # three rates would fit any wsd, which has three numbers
        # timm's warmup without a prefix: the cosine does not start where it ends.
        [0.0, 0.05, *(0.05 * (1 + np.cos(np.pi * e / 20)) for e in range(2, 20))],
    ],
)
def test_rates_of_no_policy_match_none(rates: list[float]) -> None:
    assert fit_policy(rates).candidates == ()


def _decimal(low: float, high: float, digits: int = 2) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda x: float(f"{x:.{digits - 1}e}"))


RATE = _decimal(1e-4, 0.5)
LOW = st.one_of(st.just(0.0), _decimal(1e-6, 5e-5))
SINGLE = st.one_of(
    st.builds("fixed:lr={}".format, RATE),
    st.builds("exp_decay:initial_lr={},k={}".format, RATE, _decimal(0.01, 0.5)),
    st.builds(
        "step_decay:initial_lr={},drop={},epochs_drop={}".format,
        RATE,
        _decimal(0.1, 0.9),
        st.integers(2, 20),
    ),
    st.builds(
        "multistep:initial_lr={},milestones={}/{},drop={}".format,
        RATE,
        st.integers(3, 18),
        st.integers(20, 27),
        _decimal(0.1, 0.9),
    ),
    st.builds("linear:initial_lr={},final_lr={}".format, RATE, LOW),
    st.builds(
        "polynomial:initial_lr={},final_lr={},power={}".format,
        RATE,
        LOW,
        _decimal(0.3, 4).filter(lambda power: power != 1),
    ),
    st.builds("cosine:initial_lr={},final_lr={}".format, RATE, LOW),
    st.builds(
        "cosine_restarts:initial_lr={},final_lr={},first_period={},t_mul={},m_mul={}".format,
        RATE,
        LOW,
        st.integers(3, 12),
        st.sampled_from([1, 2, 1.5]),
        st.sampled_from([1, 0.9, 0.75]),
    ),
    st.builds("inverse_time:initial_lr={},k={}".format, RATE, _decimal(0.05, 2)),
    st.builds("inverse_sqrt:initial_lr={},timescale={}".format, RATE, st.integers(1, 10)),
    st.builds(
        "wsd:max_lr={},decay_fraction={},final_factor={},shape={}".format,
        RATE,
        st.floats(0.15, 0.9).map(lambda x: round(x, 2)),
        st.sampled_from([0, 0.1, 0.01]),
        st.sampled_from(["linear", "cosine", "1-sqrt"]),
    ),
    st.builds(
        "sigmoid:initial_lr={},k={},middle={}".format,
        RATE,
        _decimal(0.1, 1),
        st.floats(0.2, 0.8).map(lambda x: round(x, 2)),
    ),
)
RISING = st.one_of(
    st.builds(
        "one_cycle:max_lr={},pct_start={},div_factor={},anneal={}".format,
        RATE,
        st.floats(0.15, 0.6).map(lambda x: round(x, 2)),
        st.sampled_from([10, 25, 4]),
        st.sampled_from(["cos", "linear"]),
    ),
    st.builds(
        "cyclic:base_lr={},max_lr={},period={},shape={},phase={},decay={}".format,
        st.sampled_from([0, 1e-05]),
        RATE,
        st.integers(5, 20),
        st.sampled_from(
            ["triangle", "sine", "cosine", "sawtooth", "sine_sawtooth", "cosine_sawtooth"]
        ),
        st.sampled_from(["up", "down"]),
        st.sampled_from(["none", "half", 0.97]),
    ),
)


@settings(max_examples=70)
@given(text=st.one_of(SINGLE, RISING))
def test_random_parameters_of_each_family_are_found(text: str) -> None:
    policy = by_epoch(text)
    fit = fit_policy(of_epochs(policy, 40))
    assert policy in fit.candidates, [str(candidate) for candidate in fit.candidates]


@settings(max_examples=35)
@given(text=SINGLE, length=st.integers(1, 8), start=st.sampled_from([0, 0.1, 0.25]))
def test_random_parameters_after_a_warmup_are_found(text: str, length: int, start: float) -> None:
    text = f"warmup:epochs={length},start={start}+{text}"
    policy = by_epoch(text)
    fit = fit_policy(of_epochs(policy, 40))
    if start and "one_cycle" in {candidate.family for candidate in fit.candidates}:
        return  # the same rates, and a family is preferred to a composition
    assert policy in fit.candidates, [str(candidate) for candidate in fit.candidates]


@settings(max_examples=25)
@given(text=st.one_of(SINGLE, RISING), warmup=st.sampled_from([0, 2, 3.5]), steps=st.integers(3, 9))
def test_random_parameters_are_found_in_rates_of_steps(
    text: str, warmup: float, steps: int
) -> None:
    policy = parse(text)
    if warmup and policy.family not in ("one_cycle", "cyclic"):
        policy = Composition((Part(Warmup(warmup)), Part(policy)))
    fit = fit_policy(of_steps(policy, steps, 30))
    assert policy in fit.candidates, [str(candidate) for candidate in fit.candidates]


def test_a_plateau_is_recognised_by_the_curve_that_it_read() -> None:
    random = np.random.default_rng(0)
    losses = (0.2 + 1 / np.arange(1, 51) + 0.02 * random.normal(size=50)).tolist()
    policy = parse("plateau:initial_lr=0.1,factor=0.5,patience=5")
    rates = float32([policy.at(e, 0.0, 50, losses[:e]) for e in range(50)])
    assert len(set(rates)) > 3
    other = random.normal(size=50).tolist()
    metrics = {"val_loss": losses, "val_accuracy": other}
    assert fit_policy(LoggedRates(rates, 50, None, metrics)).policy == policy
    # Without the curve, or with another one, only the milestones are seen.
    for curves in ({}, {"val_loss": other}):
        found = fit_policy(LoggedRates(rates, 50, None, curves)).candidates
        assert [each.family for each in found] == ["multistep"]


def test_a_plateau_that_dropped_once_is_ambiguous() -> None:
    losses = [1.0 / (e + 1) for e in range(12)] + [0.09] * 18
    policy = parse("plateau:initial_lr=0.1,factor=0.5,patience=10")
    rates = [policy.at(e, 0.0, 30, losses[:e]) for e in range(30)]
    assert len(set(rates)) == 2
    fit = fit_policy(LoggedRates(rates, 30, None, {"val_loss": losses}))
    assert policy in fit.candidates
    assert len(fit.candidates) > 1


def test_drops_at_equal_distances_are_no_plateau_with_a_cooldown() -> None:
    accuracies = [0.5, 0.4, 0.4, 0.7, 0.6, 0.8, 0.9, 0.95]
    policy = parse("plateau:initial_lr=0.1,factor=0.5,patience=1,cooldown=3,monitor=val_accuracy")
    rates = [policy.at(e, 0.0, 8, accuracies[:e]) for e in range(8)]
    steps = "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=3"
    assert rates == [parse(steps)(e) for e in range(8)]
    fit = fit_policy(LoggedRates(rates, 8, None, {"val_accuracy": accuracies}))
    assert str(fit.policy) == steps


def test_many_runs_take_no_minutes() -> None:
    """A run's fit takes some tens of milliseconds; the bound is for slow machines."""
    texts = ["warmup:epochs=5+cosine:initial_lr=0.1", "one_cycle", "wsd", "linear:initial_lr=0.1"]
    logged = [of_epochs(by_epoch(text)) for text in texts]
    start = time.process_time()
    for rates in logged:
        fit_policy(rates)
    assert (time.process_time() - start) / len(logged) < 0.5
