"""The rates of every family and of compositions: worked by hand, in bounds, and by step."""

import math
from collections.abc import Mapping

import pytest
from any_policies import BY_FAMILY, compositions
from hypothesis import assume, given
from hypothesis import strategies as st

from lr_study.policies import FAMILIES, Composition, Plateau, Policy, Warmup, parse
from lr_study.support.errors import UsageError

# Text, epochs, and the rates at some times. Half a cosine is 1, 0.853553, 0.5, 0.146447, 0 in
# quarters: (2 + √2) / 4 and (2 - √2) / 4.
HIGH, LOW = (2 + math.sqrt(2)) / 4, (2 - math.sqrt(2)) / 4
WORKED: list[tuple[str, float, Mapping[float, float]]] = [
    ("fixed:lr=0.3", 4, {0: 0.3, 3.5: 0.3, 400: 0.3}),
    ("step_decay:initial_lr=1,drop=0.1,epochs_drop=3", 9, {1.99: 1, 2: 0.1, 4: 0.1, 5: 0.01}),
    (
        "exp_decay:initial_lr=2,k=0.5",
        9,
        {0: 2, 2: 2 / math.e, 4: 2 / math.e**2, 3: 2 / math.e**1.5},
    ),
    ("multistep:initial_lr=8,drop=0.5", 8, {0: 8, 3: 8, 3.99: 8, 4: 4, 5: 4, 6: 2, 100: 2}),
    ("multistep:initial_lr=1,milestones=1/5,drop=1e-2", 8, {0: 1, 1: 0.01, 4: 0.01, 5: 0.0001}),
    ("multistep:initial_lr=1,milestones=30,drop=0.1", 8, {0: 1, 7: 1}),
    ("piecewise", 100, {0: 0.1, 49: 0.1, 50: 0.01, 74: 0.01, 75: 0.001, 99: 0.001}),
    ("piecewise:milestones=2/3,values=0/5/1", 4, {0: 0, 1.9: 0, 2: 5, 2.9: 5, 3: 1}),
    (
        "polynomial:initial_lr=3,final_lr=1,power=2",
        4,
        {0: 3, 1: 2.125, 2: 1.5, 3: 1.125, 4: 1, 9: 1},
    ),
    ("polynomial:initial_lr=1,power=0.5", 4, {0: 1, 3: 0.5, 4: 0}),
    ("linear:initial_lr=1,final_lr=0.2", 4, {0: 1, 1: 0.8, 2.5: 0.5, 4: 0.2, 5: 0.2}),
    ("linear:initial_lr=0.1,final_lr=0.5", 4, {0: 0.1, 1: 0.2, 4: 0.5}),
    ("cosine:initial_lr=1", 4, {0: 1, 1: HIGH, 2: 0.5, 3: LOW, 4: 0, 5: 0, 40: 0}),
    ("cosine:initial_lr=3,final_lr=1", 8, {0: 3, 2: 1 + 2 * HIGH, 4: 2, 6: 1 + 2 * LOW, 8: 1}),
    (
        "cosine_restarts:initial_lr=1,first_period=4",
        9,
        {0: 1, 1: HIGH, 3: LOW, 4: 1, 5: HIGH, 7: LOW, 8: 1, 402: 0.5},
    ),
    (
        "cosine_restarts:initial_lr=1.1,final_lr=0.1,first_period=2,t_mul=2,m_mul=0.5",
        14,
        {0: 1.1, 1: 0.6, 2: 0.6, 3: 0.1 + HIGH / 2, 4: 0.35, 6: 0.35, 10: 0.225, 14: 0.225},
    ),
    (
        "one_cycle:max_lr=1,pct_start=0.25",
        8,
        {0: 0.04, 1: 0.52, 2: 1, 5: 0.500002, 8: 4e-6, 9: 4e-6},
    ),
    (
        "one_cycle:max_lr=10,pct_start=0.2,div_factor=10,final_div_factor=4,anneal=linear",
        10,
        {0: 1, 1: 5.5, 2: 10, 6: 5.125, 10: 0.25},
    ),
    (
        "one_cycle:max_lr=10,pct_start=0.2,div_factor=10,final_div_factor=4,anneal=linear,"
        "three_phase=yes",
        10,
        {0: 1, 1: 5.5, 2: 10, 3: 5.5, 4: 1, 7: 0.625, 10: 0.25},
    ),
    ("cyclic:base_lr=1,max_lr=3,period=4", 9, {0: 1, 1: 2, 2: 3, 3: 2, 4: 1, 6: 3, 6.5: 2.5}),
    ("cyclic:max_lr=1,period=4,phase=down", 9, {0: 1, 1: 0.5, 2: 0, 3: 0.5, 4: 1}),
    ("cyclic:max_lr=1,period=4,decay=half", 9, {1: 0.5, 2: 1, 4: 0, 5: 0.25, 6: 0.5, 10: 0.25}),
    # The second cycle begins where the first one that falls has fallen.
    ("cyclic:max_lr=1,period=4,decay=half,phase=down", 9, {0: 1, 1: 0.5, 2: 0, 3: 0.25, 4: 0.5}),
    ("cyclic:base_lr=1,max_lr=2,period=4,decay=0.9", 9, {1: 1.45, 2: 1.81, 4: 1, 6: 1.531441}),
    ("cyclic:max_lr=1,period=6,shape=sine", 9, {0: 0, 1: 0.5, 3: 1, 5: 0.5, 6: 0, 9: 1}),
    ("cyclic:max_lr=1,period=6,shape=sine,phase=down", 9, {0: 1, 2: 0.5, 3: 0, 4: 0.5}),
    ("cyclic:max_lr=1,period=8,shape=cosine", 9, {0: 0, 1: LOW, 2: 0.5, 3: HIGH, 4: 1, 5: HIGH}),
    ("cyclic:max_lr=1,period=8,shape=cosine,phase=down", 9, {0: 1, 1: HIGH, 2: 0.5, 4: 0, 8: 1}),
    ("cyclic:max_lr=1,period=4,shape=sawtooth", 9, {0: 0, 1: 0.25, 3: 0.75, 4: 0, 5: 0.25}),
    ("cyclic:max_lr=1,period=4,shape=sawtooth,phase=down", 9, {0: 1, 1: 0.75, 3: 0.25, 4: 1}),
    ("cyclic:max_lr=1,period=3,shape=sine_sawtooth", 9, {0: 0, 1: 0.5, 3: 0, 4: 0.5}),
    ("cyclic:max_lr=1,period=3,shape=sine_sawtooth,phase=down", 9, {0: 1, 2: 0.5, 3: 1, 5: 0.5}),
    ("cyclic:max_lr=1,period=4,shape=cosine_sawtooth", 9, {0: 0, 1: LOW, 2: 0.5, 3: HIGH, 4: 0}),
    (
        "cyclic:max_lr=1,period=4,shape=cosine_sawtooth,phase=down,decay=half",
        9,
        {0: 1, 1: HIGH, 2: 0.5, 4: 0.5, 5: HIGH / 2, 8: 0.25},
    ),
    ("inverse_time:initial_lr=6,k=0.5", 9, {0: 6, 1: 4, 2: 3, 4: 2, 10: 1}),
    ("inverse_time:initial_lr=9,k=1,power=2", 9, {0: 9, 2: 1, 8: 1 / 9}),
    ("inverse_sqrt:initial_lr=6,timescale=5", 9, {0: 6, 15: 3, 40: 2, 7: 6 * math.sqrt(5 / 12)}),
    ("wsd:max_lr=10,decay_fraction=0.5,final_factor=0.1", 8, {0: 10, 4: 10, 6: 5.5, 8: 1, 9: 1}),
    ("wsd:max_lr=1,decay_fraction=0.5,shape=cosine", 8, {4: 1, 5: HIGH, 6: 0.5, 7: LOW, 8: 0}),
    ("wsd:max_lr=1,decay_fraction=0.5,shape=1-sqrt", 8, {3: 1, 4: 1, 5: 0.5, 8: 0}),
    ("wsd:max_lr=1,decay_fraction=1", 8, {0: 1, 2: 0.75, 8: 0}),
    (
        "sigmoid:initial_lr=1,k=1,middle=0.25",
        8,
        {0: 1 / (1 + math.exp(-2)), 2: 0.5, 3: 1 / (1 + math.e)},
    ),
    ("sigmoid:initial_lr=4,k=-2", 8, {4: 2, 5: 4 / (1 + math.exp(-2)), 1000: 4}),
    ("sigmoid:initial_lr=1,k=500", 8, {0: 1, 4: 0.5, 5: math.exp(-500), 8: 0}),
    ("plateau:initial_lr=0.3", 8, {0: 0.3, 7: 0.3}),
    # Compositions: each part has its own time and its own length.
    ("warmup:epochs=4+fixed:lr=2", 8, {0: 0, 1: 0.5, 3.5: 1.75, 4: 2, 7: 2}),
    ("warmup:epochs=25%,start=0.5+cosine:initial_lr=1", 8, {0: 0.5, 1: 0.75, 2: 1, 5: 0.5, 8: 0}),
    ("warmup:epochs=4+exp_decay:initial_lr=2,k=0.5", 8, {2: 1, 4: 2, 6: 2 / math.e}),
    ("warmup:epochs=4+one_cycle:max_lr=1,pct_start=0.5", 8, {0: 0, 2: 0.02, 4: 0.04, 6: 1}),
    (
        "linear:initial_lr=1,for=2+fixed:lr=3,for=50%+linear:initial_lr=2",
        8,
        {0: 1, 1: 0.5, 1.5: 0.25, 2: 3, 5: 3, 6: 2, 7: 1, 8: 0},
    ),
    (
        "fixed:lr=2,for=1+step_decay:initial_lr=1,drop=0.5,epochs_drop=2",
        8,
        {0: 2, 1: 1, 2: 0.5, 4: 0.25},
    ),
    ("fixed:lr=8,for=4+multistep:initial_lr=8,drop=0.5", 8, {0: 8, 4: 8, 5: 8, 6: 4, 7: 2}),
    (
        "fixed:lr=8,for=2+warmup:epochs=2+linear:initial_lr=4",
        8,
        {1: 8, 2: 0, 3: 2, 4: 4, 6: 2, 8: 0},
    ),
]


