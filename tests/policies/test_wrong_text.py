"""A wrong text is answered in one line: what is wrong, what is allowed, and what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.policies import FAMILIES, MultiStep, OneCycle, Warmup, parse, require_family
from lr_study.policies.other_names import _FAMILIES, _PARAMETERS, suggested_parameter
from lr_study.support.errors import UsageError


def error(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    message = str(caught.value)
    assert "\n" not in message
    return message


# The parameter at fault, and what the message says is allowed.
WRONG = [
    ("fixed:lr=0", "lr is a finite number > 0"),
    ("step_decay:drop=0", "drop is a number in (0, 1]"),
    ("exp_decay:k=-1", "k is a finite number >= 0"),
    ("multistep:milestones=0.75/0.5", "ascending fractions of the run, such as 0.5/0.75, or whole"),
    ("multistep:milestones=0.5/30", "ascending fractions of the run, such as 0.5/0.75, or whole"),
    ("multistep:milestones=30/30", "ascending"),
    ("multistep:milestones=0/30", "ascending"),
    ("multistep:milestones=2.5", "whole epochs, such as 30/60"),
    ("multistep:milestones=", "ascending"),
    ("multistep:milestones=30/", "ascending"),
    ("multistep:drop=2", "drop is a number in (0, 1]"),
    ("piecewise:values=0.1", "one value more than milestones, so 3 for milestones=0.5/0.75"),
    ("piecewise:values=0.1/-1/0", "values is rates >= 0"),
    ("polynomial:power=0", "power is a finite number > 0"),
    ("polynomial:final_lr=-1", "final_lr is a finite number >= 0"),
    ("linear:initial_lr=inf", "initial_lr is a finite number > 0"),
    ("cosine:final_lr=nan", "final_lr is a finite number >= 0"),
    ("cosine:initial_lr=a", "initial_lr is a finite number > 0, such as 0.001"),
    ("cosine_restarts:first_period=0", "first_period is a number of epochs >= 1e-06"),
    ("cosine_restarts:t_mul=0.5", "t_mul is a number from 1 to 1000"),
    ("cosine_restarts:m_mul=0", "m_mul is a number in (0, 1]"),
    ("one_cycle:pct_start=1", "pct_start is a number > 0 and < 1"),
    ("one_cycle:div_factor=0.5", "div_factor is a finite number >= 1"),
    ("one_cycle:final_div_factor=0", "final_div_factor is a finite number > 0"),
    ("one_cycle:final_div_factor=0.01", "their product is at least 1"),
    ("one_cycle:anneal=cosine", "anneal is cos or linear"),
    ("one_cycle:three_phase=True", "three_phase is yes or no"),
    ("one_cycle:three_phase=yes,pct_start=0.5", "pct_start is below 0.5"),
    ("cyclic:base_lr=0.1", "base_lr=0.1 is not allowed: it is below max_lr=0.1"),
    ("cyclic:shape=square", "shape is triangle, sine, cosine, sawtooth, sine_sawtooth or cosine_s"),
    ("cyclic:phase=left", "phase is up or down"),
    ("cyclic:decay=2", "decay is none, half or a factor per epoch in (0, 1], such as 0.9"),
    ("cyclic:decay=third", "decay is none, half or a factor per epoch in (0, 1], such as 0.9"),
    ("cyclic:period=-1", "period is a number of epochs"),
    ("inverse_time:k=-0.1", "k is a finite number >= 0"),
    ("inverse_sqrt:timescale=0", "timescale is a number of epochs > 0"),
    ("wsd:decay_fraction=0", "decay_fraction is a number in (0, 1]"),
    ("wsd:final_factor=2", "final_factor is a number from 0 to 1"),
    ("wsd:shape=a\nb", r"shape='a\nb' is not allowed"),
    ("wsd:shape=sqrt", "shape is linear, cosine or 1-sqrt"),
    ("sigmoid:k=inf", "k is a finite number"),
    ("sigmoid:middle=50", "middle is a number from 0 to 1"),
    ("plateau:factor=1", "factor is a number > 0 and < 1"),
    ("plateau:patience=2.5", "patience is a whole number >= 0"),
    ("plateau:patience=-1", "patience is a whole number >= 0"),
    ("plateau:min_delta=-1", "min_delta is a finite number >= 0"),
    ("plateau:cooldown=-1", "cooldown is a whole number >= 0"),
    ("plateau:monitor=f1", "monitor is val_loss, loss, val_accuracy or accuracy"),
    ("cosine:every=batch", "every is epoch or step"),
    ("fixed:every=", "every is epoch or step"),
    ("warmup:epochs=0+cosine", "epochs is a number of epochs > 0, such as 5, or a percentage"),
    ("warmup:epochs=101%+cosine", "or a percentage, such as 5%"),
    ("warmup:epochs=%+cosine", "or a percentage, such as 5%"),
    ("warmup:start=2+cosine", "start is a number from 0 to 1"),
    ("warmup:for=5+cosine", "'for=5' is not a parameter: write epochs=EPOCHS, start=NUMBER"),
    ("warmup", "write what follows the warmup, as in warmup:epochs=5+cosine"),
    ("cosine+warmup", "say for how many epochs, as in cosine:for=10+warmup"),
    ("cosine:for=5+warmup", "write what follows the warmup"),
    ("warmup+warmup+cosine", "warmup follows warmup: write what it warms up for"),
    ("plateau:monitor=loss,for=5+plateau", "parts that read loss and val_loss are not allowed"),
    ("fixed+cosine", "say for how many epochs, as in fixed:for=10+cosine"),
    ("fixed:for=5", "the last part has the rest of the run"),
    ("fixed:for=-5+cosine", "for is a number of epochs > 0, such as 5, or a percentage"),
    ("fixed:for=5,for=6+cosine", "for is given twice"),
    ("cosine:every=step,every=epoch", "every is given twice"),
    ("python:", "write python:MODULE:FUNCTION"),
    ("python:schedules", "write python:MODULE:FUNCTION"),
    ("python:a b:f", "write python:MODULE:FUNCTION"),
    ("python:schedules:ramp@", "write python:MODULE:FUNCTION"),
    ("python:schedules:ramp@xyz", "write python:MODULE:FUNCTION"),
    ("python:schedules:ramp,k=1", "'k=1' is not a parameter: write every=epoch|step"),
    ("python:schedules:ramp,every=step,every=step", "every is given twice"),
    ("python:schedules:ramp,for=1,for=2+fixed", "for is given twice"),
    ("python:schedules:ramp,for=x+fixed", "for is a number of epochs > 0"),
    ("cosine+", "policy 'cosine+' is unknown"),
    ("+cosine", "policy '+cosine' is unknown"),
]


@pytest.mark.parametrize(("text", "allowed"), WRONG)
def test_a_wrong_value_is_named_with_what_is_allowed(text: str, allowed: str) -> None:
    assert allowed in error(text)


def test_wrong_values_are_tried_in_every_family() -> None:
    assert {text.partition(":")[0] for text, _ in WRONG} >= {*FAMILIES, "warmup", "python"}


@pytest.mark.parametrize("family", [*FAMILIES, "warmup"])
def test_a_parameter_that_a_family_does_not_have_is_answered_with_those_it_has(
    family: str,
) -> None:
    message = error(f"{family}:colour=1")
    assert message.startswith(f"{family}: 'colour=1' is not a parameter: write ")
    cls = Warmup if family == "warmup" else FAMILIES[family]
    for name in cls().parameters():
        assert f"{name}=" in message
    assert message.endswith(", every=epoch|step")
    # Without a value it is not one either, and no other name is suggested.
    first = next(iter(cls().parameters()))
    assert f"{first!r} is not a parameter: write " in error(f"{family}:{first}")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cosin", "cosine"),
        ("Cosine", "cosine"),
        ("fixd", "fixed"),
        ("plateu", "plateau"),
        ("linaer", "linear"),
        ("one-cycle", "one_cycle"),
        ("OneCycleLR", "one_cycle"),
        ("CosineAnnealingLR", "cosine"),
        ("CosineDecay", "cosine"),
        ("cosine_decay_schedule", "cosine"),
        ("CosineAnnealingWarmRestarts", "cosine_restarts"),
        ("PiecewiseConstantDecay", "piecewise"),
        ("ExponentialLR", "exp_decay"),
        ("StepLR", "multistep:milestones=30/60/90,drop=0.1"),
        ("ReduceLROnPlateau", "plateau"),
        ("reduce_lr_on_plateau", "plateau"),
        ("PlateauLRScheduler", "plateau"),
        ("InverseTimeDecay", "inverse_time"),
        ("inverse_sqrt_schedule", "inverse_sqrt"),
        ("constant_with_warmup", "warmup:epochs=5+fixed"),
        ("warmup_stable_decay", "wsd"),
        ("linear_schedule", "linear"),
        ("TanhLRScheduler", "sigmoid"),
        ("CyclicLR", "cyclic"),
        ("noam", "warmup:epochs=5+inverse_sqrt:timescale=5"),
        ("warm", "warmup"),
    ],
)
def test_the_family_that_was_meant_is_suggested(name: str, meant: str) -> None:
    for text in (name, f"{name}:initial_lr=0.1", f"warmup+{name}"):
        message = error(text)
        assert message.startswith(f"policy {text!r} is unknown: did you mean {meant}? policy is ")
        for family in FAMILIES:
            assert family in message


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert "did you mean" not in error("zzz:initial_lr=0.1")


@pytest.mark.parametrize("text", sorted(set(_FAMILIES.values())))
def test_every_suggested_policy_is_one(text: str) -> None:
    assert parse(text)


@pytest.mark.parametrize("name", _PARAMETERS)
def test_every_suggested_parameter_is_one_of_some_family(name: str) -> None:
    """And no family that has a parameter of that name is told to call it otherwise."""
    names = [list(cls().parameters()) for cls in FAMILIES.values()]
    answers = [suggested_parameter(name, known) for known in names if name not in known]
    assert [answer for answer in answers if answer and answer.startswith(f"{name} is ")]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("cosine:eta_min=0", "eta_min is final_lr here"),
        ("cosine:T_max=50", "T_max is left out here: a policy takes the whole run, of --epochs"),
        ("linear:num_warmup_steps=5", "write warmup:epochs=5+..."),
        ("multistep:gamma=0.1", "gamma is drop here"),
        ("plateau:gamma=0.1", "gamma is factor here"),
        ("inverse_time:gamma=0.1", "gamma is k here"),
        ("cyclic:gamma=0.9", "gamma is decay here"),
        ("polynomial:end_learning_rate=0", "end_learning_rate is final_lr here"),
        ("cosine:alpha=0.1", "alpha is final_lr / initial_lr here: write the rate itself"),
        ("one_cycle:lr=1", "lr is max_lr here"),
        ("fixed:learning_rate=1", "learning_rate is lr here"),
        ("fixed:initial_lr=1", "initial_lr is lr here"),
        ("cosine_restarts:T_0=10", "T_0 is first_period here"),
        ("cosine_restarts:T_mult=2", "T_mult is t_mul here"),
        ("one_cycle:anneal_strategy=cos", "anneal_strategy is anneal here"),
        ("cosine:inital_lr=0.1", "did you mean initial_lr?"),
        ("cosine:final_lr", "'final_lr' is not a parameter: write"),
    ],
)
def test_a_parameter_by_another_librarys_name_is_answered_with_ours(text: str, answer: str) -> None:
    assert answer in error(text)


NAMES = [f"{family}:{name}=" for family, cls in FAMILIES.items() for name in cls().parameters()]


@given(st.text(max_size=40) | st.tuples(st.sampled_from(NAMES), st.text(max_size=8)).map("".join))
def test_any_text_is_a_policy_or_answered_in_one_line(text: str) -> None:
    try:
        policy = parse(text)
    except UsageError as caught:
        message = str(caught)
    else:
        message = str(parse(str(policy)) == policy)
    assert message != "False"
    assert message.isprintable()


def test_values_are_checked_in_python_as_in_text() -> None:
    with pytest.raises(UsageError, match="three_phase is True or False"):
        OneCycle(three_phase="yes")
    with pytest.raises(UsageError, match="every is epoch or step"):
        OneCycle(every="batch")
    with pytest.raises(UsageError, match="epochs is a number of epochs > 0"):
        Warmup(epochs=None)
    with pytest.raises(UsageError, match=r"^multistep: milestones=\(3, 2\) is not allowed"):
        MultiStep(milestones=(3, 2))


def test_a_text_of_a_keras_schedule_names_what_to_pass_instead() -> None:
    message = error("keras:CosineDecay:decay_steps=10")
    assert "is a schedule of Keras" in message
    assert "pass the object itself to lr_study.study" in message


def test_only_a_known_family_is_required() -> None:
    for family in (*FAMILIES, "warmup"):
        require_family(family)
    with pytest.raises(UsageError, match=r"policy 'cosin' is unknown: did you mean cosine\?"):
        require_family("cosin")
