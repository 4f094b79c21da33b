"""Strategies of hypothesis for policies: every family and parameter, and compositions of them."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from lr_study.policies import (
    FAMILIES,
    Composition,
    Cosine,
    CosineRestarts,
    Cyclic,
    ExpDecay,
    Fixed,
    InverseSqrt,
    InverseTime,
    Linear,
    MultiStep,
    OneCycle,
    Part,
    Piecewise,
    Plateau,
    Policy,
    Polynomial,
    PythonPolicy,
    Sigmoid,
    StepDecay,
    Warmup,
    WarmupStableDecay,
)

# A few values that meet often, so that policies differ in one parameter alone, and any others.
_FEW = st.sampled_from((0.1, 1.0, 0.001, 1e-05, 0.30000000000000004))
POSITIVE = _FEW | st.floats(0, exclude_min=True, allow_infinity=False, allow_nan=False)
NOT_NEGATIVE = st.sampled_from((0.0, -0.0)) | POSITIVE
FACTOR = st.sampled_from((0.1, 0.5, 1.0)) | st.floats(0, 1, exclude_min=True)
PART = st.sampled_from((0.0, 0.2, 0.5, 1.0)) | st.floats(0, 1)
EPOCHS = st.integers(1, 1000) | st.floats(1e-6, allow_infinity=False, allow_nan=False)
PERCENT = (st.integers(1, 100) | st.floats(0, 100, exclude_min=True)).map(lambda p: f"{p!r}%")
EVERY = st.sampled_from((None, "epoch", "step"))
_INSIDE = st.floats(0, 1, exclude_min=True, exclude_max=True)
MILESTONES = st.one_of(
    st.sets(values, min_size=1, max_size=4).map(sorted) for values in (_INSIDE, st.integers(1, 90))
)


@st.composite
def _piecewise(draw: Any) -> Piecewise:
    milestones = draw(MILESTONES)
    length = len(milestones) + 1
    values = draw(st.lists(NOT_NEGATIVE, min_size=length, max_size=length))
    return Piecewise(milestones, values, every=draw(EVERY))


@st.composite
def _one_cycle(draw: Any) -> OneCycle:
    three = draw(st.booleans())
    pct_start = draw(_INSIDE.filter(lambda part: not three or part < 0.5))
    div_factor = draw(st.sampled_from((1.0, 25.0)) | st.floats(1, 1e6))
    final = draw(st.sampled_from((1.0, 1e4)) | st.floats(0.01, 1e6))
    return OneCycle(
        draw(POSITIVE),
        pct_start,
        div_factor,
        max(final, 1.001 / div_factor),
        draw(st.sampled_from(("cos", "linear"))),
        three,
        every=draw(EVERY),
    )


@st.composite
def _cyclic(draw: Any) -> Cyclic:
    low, high = sorted(draw(st.sets(NOT_NEGATIVE, min_size=2, max_size=2)))
    shapes = ("triangle", "sine", "cosine", "sawtooth", "sine_sawtooth", "cosine_sawtooth")
    return Cyclic(
        low,
        high,
        draw(EPOCHS),
        draw(st.sampled_from(shapes)),
        draw(st.sampled_from(("up", "down"))),
        draw(st.sampled_from(("none", "half")) | FACTOR),
        every=draw(EVERY),
    )


def _built(cls: type[Policy], *parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[Policy]:
    return st.builds(cls, *parameters, every=EVERY)


BY_FAMILY: dict[str, st.SearchStrategy[Policy]] = {
    "fixed": _built(Fixed, POSITIVE),
    "step_decay": _built(StepDecay, POSITIVE, FACTOR, st.integers(1, 10**6)),
    "exp_decay": _built(ExpDecay, POSITIVE, NOT_NEGATIVE),
    "multistep": _built(MultiStep, POSITIVE, MILESTONES, FACTOR),
    "piecewise": _piecewise(),
    "polynomial": _built(Polynomial, POSITIVE, NOT_NEGATIVE, POSITIVE),
    "linear": _built(Linear, POSITIVE, NOT_NEGATIVE),
    "cosine": _built(Cosine, POSITIVE, NOT_NEGATIVE),
    "cosine_restarts": _built(
        CosineRestarts,
        POSITIVE,
        NOT_NEGATIVE,
        EPOCHS,
        st.sampled_from((1.0, 2.0, 1 + 2**-52)) | st.floats(1, 1000),
        FACTOR,
    ),
    "one_cycle": _one_cycle(),
    "cyclic": _cyclic(),
    "inverse_time": _built(InverseTime, POSITIVE, NOT_NEGATIVE, POSITIVE),
    "inverse_sqrt": _built(InverseSqrt, POSITIVE, EPOCHS),
    "wsd": _built(
        WarmupStableDecay, POSITIVE, FACTOR, PART, st.sampled_from(("linear", "cosine", "1-sqrt"))
    ),
    "sigmoid": _built(
        Sigmoid, POSITIVE, st.floats(allow_infinity=False, allow_nan=False) | st.just(0.5), PART
    ),
    "plateau": _built(
        Plateau,
        POSITIVE,
        st.sampled_from((0.1, 0.5)) | _INSIDE,
        st.integers(0, 10**6),
        NOT_NEGATIVE,
        st.integers(0, 10**6),
        NOT_NEGATIVE,
        st.sampled_from(("val_loss", "loss", "val_accuracy", "accuracy")),
    ),
}
assert set(BY_FAMILY) == set(FAMILIES)

ONE_FAMILY = st.one_of(*BY_FAMILY.values())

OWN = st.builds(
    PythonPolicy,
    st.sampled_from(("schedules", "my.schedules")),
    st.sampled_from(("ramp", "Ramps.first", "<lambda>")),
    st.sampled_from(("", "0123456789ab")),
    every=EVERY,
)


@st.composite
def compositions(draw: Any, parts: Any = ONE_FAMILY | OWN, lengths: Any = EPOCHS | PERCENT) -> Any:
    """One to three parts with a length, warmups among them, and a last one without."""
    warmups = st.builds(Warmup, lengths, PART, every=EVERY).map(Part)
    made: list[Part] = []
    for _ in range(draw(st.integers(1, 3))):
        if (not made or not isinstance(made[-1].policy, Warmup)) and draw(st.booleans()):
            made.append(draw(warmups))
        else:
            made.append(Part(draw(parts), draw(lengths)))
    made.append(Part(draw(parts)))
    assume(len({part.policy.reads for part in made if part.policy.reads}) < 2)  # else refused
    return Composition(tuple(made))


POLICIES = ONE_FAMILY | OWN | compositions()
