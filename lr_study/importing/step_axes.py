"""Curves that were logged against training steps, as PyTorch tools do, brought to epochs.

Keras's callback counts epochs from 0, some loops of one's own count them from 1. PyTorch Lightning,
transformers and most loops count steps: they log the learning rate of many steps, and the
validation after each epoch at the step reached, some with the epoch beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lr_study.importing.event_files import Point

MAX_EPOCHS_APART = 10
"""Validations that are further apart are taken for those of steps: nobody validates so rarely."""

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
    problems
        What was left out or assumed, a line each.
    refusal
        Why the steps are none of epochs, or None.
    """

    points: Points
    steps_per_epoch: int | None = None
    step_rates: Mapping[int, float] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True)
class _Scale:
    """The epoch of each step at which a validation was logged, and how steps become epochs.

    With ``distance``, epoch ``e`` ends at the step ``e * distance + shift``, or at steps without
    a rule if it is 0; with None, the axis is that of epochs: a step is epoch ``step + 1 - base``.
    """

    epochs: Mapping[int, int]
    distance: int | None = None
    shift: int = 0
    base: int = 0
    problems: tuple[str, ...] = ()
    refusal: str | None = None


def by_epoch(
    points: Points, *, counts_epochs: bool = False, marks: Mapping[int, float] | None = None
) -> Axes:
    """Return curves by epoch, whatever their axis counts.

    The epochs of validations are those logged beside them; else they are counted, if they are
    evenly spaced from the start and more than `MAX_EPOCHS_APART` steps apart, or fewer with only
    rates between them; else a step is an epoch, counted from 0, or from 1 if no curve has a step 0.
    Rates at twice as many steps as there are epochs are those of steps, whose number must then be
    known or divide evenly.

    Parameters
    ----------
    points
        The curves by name, each point by its step.
    counts_epochs
        Whether the tags say that steps are epochs from 0, as Keras's do.
    marks
        The epoch that was logged at a step, by step.

    Examples
    --------
    >>> rate, value = Point("lr", 0, 0.0, 0.1), Point("val_loss", 0, 0.0, 1.0)
    >>> rates, values = dict.fromkeys(range(60), rate), dict.fromkeys((19, 39, 59), value)
    >>> curves = {"learning_rate": rates, "val_loss": values, "val_accuracy": values}
    >>> axes = by_epoch({**curves, "loss": {}, "accuracy": {}})
    >>> axes.steps_per_epoch, list(axes.points["val_loss"])
    (20, [1, 2, 3])
    """
    validated = sorted(points["val_accuracy"])
    if not validated:
        return Axes(points)
    scale = None
    if not counts_epochs:
        scale = _marked(validated, marks or {}) or _evenly_spaced(points, validated)
    if scale is None:
        starts = [min(by_step) for by_step in points.values() if by_step]
        is_from_1 = not counts_epochs and min(starts) >= 1 and not _ends_before(validated)
        scale = _counted_epochs(validated, base=int(is_from_1), is_sure=counts_epochs)
    if scale.refusal:
        return Axes(points, refusal=scale.refusal)
    if scale.distance is None:
        return _on_epochs(points, scale, is_open_ended=counts_epochs)
    return _on_steps(points, scale, scale.distance)


def _marked(validated: Sequence[int], marks: Mapping[int, float]) -> _Scale | None:
    """Return the epochs that were logged beside the validations; None unless all have one.

    Lightning logs the number of the epoch that a step is in, from 0; transformers the part of the
    training that is done, in epochs, which is whole where an epoch ends.
    """
    if not all(step in marks for step in validated):
        return None
    is_number = all(mark == int(mark) for mark in marks.values())
    counted_from = 1 if is_number and min(marks.values()) == 0 else 0
    epochs: dict[int, int] = {}  # by epoch: the last validation in each counts
    within = 0
    for step in validated:
        epoch = round(marks[step])
        if abs(marks[step] - epoch) > 1e-3 or epoch + counted_from < 1:
            within += 1
            continue
        within += epoch in epochs
        epochs[epoch] = step
    if not epochs:
        return _Scale({}, refusal="no validation was logged at the end of an epoch")
    of_step = {step: epoch + counted_from for epoch, step in epochs.items()}
    problem = f"{within} of {len(validated)} validations were not at the end of an epoch: left out"
    problems = (problem,) if within else ()
    first, distance = min(of_step), _distance_of(of_step)
    shift = first - of_step[first] * distance if distance else 0
    if distance == 1:
        return _Scale(of_step, base=first + 1 - of_step[first], problems=problems)
    is_known = distance and shift in (0, -1)
    return _Scale(of_step, distance if is_known else 0, shift, problems=problems)


