"""What a user may rely on in the settings of a run: defaults, and what is rejected."""

import pytest

from lr_study.policies import parse
from lr_study.runs import OPTIMIZERS, RunSpec, Settings
from lr_study.support.errors import UsageError


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("engine", "fast", "cached, live"),
        ("backbone", "vgg", "efficientnet-lite0"),
        ("optimizer", "lamb", "adam, adamw"),
        ("image_size", 31, ">= 32"),
        ("epochs", 0, ">= 1"),
        ("batch_size", 0, ">= 1"),
        ("min_class_size", -1, ">= 0"),
        ("val_fraction", 0.0, "0 <"),
        ("val_fraction", float("nan"), "0 <"),
        ("test_fraction", 1.0, "< 1"),
        ("val_fraction", 0.9, "sum"),
    ],
)
def test_values_that_are_not_allowed_are_rejected(name: str, value: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(**{name: value})
    assert f"{name}={value}" in str(caught.value)
    assert message in str(caught.value)


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


def test_a_seed_is_not_negative() -> None:
    with pytest.raises(UsageError, match=r"seed=-1 is not allowed: seed is a whole number >= 0"):
        RunSpec(parse("fixed"), -1, Settings())
