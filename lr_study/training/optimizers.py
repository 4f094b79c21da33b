"""The optimizer of a run on images, with a rate of its own for the softmax head."""

from typing import Any

from lr_study.runs import Settings
from lr_study.support import keras
from lr_study.training.schedule import EpochSchedule, PolicySchedule, ScaledSchedule


def optimizer_of(settings: Settings, rates: PolicySchedule | EpochSchedule, head: list[Any]) -> Any:
    """Return a Keras optimizer that trains ``head`` at ``head_lr_factor`` times the rates.

    Parameters
    ----------
    rates
        Of all other variables.
    head
        The variables of the softmax head.
    """

    def optimizer(of: Any) -> Any:
        config = {"class_name": settings.optimizer, "config": {"learning_rate": of}}
        return keras.optimizers.get(config)

    if settings.head_lr_factor == 1:
        return optimizer(rates)
    of_backbone = optimizer(rates)
    of_head = optimizer(ScaledSchedule(rates, settings.head_lr_factor))
    # By the variable itself: a pattern that fits no path would leave it to the default in silence.
    keys = {id(variable) for variable in head}
    return keras.optimizers.MultiOptimizer(lambda v: of_head if id(v) in keys else of_backbone)
