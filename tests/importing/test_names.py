"""Policies in the names of runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.importing.names import parse_name
from lr_study.policies import parse


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
        ("cosine_0.1", "cosine:initial_lr=0.1,final_lr=0"),
        ("cosine-lr0.05", "cosine:initial_lr=0.05,final_lr=0"),
        ("linear0.1", "linear:initial_lr=0.1,final_lr=0"),
        ("Step_Decay_initial_lr0.1_drop0.5_epochs_drop5", "step_decay:initial_lr=0.1"),
    ],
)
def test_a_name_with_all_parameters_is_a_policy(name: str, policy: str) -> None:
    named = parse_name(name)
    assert named is not None
    assert named.policy == parse(policy)
    assert named.missing == ()


@pytest.mark.parametrize(
    ("name", "text", "missing"),
    [
        ("exp_k0.3", "exp_decay, k=0.3", ("initial_lr",)),
        ("step_drop0.5_epochs10", "step_decay, drop=0.5, epochs_drop=10", ("initial_lr",)),
        ("lr0.1_drop0.4", "step_decay, initial_lr=0.1, drop=0.4", ("epochs_drop",)),
        ("exp_decay", "exp_decay", ("initial_lr", "k")),
        ("cosine", "cosine", ("initial_lr", "final_lr")),
        ("wsd_lr0.1", "wsd, max_lr=0.1", ("decay_fraction", "final_factor", "shape")),
        ("inverse_sqrt-lr0.1", "inverse_sqrt, initial_lr=0.1", ("timescale",)),
    ],
)
def test_missing_parameters_do_not_take_their_defaults(
    name: str, text: str, missing: tuple[str, ...]
) -> None:
    named = parse_name(name)
    assert named is not None
    assert (str(named), named.missing, named.policy) == (text, missing, None)


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
        "cosine_restarts_0.1",
        "cosine_0.1_lr0.2",
        "one_cycle_0.1",
        "steps",
    ],
)
def test_a_name_with_other_parts_gives_no_policy(name: str) -> None:
    assert parse_name(name) is None


@given(st.text(max_size=30))
def test_any_name_is_handled(name: str) -> None:
    named = parse_name(name)
    assert named is None or named.policy is None or parse(str(named.policy)) == named.policy
