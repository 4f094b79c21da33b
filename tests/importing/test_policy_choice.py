"""The policy of an imported run: which source decides, and with which warnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logged_rates import logged

from lr_study.importing.policy_choice import choose_policy
from lr_study.policies import parse

COSINE = "cosine:initial_lr=0.1,final_lr=0.0"
NEXT_COSINE = [parse(COSINE)(epoch, 10) for epoch in range(1, 11)]
EXP = "exp_decay:initial_lr=0.1,k=0.3"


@pytest.mark.parametrize(
    ("name", "rates", "declared", "text", "source", "warning"),
    [
        (
            "lr_0.5",
            logged(EXP),
            "fixed:lr=0.2",
            "fixed:lr=0.2",
            "mapping",
            "do not match the declared policy fixed",
        ),
        ("lr_0.5", [], "fixed:lr=0.2", "fixed:lr=0.2", "mapping", None),
        ("x", logged(EXP), EXP, EXP, "mapping", None),
        ("x", logged(EXP), None, EXP, "rates", None),
        ("exp_k0.3", logged(EXP), None, EXP, "rates", None),
        ("lr_0.5", logged(EXP), None, EXP, "rates", "its name gives fixed, lr=0.5"),
        ("exp_k0.3", logged(EXP, 2), None, EXP, "rates and name", None),
        ("x", logged(EXP, 2), None, "unnamed:name=x", "none", "match several policies: exp_decay"),
        ("lr_0.5", [0.1, 0.2, 0.1], None, "unnamed:name=lr_0.5", "none", "match no policy"),
        ("lr_0.5", [0.5], None, "fixed:lr=0.5", "name", None),
        ("lr_0.5", [0.4], None, "unnamed:name=lr_0.5", "none", "match no policy"),
        ("lr0.1_drop1.5_ed3", [], None, "unnamed:name=lr0.1_drop1.5_ed3", "none", "not allowed"),
        ("cosine_0.1", [], None, "cosine:initial_lr=0.1,final_lr=0.0", "name", None),
        ("x", NEXT_COSINE, None, "cosine:initial_lr=0.1,final_lr=0.0", "rates", None),
        ("cosine_0.1", NEXT_COSINE, "cosine:initial_lr=0.1", COSINE, "mapping", None),
        ("linear", NEXT_COSINE, None, COSINE, "rates", "its name gives linear"),
        ("a/b/lr_0.5", [], None, "fixed:lr=0.5", "name", None),
    ],
)
def test_a_declaration_precedes_the_rates_and_these_the_name(
    name: str,
    rates: list[float],
    declared: str | None,
    text: str,
    source: str,
    warning: str | None,
) -> None:
    choice = choose_policy(name, rates, declared)
    assert (choice.text, choice.source) == (text, source)
    assert (choice.warning is None) == (warning is None)
    assert (warning or "") in (choice.warning or "")


@pytest.mark.parametrize(
    ("name", "stated", "missing"),
    [
        ("exp_k0.3", "exp_decay, k=0.3", "initial_lr"),
        ("step_drop0.5_epochs10", "step_decay, drop=0.5, epochs_drop=10", "initial_lr"),
        ("lr0.1_drop0.4", "step_decay, initial_lr=0.1, drop=0.4", "epochs_drop"),
        ("exp_decay", "exp_decay", "initial_lr, k"),
    ],
)
def test_an_incomplete_name_gives_no_policy(name: str, stated: str, missing: str) -> None:
    choice = choose_policy(f"group/{name}", [], None)
    assert (choice.text, choice.policy) == (f"unnamed:name=group/{name}", None)
    assert (choice.stated, choice.source) == (stated, "none")
    assert choice.warning == f"its name gives {stated}, but not {missing}"


@pytest.mark.parametrize("name", ["run_3", "exp_decay0.01", "lr0.1_seed3"])
def test_a_name_with_other_parts_gives_no_policy(name: str) -> None:
    choice = choose_policy(name, [], None)
    assert (choice.text, choice.stated, choice.warning) == (f"unnamed:name={name}", None, None)


@given(st.text(max_size=30))
def test_any_name_is_handled(name: str) -> None:
    choice = choose_policy(name, [], None)
    assert choice.policy is None or str(choice.policy) == choice.text
