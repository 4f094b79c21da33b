"""Curves that were logged against steps become those of epochs."""

from dataclasses import replace

import pytest

from lr_study.importing.curves import Curves
from lr_study.importing.event_files import EventFile, Point
from lr_study.importing.joining import join
from lr_study.importing.policy_fit import fit_policy
from lr_study.policies import parse

EPOCHS, STEPS = 6, 20
WARMUP = parse("warmup:epochs=1+cosine:initial_lr=0.1")
RATES = [rate for e in range(EPOCHS) for rate in WARMUP.step_rates(e, EPOCHS, STEPS)]


def points(tag: str, values: dict[int, float]) -> list[Point]:
    return [Point(tag, step, 1e9 + step, value) for step, value in values.items()]


def validated(steps: list[int], prefix: str = "val_") -> list[Point]:
    values = {step: 0.5 + 0.01 * i for i, step in enumerate(steps)}
    return points(f"{prefix}loss", values) + points(f"{prefix}accuracy", values)


def joined(points: list[Point], train: list[Point] | None = None) -> Curves:
    """The curves in a file with both sets; or, with another, in one with each."""
    if train is None:
        return join((), (), [EventFile(tuple(points))])
    return join([EventFile(tuple(train))], [EventFile(tuple(points))])


def fitted(curves: Curves) -> str:
    return str(fit_policy(curves.logged_rates()).policy)


def test_rates_of_steps_beside_epochs_as_their_number_divides() -> None:
    rates = points("learning_rate", dict(enumerate(RATES)))
    curves = joined(validated([*range(EPOCHS)]) + rates)
    assert (curves.epochs, curves.steps_per_epoch) == ((1, 2, 3, 4, 5, 6), STEPS)
    assert curves.problems == ()
    # The curve has the rate of the last step of each epoch.
    assert curves.lists()["learning_rate"] == RATES[STEPS - 1 :: STEPS]
    assert fitted(curves) == str(WARMUP)


@pytest.mark.parametrize("first", [STEPS - 1, STEPS])
def test_validations_at_steps_as_lightning_and_transformers_log_them(first: int) -> None:
    steps = [first + STEPS * e for e in range(EPOCHS)]
    some = {step: rate for step, rate in enumerate(RATES) if step % 5 == 0}
    losses = points("train/loss", dict.fromkeys(some, 1.0))
    curves = joined(validated(steps, "eval/") + points("train/learning_rate", some) + losses)
    assert (curves.epochs, curves.steps_per_epoch) == ((1, 2, 3, 4, 5, 6), STEPS)
    assert curves.lists()["val_loss"] == pytest.approx([0.5, 0.51, 0.52, 0.53, 0.54, 0.55])
    assert curves.lists()["loss"] == []
    assert curves.lists()["learning_rate"] == []  # those of the epochs' last steps are not known
    assert curves.problems == ("loss of single steps left out: they are not those of epochs",)
    assert fitted(curves) == str(WARMUP)


def test_training_curves_at_the_ends_of_epochs_stay() -> None:
    steps = [STEPS * (e + 1) - 1 for e in range(EPOCHS)]
    losses = points("train_loss", dict.fromkeys(steps, 1.0))
    rates = points("lr-SGD", dict(enumerate(RATES)))
    curves = joined(validated(steps) + rates + losses)
    assert curves.lists()["loss"] == [1.0] * EPOCHS
    assert curves.problems == ()


@pytest.mark.parametrize("count", [EPOCHS * STEPS - 1, EPOCHS * STEPS + 1])
def test_rates_of_steps_that_are_no_whole_number_an_epoch_are_left_out(count: int) -> None:
    rates = points("learning_rate", dict.fromkeys(range(count), 0.1))
    curves = joined(validated([*range(EPOCHS)]) + rates)
    assert curves.lists()["learning_rate"] == []
    assert f"logged at {count} steps up to {count - 1}, cannot be assigned to 6 epochs" in str(
        curves.problems
    )


def test_keras_counts_epochs_however_far_its_validations_are_apart() -> None:
    rates = points("epoch_learning_rate", dict.fromkeys(range(9), 0.1))
    rarely = [replace(p, tag=f"epoch_{p.tag[4:]}") for p in validated([2, 5, 8])]
    curves = joined(rarely, train=rates)
    assert (curves.epochs, curves.steps_per_epoch) == ((3, 6, 9), None)