@pytest.mark.parametrize(("text", "epochs", "rates"), WORKED)
def test_rates_worked_by_hand(text: str, epochs: float, rates: Mapping[float, float]) -> None:
    policy = parse(text)
    assert {time: policy(time, epochs) for time in rates} == pytest.approx(
        dict(rates), rel=1e-12, abs=1e-15
    )


def test_every_family_has_rates_worked_by_hand() -> None:
    assert {parse(text).family for text, _, _ in WORKED} >= {*FAMILIES, "warmup+cosine"}


@pytest.mark.parametrize(
    ("text", "curve", "rates"),
    [
        ("patience=2", [5, 4, 4, 4, 4, 4, 4, 4], [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]),
        ("patience=2", [5, 4, 3, 2, 1], [1] * 6),
        ("patience=1", [5, 5, 4, 5], [1, 1, 0.5, 0.5, 0.25]),
        ("patience=0", [5, 5, 4, 5], [1, 1, 0.5, 0.5, 0.25]),
        # A change below min_delta is none; one of min_delta itself is none either.
        ("patience=2,min_delta=1", [5, 4.5, 4, 2.5], [1, 1, 1, 0.5, 0.5]),
        ("patience=1,min_lr=0.3", [5, 5, 5, 5], [1, 1, 0.5, 0.3, 0.3]),
        ("patience=1,cooldown=2", [5] * 8, [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625]),
        ("patience=2,monitor=accuracy", [0.1, 0.5, 0.5, 0.5], [1, 1, 1, 1, 0.5]),
        ("patience=1,min_delta=0.25,monitor=accuracy", [0.25, 0.5, 0.75], [1, 1, 0.5, 0.5]),
        # Nothing is better than a NaN, and a NaN is never better.
        ("patience=2", [5, math.nan, 5, 4], [1, 1, 1, 0.5, 0.5]),
        ("patience=2", [None, 4, 3, 2, 1], [1, 1, 1, 0.5, 0.5, 0.25]),
    ],
)
def test_plateau_lowers_its_rate_when_the_metric_stands_still(
    text: str, curve: list[float | None], rates: list[float]
) -> None:
    policy = parse(f"plateau:initial_lr=1,factor=0.5,{text}")
    seen = [policy(epoch, curve=curve[:epoch]) for epoch in range(len(curve) + 1)]
    assert seen == pytest.approx(rates)
    # The future is not read, and the time within an epoch does not matter.
    assert [policy(e + 0.9, curve=curve) for e in range(len(curve) + 1)] == pytest.approx(rates)


