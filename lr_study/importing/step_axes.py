"""Curves that were logged against training steps, as PyTorch tools do, brought to epochs.

Keras's callback counts epochs. PyTorch Lightning, transformers and most loops of one's own count
steps: they log the learning rate of many steps, and the validation after each epoch at the step
reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lr_study.importing.event_files import Point

_MANY = 2  # times as many steps as epochs show that the axis is that of steps
_RATE = "learning_rate"
_VALIDATION = ("val_loss", "val_accuracy")
_TRAINING = ("loss", "accuracy")

Points = Mapping[str, Mapping[int, Point]]


@dataclass(frozen=True)
class Axes:
    """The curves of a run by epoch, and its rates by step.

    Attributes
    ----------
    points
        The curves by name, each a point per epoch from 1; the learning rate is that of the last
        step of each epoch, if that was logged in all epochs, else there is none.
    steps_per_epoch
        The number of steps of an epoch; None if the rates were logged by epoch.
    step_rates
        The learning rates by step, from 0; empty if they were logged by epoch.
    problem
        Why curves were left out, or None.
    """

    points: Points
    steps_per_epoch: int | None
    step_rates: Mapping[int, float]
    problem: str | None


def by_epoch(points: Points, *, counts_epochs: bool) -> Axes:
    """Return curves by epoch, whatever their axis counts.

    Rates at twice as many steps as there are epochs are those of steps. The number of steps per
    epoch is the distance of the validations, where these are as far apart as the first is from the
    start, on the axis of the rates; else the number of rates divided by that of epochs, if a rate
    was logged at each step and that is a whole number.

    Parameters
    ----------
    points
        The curves by name, each point by its step plus 1.
    counts_epochs
        Whether the tags say that validations were logged by epoch, as Keras's do.

    Examples
    --------
    >>> rate, value = Point("lr", 0, 0.0, 0.1), Point("val_loss", 0, 0.0, 1.0)
    >>> rates, values = dict.fromkeys(range(1, 13), rate), dict.fromkeys((4, 8, 12), value)
    >>> curves = {"learning_rate": rates, "val_loss": values, "val_accuracy": values}
    >>> axes = by_epoch({**curves, "loss": {}, "accuracy": {}}, counts_epochs=False)
    >>> axes.steps_per_epoch, list(axes.points["val_loss"])
    (4, [1, 2, 3])
    """
    rates = points[_RATE]
    validated = sorted(points["val_loss"].keys() & points["val_accuracy"].keys())
    if not rates or not validated:
        return Axes(points, None, {}, None)
    distance = None if counts_epochs else _distance(validated, max(rates), len(rates))
    if distance is not None:
        return _moved(points, distance, shift=validated[0] - distance)
    if max(rates) < _MANY * validated[-1]:
        return Axes(points, None, {}, None)
    steps = _counted(sorted(rates), validated[-1])
    if steps is None:
        problem = (
            f"its learning rates, logged at {len(rates)} steps up to {max(rates) - 1}, cannot be "
            f"assigned to {validated[-1]} epochs: not read"
        )
        return Axes({**points, _RATE: {}}, None, {}, problem)
    return _with_rates(points, rates, steps)


def _distance(validated: Sequence[int], last_rate: int, rates: int) -> int | None:
    """Return the steps from one validation to the next, if they are steps and evenly spaced.

    Tools count the first epoch's last step as ``distance`` or as ``distance - 1``.
    """
    distance = validated[-1] - validated[-2] if len(validated) > 1 else 0
    first = validated[0] - 1  # as it was logged
    even = all(step - validated[0] == i * distance for i, step in enumerate(validated))
    is_start = first in (distance, distance - 1)
    on_axis = abs(last_rate - validated[-1]) <= distance and rates >= _MANY * len(validated)
    return distance if distance > 1 and even and is_start and on_axis else None


def _counted(steps: Sequence[int], epochs: int) -> int | None:
    """Return the steps per epoch if all steps up to the last one have a rate."""
    count = len(steps)
    contiguous = steps[-1] - steps[0] + 1 == count and steps[0] in (1, 2)
    return count // epochs if contiguous and count % epochs == 0 else None


def _moved(points: Points, distance: int, *, shift: int) -> Axes:
    """Return curves whose validations are ``distance`` steps apart."""
    last = max(points["val_loss"])
    moved: dict[str, dict[int, Point]] = {}
    left_out = []
    for name in (*_TRAINING, *_VALIDATION):
        at_ends = {
            (step - shift) // distance: point
            for step, point in points[name].items()
            if (step - shift) % distance == 0
        }
        is_by_step = name in _TRAINING and len(points[name]) >= _MANY * len(at_ends)
        if is_by_step and points[name]:
            left_out.append(name)
        moved[name] = {} if is_by_step else at_ends
    problem = (
        f"{' and '.join(left_out)} of single steps left out: they are not those of epochs"
        if left_out
        else None
    )
    rates = {step: point for step, point in points[_RATE].items() if step <= last + 1}
    return replace(_with_rates({**moved, _RATE: {}}, rates, distance), problem=problem)


def _with_rates(points: Points, rates: Mapping[int, Point], steps_per_epoch: int) -> Axes:
    step_rates = {step - 1: point.value for step, point in sorted(rates.items())}
    epochs = range(1, max(points["val_loss"]) + 1)
    last = {epoch: rates.get(epoch * steps_per_epoch) for epoch in epochs}
    known = {epoch: point for epoch, point in last.items() if point is not None}
    curve = known if len(known) == len(last) else {}
    return Axes({**points, _RATE: curve}, steps_per_epoch, step_rates, None)
