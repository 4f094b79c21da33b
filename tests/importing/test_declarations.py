"""Declarations of imported runs: the mapping file, and protocol fields."""

from pathlib import Path

import pytest

from lr_study.importing.declarations import (
    FIELDS,
    Declared,
    declared_for,
    parse_fields,
    read_mapping,
)
from lr_study.support.errors import UsageError


def test_a_mapping_file_declares_policies_and_fields(tmp_path: Path) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text(
        "0.10: fixed:lr=0.1\n"
        "a/b: step_decay:drop=0.50\n"
        "c: {policy: 'exp_decay:initial_lr=0.1,k=0.5', shuffle: buffer 8, batch_size: 16}\n"
        "d: {val_fraction: 0.3}\n",
        encoding="utf-8",
    )
    assert read_mapping(file) == {
        "0.10": Declared("fixed:lr=0.1"),
        "a/b": Declared("step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5"),
        "c": Declared("exp_decay:initial_lr=0.1,k=0.5", {"shuffle": "buffer 8", "batch_size": 16}),
        "d": Declared(None, {"val_fraction": 0.3}),
    }


def test_a_declarations_file_says_what_params_and_metrics_mean(tmp_path: Path) -> None:
    file = tmp_path / "declared.yaml"
    file.write_text(
        '"*": {policy: "fixed:lr={lr}", seed: "{seed}", protocol_params: [batch_size]}\n'
        '"model_rand_*": {seed: order, metrics: {val_accuracy: eval/top-1}}\n'
        '"*_s{seed}": {policy: "fixed:lr=0.1"}\n'
        "x_s3: {seed: 7}\n",
        encoding="utf-8",
    )
    mapping = read_mapping(file)
    plain = Declared("fixed:lr={lr}", seed="{seed}", protocol_params=("batch_size",))
    assert declared_for(mapping, "a/b") == plain
    random = declared_for(mapping, "runs/model_rand_2")
    assert (random.seed, random.metrics) == ("order", {"val_accuracy": "eval/top-1"})
    assert declared_for(mapping, "lr_s12").seed == "12"
    assert declared_for(mapping, "x_s3") == Declared("fixed:lr=0.1", {}, "7", {}, ("batch_size",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: fixd:lr=1", "line 1: policy 'fixd:lr=1' is unknown"),
        ("a: fixed:lr=1\na: fixed", "line 2: 'a' is given twice"),
        ("a: {policy: fixed, epochs: 3}", "line 1: epochs=3 is not allowed"),
        ("a: {colour: red}", "line 1: colour=red is not allowed: the fields are data"),
        ("a:\n  batch_size: many", "line 2: batch_size=many is not allowed"),
        ("a: {policy: step_decay:initial_lr=1, drop=0.5}", "put quotes around a policy"),
        ("- a", "a mapping is written as name: value"),
        ("", "a mapping is written as name: value"),
        ("a: [1, 2]", "a is written as name: value"),
        ("a: &x fixed\nb: *x", "line 2: an alias"),
        ("a: {", "not YAML"),
        ("a: {seed: -1}", "line 1: seed=-1 is not allowed: a seed is a whole number >= 0"),
        ("a: {seed: first}", "line 1: seed=first is not allowed"),
        ("a: {metrics: {val_top1: x}}", "line 1: 'val_top1' is not a curve: the curves are loss"),
        ("a: {metrics: x}", "metrics is written as name: value"),
        ("a: {protocol_params: x}", "line 1: protocol_params is written as [name, name]"),
    ],
)
def test_an_error_in_a_mapping_file_names_the_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_mapping(file)
    assert reason in str(caught.value)
    assert str(file) in str(caught.value)


def test_fields_have_the_same_types_as_in_runs_of_lr_study() -> None:
    declared = parse_fields(
        ["batch_size=16", "val_fraction=0.3", "data=oregon", "test_size=0", "classes=unknown"]
    )
    assert declared == {
        "batch_size": 16,
        "val_fraction": 0.3,
        "data": "oregon",
        "test_size": 0,
        "classes": "unknown",
    }
    assert type(declared["batch_size"]) is int
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
def test_a_field_that_is_not_allowed_is_rejected(text: str) -> None:
    with pytest.raises(UsageError, match="not allowed"):
        parse_fields([text])
    with pytest.raises(UsageError, match="given twice"):
        parse_fields(["data=a", "data=b"])
