"""What a user may rely on in the settings of a run: defaults, and what is rejected."""

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lr_study.policies import Policy, PythonPolicy, parse
from lr_study.runs import OPTIMIZERS, ModelSettings, RunSpec, Settings, StudySpec
from lr_study.support.errors import UsageError


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("engine", "fast", "cached, live"),
        ("backbone", "vgg", "efficientnet-lite0"),
        ("backbone", "keras:", "keras:NAME"),
        ("train", "some", "head, all, or how many"),
        ("train", "0", "such as 2"),
        ("train", "17", "efficientnet-lite0 has 16 blocks"),
        ("augment", "cutmix", "none, flip-crop"),
        ("dropout", 1.0, "less than 1"),
        ("head_lr_factor", 0.0, "more than 0"),
        ("head_lr_factor", 10.0, "--train all"),
        ("train_norms", True, "--train all"),
        ("optimizer", "lamb", "adam, adamw"),
        ("image_size", 31, ">= 32"),
        ("epochs", 0, ">= 1"),
        ("batch_size", 0, ">= 1"),
        ("min_class_size", -1, ">= 0"),
        ("test_fraction", 1.0, "< 1"),
        ("test_fraction", float("nan"), "0 <="),
        ("resampling", "bootstrap", "folds, splits"),
        ("folds", 1, ">= 2"),
    ],
)
def test_values_that_are_not_allowed_are_rejected(name: str, value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(**{name: value})
    assert f"{name}={value}" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("needing", [{"train": "all"}, {"augment": "flip-crop"}, {"dropout": 0.5}])
def test_what_changes_features_from_epoch_to_epoch_is_trained_live(needing: dict) -> None:
    assert Settings().resolved_engine() == "cached"
    assert Settings(engine="live").resolved_engine() == "live"
    assert Settings(**needing).resolved_engine() == "live"
    with pytest.raises(UsageError, match=r"not allowed with engine=cached.*--engine live"):
        Settings(engine="cached", **needing)


def test_a_number_of_blocks_has_one_spelling() -> None:
    assert Settings(train="02") == Settings(train="2")


@pytest.mark.parametrize(("value", "message"), [(0.0, "0 <"), (float("nan"), "0 <"), (0.9, "sum")])
def test_a_share_that_leaves_no_validation_or_training_set_is_refused(
    value: float, message: str
) -> None:
    with pytest.raises(UsageError, match=f"^val_fraction={value} .*{message}"):
        Settings(resampling="splits", val_fraction=value)


@pytest.mark.parametrize(
    ("name", "value", "resampling", "other"),
    [
        ("val_fraction", 0.3, "folds", "splits"),
        ("folds", 4, "splits", "folds"),
        ("stratify", True, "splits", "folds"),
    ],
)
def test_an_option_without_effect_is_refused_with_what_gives_it_one(
    name: str, value: object, resampling: str, other: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(resampling=resampling, **{name: value})
    assert str(caught.value) == (
        f"{name}={value} is not allowed with resampling={resampling}: leave it out, or give "
        f"--resampling {other} too"
    )
    assert getattr(Settings(resampling=other, **{name: value}), name) == value


def test_a_test_set_may_be_large_where_folds_divide_the_rest() -> None:
    assert Settings(test_fraction=0.9).test_fraction == 0.9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("folds", 5.0),
        ("stratify", "no"),
        ("epochs", 2.5),
        ("epochs", float("nan")),
        ("epochs", float("inf")),
        ("epochs", "5"),
        ("epochs", None),
        ("epochs", np.float64(2)),
        ("batch_size", True),
        ("split_seed", 0.0),
        ("min_class_size", False),
        ("image_size", Fraction(64)),
        ("val_fraction", "0.2"),
        ("val_fraction", True),
        ("test_fraction", 0.1j),
        ("test_fraction", 10**400),
        ("follow_links", 1),
        ("follow_links", "yes"),
        ("data", None),
        ("data", b"sample"),
        ("weights", 5),
        ("engine", None),
        ("optimizer", 3),
    ],
)
def test_values_of_another_type_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=rf"^{name}=.* is not allowed: {name} is "):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_numbers_and_paths_of_other_libraries_are_those_of_python() -> None:
    given = Settings(
        epochs=np.int64(7),  # type: ignore[arg-type]
        batch_size=np.uint8(16),  # type: ignore[arg-type]
        resampling="splits",
        val_fraction=np.float64(0.25),
        test_fraction=Fraction(1, 4),  # type: ignore[arg-type]
        data=Path("a") / "b",  # type: ignore[arg-type]
    )
    assert given == Settings(
        epochs=7,
        batch_size=16,
        resampling="splits",
        val_fraction=0.25,
        test_fraction=0.25,
        data="a/b",
    )
    assert [type(value) for value in (given.epochs, given.val_fraction, given.data)] == [
        int,
        float,
        str,
    ]
    spec = RunSpec(parse("fixed"), np.int64(3), given)  # type: ignore[arg-type]
    assert type(spec.seed) is int