def test_plateau_in_a_composition_sees_the_epochs_of_its_own_part() -> None:
    policy = parse("warmup:epochs=2+plateau:initial_lr=1,factor=0.5,patience=2")
    assert policy.reads == "val_loss"
    # Those of the warmup improve, and would hold the drops back.
    curve = [5, 4, 3, 3, 3, 3, 3]
    seen = [policy(epoch, 8, curve[:epoch]) for epoch in range(8)]
    assert seen == [0, 0.5, 1, 1, 1, 0.5, 0.5, 0.25]


def bounds(policy: Policy) -> tuple[float, float]:
    """The lowest and the highest rate that a policy may have."""
    if isinstance(policy, Composition):
        each = [bounds(p.policy) for p in policy.parts if not isinstance(p.policy, Warmup)]
        warm = len(each) < len(policy.parts)
        return 0.0 if warm else min(low for low, _ in each), max(high for _, high in each)
    values = policy.parameters()
    first = values.get("initial_lr", values.get("lr", values.get("max_lr")))
    if "values" in values:
        return min(values["values"]), max(values["values"])
    if policy.family == "cyclic":
        return values["base_lr"], first
    if policy.family == "wsd":
        return first * values["final_factor"], first
    if isinstance(policy, Plateau):
        return min(first, policy.min_lr), first
    if "final_lr" in values:
        return min(first, values["final_lr"]), max(first, values["final_lr"])
    return 0.0, first