def _distance_of(epoch_of: Mapping[int, int]) -> int | None:
    """Return the number of steps of an epoch, if it is the same in all."""
    if len(epoch_of) == 1:
        ((step, epoch),) = epoch_of.items()
        return (step + 1) // epoch if (step + 1) % epoch == 0 else None
    distances = {
        (after - before) / (epoch_of[after] - epoch_of[before])
        for before, after in pairwise(sorted(epoch_of))
    }
    distance = distances.pop()
    return int(distance) if not distances and distance == int(distance) else None


def _evenly_spaced(points: Points, validated: Sequence[int]) -> _Scale | None:
    """Return epochs of equally many steps, each validated at its last step, from the start on.

    Tools count the first epoch's last step as ``distance`` or as ``distance - 1``.
    """
    distance = validated[1] - validated[0] if len(validated) > 1 else validated[0]
    even = all(step - validated[0] == i * distance for i, step in enumerate(validated))
    shift = validated[0] - distance
    if not even or shift not in (0, -1) or len(validated) == 1 or distance == 1:
        return None
    if distance <= MAX_EPOCHS_APART and not _has_rates_alone(points, len(validated)):
        return None
    return _Scale({step: i for i, step in enumerate(validated, start=1)}, distance, shift)


def _has_rates_alone(points: Points, epochs: int) -> bool:
    """Whether rates were logged many times an epoch, and training curves not so often."""
    return len(points[_RATE]) >= _MANY * epochs and not any(
        len(points[name]) >= _MANY * epochs for name in _TRAINING
    )


def _counted_epochs(validated: Sequence[int], *, base: int, is_sure: bool) -> _Scale:
    """Take steps for epochs, counted from ``base``, unless they are too far apart."""
    distances = {after - before for before, after in pairwise(validated)} or {1}
    widest = max(distances)
    problems: tuple[str, ...] = ()
    if len(distances) == 1 and 1 < widest <= MAX_EPOCHS_APART:
        if not is_sure:
            problems = (f"validated every {widest} epochs, as its steps are taken for epochs",)
    elif 2 * len(validated) < validated[-1] + 1 - base:
        refusal = f"its {len(validated)} steps up to {validated[-1]} are too sparse to be epochs"
        return _Scale({}, refusal=refusal)
    return _Scale({step: step + 1 - base for step in validated}, base=base, problems=problems)


def _ends_before(validated: Sequence[int]) -> bool:
    """Whether validations every few epochs end where epochs counted from 0 do: at 4, 9, 14."""
    return len(validated) > 1 and validated[0] == validated[1] - validated[0] - 1 > 0