def test_the_settings_of_a_study_that_names_none() -> None:
    """They are part of its protocol: others would rank its runs apart from earlier ones."""
    assert asdict(Settings()) == {
        "data": "sample",
        "test_data": "",
        "backbone": "auto",
        "weights": "imagenet",
        "image_size": 224,
        "engine": "auto",
        "train": "head",
        "head_lr_factor": 1.0,
        "train_norms": False,
        "augment": "none",
        "dropout": 0.0,
        "epochs": 50,
        "batch_size": 32,
        "optimizer": "adam",
        "resampling": "folds",
        "folds": 5,
        "stratify": False,
        "val_fraction": 0.15,
        "test_fraction": 0.15,
        "split_seed": 0,
        "min_class_size": 0,
        "follow_links": False,
        "duplicates": "keep",
    }


def test_the_least_that_is_allowed() -> None:
    least = {"image_size": 32, "epochs": 1, "batch_size": 1, "split_seed": 0, "min_class_size": 0}
    assert asdict(Settings(**least)).items() >= least.items()
    assert Settings(test_fraction=0).test_fraction == 0
    assert RunSpec(parse("fixed"), 0, Settings()).seed == 0


def test_auto_means_no_download_for_the_sample() -> None:
    assert Settings().resolved_backbone() == "efficientnet-lite0"
    assert Settings(data="oregon").resolved_backbone() == "efficientnet-b0"
    assert Settings(data="oregon", backbone="efficientnet-lite0").resolved_backbone() == (
        "efficientnet-lite0"
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_allowed(optimizer: str) -> None:
    assert Settings(optimizer=optimizer).optimizer == optimizer
    assert len(set(OPTIMIZERS)) == 9


@pytest.mark.parametrize("seed", [-1, 1.5, 1.0, True, "1", None])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    with pytest.raises(UsageError) as caught:
        RunSpec(parse("fixed"), seed, Settings())  # type: ignore[arg-type]
    assert str(caught.value) == f"seed={seed!r} is not allowed: seed is a whole number >= 0"


def half(epoch: float, epochs: float) -> float:
    return 0.5


def nan_at_last(epoch: float, epochs: float) -> float:
    return 0.5 if epoch < epochs - 1 else float("nan")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (parse("warmup:epochs=3+cosine"), "does not fit into epochs=3"),
        (PythonPolicy.of(nan_at_last), "at epoch 2 gave nan: a learning rate is a finite number"),
    ],
)
def test_a_policy_that_cannot_be_trained_is_refused_with_its_settings(
    policy: Policy, message: str
) -> None:
    for make in (
        lambda: RunSpec(policy, 0, Settings(epochs=3)),
        lambda: StudySpec(Settings(epochs=3), (policy,), (0,)),
    ):
        with pytest.raises(UsageError, match=message) as caught:
            make()
        assert "\n" not in str(caught.value)
    assert RunSpec(PythonPolicy.of(half), 0, Settings(epochs=3)).policy(0, 3) == 0.5
    # A text of a store names a function that nothing has imported.
    assert RunSpec(parse("python:nowhere:rate"), 0, Settings()).seed == 0


def test_the_settings_of_a_model_of_ones_own() -> None:
    usual = ModelSettings()
    assert (usual.epochs, usual.batch_size, usual.folds, usual.stratify) == (10, 32, 5, False)
    assert usual.options() == {}
    assert ModelSettings(workload="mine:model").options() == {"workload": "mine:model"}
    with pytest.raises(UsageError, match="resampling=splits is not allowed for a workload"):
        ModelSettings(resampling="splits")