CURVES = st.lists(st.floats() | st.none(), max_size=60)


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data(), st.integers(1, 400), st.floats(0, 1.5), CURVES)
def test_rates_are_finite_and_within_the_bounds_of_the_family(
    family: str, data: st.DataObject, epochs: int, part: float, curve: list[float | None]
) -> None:
    policy = data.draw(BY_FAMILY[family])
    for time in (part * epochs, math.floor(part * epochs)):
        in_bounds(policy, policy(time, epochs, curve))


@given(compositions(st.one_of(*BY_FAMILY.values())), st.integers(1, 400), st.floats(0, 1.5), CURVES)
def test_rates_of_compositions_are_finite_and_within_the_bounds_of_their_parts(
    policy: Composition, epochs: int, part: float, curve: list[float | None]
) -> None:
    try:
        policy.require_fit(epochs)
    except UsageError:
        with pytest.raises(UsageError, match="does not fit into epochs="):
            policy(part * epochs, epochs)
        return
    in_bounds(policy, policy(part * epochs, epochs, curve))


def in_bounds(policy: Policy, rate: float) -> None:
    low, high = bounds(policy)
    assert isinstance(rate, float)
    assert math.isfinite(rate)
    rounding = 1e-12 * high
    assert low - rounding <= rate <= high + rounding


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data(), st.integers(0, 60), st.integers(1, 7))
def test_step_rates_are_the_formula_at_each_step_or_at_the_epoch(
    family: str, data: st.DataObject, epoch: int, steps: int
) -> None:
    policy = data.draw(BY_FAMILY[family])
    rates = policy.step_rates(epoch, 60, steps)
    times = [epoch + (s / steps if policy.every == "step" else 0) for s in range(steps)]
    assert rates == [policy(time, 60) for time in times]
    assert rates == [policy.at(epoch, s / steps, 60) for s in range(steps)]
    assert policy.changes_by_step == (policy.every == "step")


@given(compositions(st.one_of(*BY_FAMILY.values())), st.integers(0, 59), st.integers(1, 7))
def test_step_rates_of_a_composition_are_those_of_its_parts(
    policy: Composition, epoch: int, steps: int
) -> None:
    try:
        policy.require_fit(60)
    except UsageError:
        assume(False)
    rates = policy.step_rates(epoch, 60, steps)
    assert rates == [policy.at(epoch, s / steps, 60) for s in range(steps)]
    if all(part.policy.every == "step" for part in policy.parts):
        assert rates == [policy(epoch + s / steps, 60) for s in range(steps)]
    if not policy.changes_by_step:
        assert [policy.at(epoch, part, 60) for part in (0.0, 0.5, 0.999)] == [rates[0]] * 3


@pytest.mark.parametrize(
    ("text", "by_step"),
    [
        ("cosine", True),
        ("cosine:every=epoch", False),
        ("step_decay", False),
        ("step_decay:every=step", True),
        ("warmup:epochs=2+step_decay", True),
        ("warmup:epochs=2,every=epoch+step_decay", False),
        ("warmup:epochs=2.5,every=epoch+step_decay", True),
        ("fixed:for=30%+fixed:lr=1", True),  # 30 % of 5 epochs end within one
        ("fixed:for=3+fixed:lr=1", False),
        ("fixed:for=3+cosine", True),
    ],
)
def test_whether_a_rate_may_change_within_an_epoch(text: str, by_step: bool) -> None:
    assert parse(text).changes_by_step is by_step


