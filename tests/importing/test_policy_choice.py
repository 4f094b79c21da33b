"""Policies of imported runs: from rates, from names, from what a person declares."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lr_study.importing.declarations import FIELDS, Declared, parse_fields, read_mapping
from lr_study.importing.names import read_name
from lr_study.importing.policy_choice import choose_policy
from lr_study.importing.policy_fit import agrees, fit_policy
from lr_study.policies import ExpDecay, Fixed, Policy, StepDecay, parse
from lr_study.support.errors import UsageError


def logged(policy: Policy | str, epochs: int = 50) -> list[float]:
    """The rates as Keras logs them: in 32 bits."""
    policy = parse(policy) if isinstance(policy, str) else policy
    with np.errstate(under="ignore"):
        return [float(np.float32(policy(epoch))) for epoch in range(epochs)]


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
    st.builds(StepDecay, RATES, st.floats(0.05, 0.95), st.integers(2, 49)),
)


@settings(max_examples=200)
@given(policy=POLICIES)
def test_a_policy_is_found_again_in_its_rates(policy: Policy) -> None:
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
        "step_decay:initial_lr=0.01,drop=0.75,epochs_drop=50",
    ],
)
def test_round_parameters_come_back_as_they_were_typed(text: str) -> None:
    assert str(fit_policy(logged(text)).policy) == text


def test_rates_that_reach_zero_are_passed_over() -> None:
    policy = ExpDecay(0.1, 3.0)
    assert logged(policy)[-1] == 0
    assert fit_policy(logged(policy)).policy == policy


def test_epochs_that_were_not_logged_are_passed_over() -> None:
    for policy in (ExpDecay(0.1, 0.3), StepDecay(0.1, 0.5, 4), Fixed(0.01)):
        rates: list[float | None] = [*logged(policy)]
        rates[0] = rates[3] = rates[17] = None
        found = fit_policy(rates).candidates
        assert policy in found
        assert {each.family for each in found} == {policy.family}


def families(rates: list[float]) -> list[str]:
    return [policy.family for policy in fit_policy(rates).candidates]


def test_what_cannot_be_told_apart_is_ambiguous() -> None:
    # Two epochs with two rates: every decay has them.
    assert families(logged("exp_decay:initial_lr=0.01,k=0.3", epochs=2)) == [
        "exp_decay",
        "step_decay",
    ]
    # A decay within the tolerance is as good as none.
    assert families(logged(ExpDecay(0.1, 1e-8))) == [
        "fixed",
        "exp_decay",
        "step_decay",
    ]
    # A drop each epoch is an exponential decay, and its numbers speak for the step.
    every_epoch = StepDecay(0.01, 0.5, 1)
    assert families(logged(every_epoch)) == ["exp_decay", "step_decay"]
    assert every_epoch in fit_policy(logged(every_epoch)).candidates


def test_schedules_equal_at_every_logged_epoch_have_the_name_that_claims_least() -> None:
    assert families(logged(StepDecay(0.01, 0.5, 51))) == ["fixed"]
    assert families(logged(StepDecay(0.01, 1.0, 5))) == ["fixed"]
    assert families(logged(ExpDecay(0.01, 0.0))) == ["fixed"]


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [0.1],
        [0.1, 0.2, 0.3],
        [0.1, 0.05, 0.07, 0.01],
        [0.1, float("nan"), 0.1],
        [0.1, -0.1],
        [0.1, 0.1, 0.1001, 0.1],
        [0.1 * (1 - e / 50) for e in range(50)],
        [1e-31, 1e-32],
    ],
)
def test_other_rates_have_no_policy(rates: list[float]) -> None:
    assert fit_policy(rates).candidates == ()


@given(st.lists(st.one_of(st.none(), st.floats()), max_size=12))
def test_no_rates_make_it_fail(rates: list[float | None]) -> None:
    for policy in fit_policy(rates).candidates:
        assert agrees(policy, rates)


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("lr_0.01", "fixed:lr=0.01"),
        ("lr0.1", "fixed:lr=0.1"),
        ("fixed_lr1e-3", "fixed:lr=0.001"),
        ("lr0.1_k0.3", "exp_decay:initial_lr=0.1,k=0.3"),
        ("exp_decay-lr=0.1-k=0.3", "exp_decay:initial_lr=0.1,k=0.3"),
        ("lr0.1_drop0.4_ed3", "step_decay:initial_lr=0.1,drop=0.4,epochs_drop=3"),
        ("step_lr0.1_drop0.5_epochs10", "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=10"),
        ("Step_Decay_initial_lr0.1_drop0.5_epochs_drop5", "step_decay:initial_lr=0.1"),
    ],
)
def test_a_name_that_leaves_nothing_out_is_a_policy(name: str, policy: str) -> None:
    stated = read_name(name)
    assert stated is not None
    assert stated.policy == parse(policy)
    assert stated.lacking == ()


@pytest.mark.parametrize(
    ("name", "says", "lacking"),
    [
        ("exp_k0.3", "exp_decay, k=0.3", ("initial_lr",)),
        ("step_drop0.5_epochs10", "step_decay, drop=0.5, epochs_drop=10", ("initial_lr",)),
        ("lr0.1_drop0.4", "step_decay, initial_lr=0.1, drop=0.4", ("epochs_drop",)),
        ("exp_decay", "exp_decay", ("initial_lr", "k")),
    ],
)
def test_what_a_name_leaves_out_is_not_invented(
    name: str, says: str, lacking: tuple[str, ...]
) -> None:
    stated = read_name(name)
    assert stated is not None
    assert (str(stated), stated.lacking, stated.policy) == (says, lacking, None)
    choice = choose_policy(f"group/{name}", [], None)
    assert (choice.text, choice.policy) == (f"unnamed:name=group/{name}", None)
    assert (choice.stated, choice.told_by) == (says, "none")
    assert f"leaves out {', '.join(lacking)}" in str(choice.remark)


@pytest.mark.parametrize(
    "name",
    [
        "0.1",
        "exp_decay0.01",
        "run_3",
        "lr0.1_seed3",
        "resnet_lr0.1",
        "lr0.1_lr0.2",
        "k0.3_drop0.5",
        "fixed_k0.3",
        "lr0.1_epochs50",
        "step_exp_lr0.1",
        "lrate0.1",
        "steps",
    ],
)
def test_a_name_that_says_more_or_less_states_nothing(name: str) -> None:
    assert read_name(name) is None
    assert choose_policy(name, [], None).text == f"unnamed:name={name}"


@given(st.text(max_size=30))
def test_no_name_makes_it_fail(name: str) -> None:
    choice = choose_policy(name, [], None)
    assert choice.policy is None or str(choice.policy) == choice.text


EXP = "exp_decay:initial_lr=0.1,k=0.3"


@pytest.mark.parametrize(
    ("name", "rates", "declared", "text", "told_by", "remark"),
    [
        (
            "lr_0.5",
            logged(EXP),
            "fixed:lr=0.2",
            "fixed:lr=0.2",
            "mapping",
            "are not those of fixed",
        ),
        ("lr_0.5", [], "fixed:lr=0.2", "fixed:lr=0.2", "mapping", None),
        ("x", logged(EXP), EXP, EXP, "mapping", None),
        ("x", logged(EXP), None, EXP, "rates", None),
        ("exp_k0.3", logged(EXP), None, EXP, "rates", None),
        ("lr_0.5", logged(EXP), None, EXP, "rates", "its name says fixed, lr=0.5"),
        ("exp_k0.3", logged(EXP, 2), None, EXP, "rates and name", None),
        ("x", logged(EXP, 2), None, "unnamed:name=x", "none", "ambiguous, those of exp_decay"),
        ("lr_0.5", [0.1, 0.2, 0.1], None, "unnamed:name=lr_0.5", "none", "of no policy"),
        ("lr_0.5", [0.5], None, "fixed:lr=0.5", "name", None),
        ("lr_0.5", [0.4], None, "unnamed:name=lr_0.5", "none", "of no policy"),
        ("lr0.1_drop1.5_ed3", [], None, "unnamed:name=lr0.1_drop1.5_ed3", "none", "not allowed"),
        ("a/b/lr_0.5", [], None, "fixed:lr=0.5", "name", None),
    ],
)
def test_a_file_comes_before_the_rates_and_they_before_the_name(
    name: str,
    rates: list[float],
    declared: str | None,
    text: str,
    told_by: str,
    remark: str | None,
) -> None:
    choice = choose_policy(name, rates, declared)
    assert (choice.text, choice.told_by) == (text, told_by)
    assert (choice.remark is None) == (remark is None)
    assert (remark or "") in (choice.remark or "")


def test_a_mapping_file_declares_policies_and_fields(tmp_path: Path) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text(
        "0.10: fixed:lr=0.1\n"
        "a/b: step_decay:drop=0.50\n"
        "c: {policy: 'exp_decay:initial_lr=0.1,k=0.5', shuffle: buffer 8, batch_size: 16}\n"
        "d: {val_fraction: 0.3}\n"
    )
    assert read_mapping(file) == {
        "0.10": Declared("fixed:lr=0.1"),
        "a/b": Declared("step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5"),
        "c": Declared("exp_decay:initial_lr=0.1,k=0.5", {"shuffle": "buffer 8", "batch_size": 16}),
        "d": Declared(None, {"val_fraction": 0.3}),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: fixd:lr=1", "line 1: policy 'fixd:lr=1' is not known"),
        ("a: fixed:lr=1\na: fixed", "line 2: 'a' is given twice"),
        ("a: {policy: fixed, epochs: 3}", "line 1: epochs=3 is not allowed"),
        ("a: {colour: red}", "line 1: colour=red is not allowed: the fields are backbone"),
        ("a:\n  batch_size: many", "line 2: batch_size=many is not allowed"),
        ("a: {policy: step_decay:initial_lr=1, drop=0.5}", "put quotes around a policy"),
        ("- a", "a mapping is written as name: value"),
        ("", "a mapping is written as name: value"),
        ("a: [1, 2]", "a is written as name: value"),
        ("a: &x fixed\nb: *x", "line 2: an alias"),
        ("a: {", "not YAML"),
    ],
)
def test_a_mapping_file_that_cannot_be_used_names_the_line(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_mapping(file)
    assert says in str(error.value)
    assert str(file) in str(error.value)


def test_fields_have_the_type_that_our_own_runs_give_them() -> None:
    given = parse_fields(
        ["batch_size=16", "val_fraction=0.3", "data=oregon", "test_size=0", "classes=unknown"]
    )
    assert given == {
        "batch_size": 16,
        "val_fraction": 0.3,
        "data": "oregon",
        "test_size": 0,
        "classes": "unknown",
    }
    assert type(given["batch_size"]) is int
    assert "epochs" not in FIELDS


@pytest.mark.parametrize(
    "text",
    [
        *[
            "batch_size",
            "batch_size=",
            "batch_size=0",
            "batch_size=1.5",
            "batch_size=inf",
            "data=",
            "=3",
        ],
        *["val_fraction=1", "val_fraction=nan", "val_fraction=-0.1", "colour=red", "epochs=50"],
        *("data=a\nb", f"data={'x' * 201}", "policy=fixed"),
    ],
)
def test_a_field_that_is_not_allowed_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not allowed"):
        parse_fields([text])
    with pytest.raises(UsageError, match="given twice"):
        parse_fields(["data=a", "data=b"])