def _on_epochs(points: Points, scale: _Scale, *, is_open_ended: bool) -> Axes:
    """Return curves on an axis of epochs; what runs far past the last is on another."""
    last = max(scale.epochs.values())
    gaps = [after - before for before, after in pairwise(sorted(scale.epochs.values()))]
    allowed = last + max([1, *gaps]) if not is_open_ended else None
    moved: dict[str, dict[int, Point]] = {name: {} for name in points}
    problems = list(scale.problems)
    left_out: list[str] = []
    for name in _VALIDATION:
        moved[name] = {
            scale.epochs[step]: point
            for step, point in points[name].items()
            if step in scale.epochs
        }
    for name in (*_TRAINING, _RATE):
        by_step = points[name]
        if not by_step:
            continue
        base = scale.base
        if not scale.base and min(by_step) == 1 and len(by_step) == len(scale.epochs):
            base = 1
        elif scale.base and min(by_step) == 0:
            base = 0
        curve = {step + 1 - base: point for step, point in by_step.items()}
        is_by_step = allowed is not None and max(curve) > allowed
        if name == _RATE and max(curve) >= _MANY * last:
            return _with_steps(points, scale, moved, problems + _left_out(left_out), last)
        if is_by_step:
            left_out.append(name)
        else:
            moved[name] = {epoch: point for epoch, point in curve.items() if epoch >= 1}
    return Axes(moved, problems=(*problems, *_left_out(left_out)))


def _with_steps(
    points: Points, scale: _Scale, moved: Points, problems: Sequence[str], last: int
) -> Axes:
    """Return curves by epoch beside rates by step, if these divide evenly among the epochs."""
    rates = points[_RATE]
    steps = _steps_per_epoch(sorted(rates), last)
    if steps is None:
        problem = (
            f"its learning rates, logged at {len(rates)} steps up to {max(rates)}, cannot be "
            f"assigned to {last} epochs: not read"
        )
        return Axes({**moved, _RATE: {}}, problems=(*problems, problem))
    return _with_rates(moved, rates, steps, 0, problems, last)


def _left_out(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [f"{' and '.join(names)} of single steps left out: they are not those of epochs"]


def _steps_per_epoch(steps: Sequence[int], epochs: int) -> int | None:
    """Return the steps per epoch if all steps up to the last one have a rate."""
    count = len(steps)
    contiguous = steps[-1] - steps[0] + 1 == count and steps[0] in (0, 1)
    return count // epochs if contiguous and count % epochs == 0 else None


def _on_steps(points: Points, scale: _Scale, distance: int) -> Axes:
    """Return curves whose epochs have ``distance`` steps, or an unknown number if that is 0."""
    last = max(scale.epochs.values())
    moved: dict[str, dict[int, Point]] = {}
    left_out: list[str] = []
    for name in (*_TRAINING, *_VALIDATION):
        by_step = points[name]
        at_ends = {
            scale.epochs.get(step, (step - scale.shift) // distance if distance else 0): point
            for step, point in by_step.items()
            if step in scale.epochs or (distance and (step - scale.shift) % distance == 0)
        }
        is_by_step = name in _TRAINING and len(by_step) >= _MANY * max(1, len(at_ends))
        if is_by_step:
            left_out.append(name)
        moved[name] = {} if is_by_step else {e: point for e, point in at_ends.items() if e >= 1}
    problems = [*scale.problems, *_left_out(left_out)]
    rates = {
        step: point
        for step, point in points[_RATE].items()
        if distance and step <= last * distance + scale.shift
    }
    if not rates:
        if points[_RATE]:
            problems.append("its learning rates cannot be assigned to epochs: not read")
        return Axes({**moved, _RATE: {}}, problems=tuple(problems))
    return _with_rates(moved, rates, distance, scale.shift, problems, last)


def _with_rates(
    moved: Points,
    rates: Mapping[int, Point],
    steps_per_epoch: int,
    shift: int,
    problems: Sequence[str],
    last_epoch: int,
) -> Axes:
    if all(step % steps_per_epoch == 0 for step in rates):  # once an epoch, at its first step
        by_epoch = {step // steps_per_epoch + 1: point for step, point in rates.items()}
        return Axes({**moved, _RATE: by_epoch}, problems=tuple(problems))
    step_rates = {step: point.value for step, point in sorted(rates.items())}
    at_ends = {e: rates.get(e * steps_per_epoch - 1) for e in range(1, last_epoch + 1)}
    known = {epoch: point for epoch, point in at_ends.items() if point is not None}
    curve = known if len(known) == len(at_ends) else {}
    return Axes({**moved, _RATE: curve}, steps_per_epoch, step_rates, tuple(problems))