def test_steps_of_parts_by_epoch_and_by_step() -> None:
    policy = parse("warmup:epochs=1+linear:initial_lr=1,every=epoch")
    assert policy.step_rates(0, epochs=5, steps_per_epoch=2) == [0, 0.5]
    assert policy.step_rates(1, epochs=5, steps_per_epoch=2) == [1, 1]
    assert policy.step_rates(2, epochs=5, steps_per_epoch=2) == [0.75, 0.75]
    policy = parse("fixed:lr=1,for=1.5+linear:initial_lr=2")
    assert policy.step_rates(1, epochs=2, steps_per_epoch=4) == [1, 1, 2, 1]


@pytest.mark.parametrize("text", ["cosine", "wsd", "warmup+fixed"])
def test_a_rate_that_depends_on_the_length_of_the_run_needs_it(text: str) -> None:
    with pytest.raises(UsageError, match="depends on the number of epochs: give epochs"):
        parse(text)(0)
    for epochs in (0, -1, math.nan):
        with pytest.raises(UsageError, match="needs a length > 0"):
            parse(text)(0, epochs)


def test_the_length_of_parts_is_held_against_the_run() -> None:
    policy = parse("warmup:epochs=5+cosine")
    policy.require_fit(6)
    with pytest.raises(UsageError, match="all parts but the last take 5 epochs; give more epochs"):
        policy.require_fit(5)
    with pytest.raises(UsageError, match="does not fit into epochs=3"):
        policy.step_rates(0, epochs=3, steps_per_epoch=2)


# --- boundaries: 0.07 * 100 is 7.000000000000001, and 0.29 * 100 is 28.999999999999996


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_fraction_of_the_run_ends_at_its_step(percent: int) -> None:
    fraction = f"{percent / 100!r}"
    for text in (
        f"multistep:initial_lr=1,milestones={fraction},drop=0.5",
        f"piecewise:milestones={fraction},values=1/0.5",
        f"fixed:lr=1,for={percent}%+fixed:lr=0.5",
    ):
        policy = parse(text)
        assert [policy(percent - 1, 100), policy(percent, 100)] == [1, 0.5]
        # The same by step: ten epochs of ten steps.
        rates = [rate for e in range(10) for rate in by_step(text).step_rates(e, 10, 10)]
        assert rates == [1] * percent + [0.5] * (100 - percent)


def by_step(text: str) -> Policy:
    policy = parse(text)
    return policy if isinstance(policy, Composition) else policy.with_parameter("every", "step")


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_decay_begins_at_its_step_and_a_warmup_ends_there(percent: int) -> None:
    policy = parse(f"wsd:max_lr=1,decay_fraction={(100 - percent) / 100!r},shape=1-sqrt")
    assert policy(percent, 100) == 1
    after = 1 - math.sqrt(1 / (100 - percent))
    assert policy(percent + 1, 100) == pytest.approx(after, abs=1e-12)
    policy = parse(f"warmup:epochs={percent}%+exp_decay:initial_lr=1,k=1")
    assert policy(percent, 100) == 1
    assert policy(percent + 1, 100) == pytest.approx(math.exp(-1), rel=1e-12)


@pytest.mark.parametrize("period", [0.1, 0.3, 0.7, 1.1, 2.3, 7])
def test_a_period_begins_at_its_step(period: float) -> None:
    restarts = parse(f"cosine_restarts:initial_lr=1,first_period={period},m_mul=0.5")
    sawtooth = parse(f"cyclic:max_lr=1,period={period},shape=sawtooth,phase=down,decay=half")
    for n in range(50):
        assert restarts(n * period) == pytest.approx(0.5**n, rel=1e-12)
        assert sawtooth(n * period) == pytest.approx(0.5**n, rel=1e-12)


@pytest.mark.parametrize("t_mul", [1 + 2**-52, 1.000001, 1.1, 1.5, 2, 3, 10])
def test_growing_periods_begin_at_their_steps(t_mul: float) -> None:
    policy = parse(f"cosine_restarts:initial_lr=1,first_period=0.7,t_mul={t_mul!r},m_mul=0.5")
    start = 0.0
    for n in range(12):
        assert policy(start) == pytest.approx(0.5**n, rel=1e-9)
        length = 0.7 * t_mul**n
        assert policy(start + 0.75 * length) == pytest.approx(0.5**n * LOW, rel=1e-6)
        start += length
