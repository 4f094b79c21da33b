"""Join the scalars of a run's files into its curves, training by training."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lr_study.importing.curves import Curves
from lr_study.importing.event_files import EventFile, Point
from lr_study.importing.metric_names import (
    TRAIN,
    VALIDATION,
    Rank,
    curve_of,
    marks_epochs,
)
from lr_study.importing.step_axes import by_epoch
from lr_study.importing.trainings import Scalars, Training, split_into_trainings
from lr_study.runs import CURVES

_MAX_WALL_TIME = 1e11  # seconds since 1970; any real wall-clock time is below
_MAX_STEP = 10_000_000
_MAX_EPOCHS = 1_000_000
_ROUNDING = 1e-6
_ACCURACIES = ("accuracy", "val_accuracy")


class Wanted:
    """The names of scalars that are read: known ones, and those that a declaration maps.

    >>> "epoch_loss" in Wanted(), "nll" in Wanted(), "nll" in Wanted({"loss": "nll"})
    (True, False, True)
    """

    def __init__(self, declared: Mapping[str, str] | None = None) -> None:
        self.declared = dict(declared or {})
        self._curves = {name: curve for curve, name in self.declared.items()}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (self.curve_of(name) is not None or marks_epochs(name))

    def curve_of(self, name: str, of_set: str | None = None) -> tuple[str, Rank] | None:
        """Return a curve as `curve_of` does; one that was declared has no other name."""
        if name in self._curves:
            return self._curves[name], (0, 0, 0, name)
        found = curve_of(name, of_set)
        return None if found is None or found[0] in self.declared else found


TAGS = Wanted()
"""The names that are read where nothing is declared."""


@dataclass(frozen=True)
class _Whole:
    """A training with the curves of both sets, and the epochs that were logged beside them."""

    curves: Mapping[str, Mapping[int, Point]]
    marks: Mapping[int, float]
    ended: float

    @cached_property
    def counts_epochs(self) -> bool:
        """Whether Keras logged the validations, which counts epochs from 0."""
        return any(p.tag.startswith("epoch_") for p in self.curves["val_accuracy"].values())


def join(
    train: Iterable[EventFile],
    validation: Iterable[EventFile],
    both: Iterable[EventFile] = (),
    wanted: Wanted = TAGS,
) -> Curves:
    """Join what the files of a run hold into curves; steps become epochs as `by_epoch` says.

    If they hold several trainings (see `split_into_trainings`), the last with a validation accuracy
    counts, with its own other curves alone. Files with both sets add curves that files of one set
    lack. Accuracies in percent become shares.

    Parameters
    ----------
    train, validation, both
        The files with the curves of the training set, of the validation set, and of both.
    wanted
        The names of the curves.
    """
    of_train, of_validation, of_both = (_trainings(files) for files in (train, validation, both))
    wholes = _pair(of_train, of_validation, of_both, wanted)
    if not wholes:
        return Curves({name: {} for name in CURVES})
    validated = [whole for whole in wholes if whole.curves["val_accuracy"]]
    if not validated:
        return Curves(wholes[-1].curves)
    problems = []
    if len(validated) > 1:
        problems.append(
            f"{len(validated)} trainings are in its files: only the last is read; give each a "
            "folder of its own"
        )
    last = validated[-1]
    later = [t for t in (*of_train, *of_both) if t.began > last.ended and t.began < t.ended]
    if later:
        problems.append("a later training without val_accuracy is in its files: not read")
    return _by_epoch(last, problems)


def curves_of(scalars: Scalars, wanted: Wanted = TAGS) -> Curves:
    """Return the curves in the scalars of a single training, as `join` does."""
    return _by_epoch(_whole(wanted, (Training(scalars, 0.0, 0.0), None)), ())


def _by_epoch(whole: _Whole, problems: Sequence[str]) -> Curves:
    axes = by_epoch(whole.curves, counts_epochs=whole.counts_epochs, marks=whole.marks)
    curves = Curves(
        axes.points,
        axes.steps_per_epoch,
        axes.step_rates,
        (*problems, *axes.problems),
        axes.refusal,
    )
    return as_shares(curves)


def as_shares(curves: Curves) -> Curves:
    """Return curves whose accuracies are shares; those in percent are divided by 100.

    One above 1 shows that they are in percent. Other values that are not from 0 to 1 are a refusal.
    """
    points = dict(curves.points)
    problems = list(curves.problems)
    for name in _ACCURACIES:
        values = [p.value for p in points[name].values()]
        if any(value > 1 + _ROUNDING for value in values):
            problems.append(f"{name} is in percent, as values above 1 show: divided by 100")
            points[name] = _mapped(points[name], lambda value: value / 100)
        outside = [
            p.value for p in points[name].values() if not _is_share(p.value) and p.value == p.value
        ]
        if outside and name == "val_accuracy":
            reason = f"val_accuracy has the value {outside[0]:g}, which is not from 0 to 1"
            return replace(curves, problems=tuple(problems), refusal=curves.refusal or reason)
        if outside:
            problems.append(f"{name} has the value {outside[0]:g}, which is no share: not read")
            points[name] = {}
        points[name] = _mapped(points[name], lambda value: min(max(value, 0.0), 1.0))
    return replace(curves, points=points, problems=tuple(problems))


def _is_share(value: float) -> bool:
    return -_ROUNDING <= value <= 1 + _ROUNDING


def _mapped(curve: Mapping[int, Point], function: Callable[[float], float]) -> dict[int, Point]:
    """Apply a function to the numbers of a curve; NaN stays."""
    return {
        epoch: point if point.value != point.value else replace(point, value=function(point.value))
        for epoch, point in curve.items()
    }


def _trainings(files: Iterable[EventFile]) -> list[Training]:
    usable = []
    for file in files:
        kept = [(i, point) for i, point in enumerate(file.points) if _is_usable(point)]
        places = [place for place, _ in kept]
        starts = [next((n for n, i in enumerate(places) if i >= at), None) for at in file.starts]
        points = [point for _, point in kept]
        usable.append((points, [start for start in starts if start is not None]))
    return split_into_trainings(usable)


def _is_usable(point: Point) -> bool:
    limit = _MAX_EPOCHS if point.tag.startswith("epoch_") else _MAX_STEP
    return 0 <= point.step < limit and 0 <= point.wall_time < _MAX_WALL_TIME


def _pair(
    train: Sequence[Training],
    validation: Sequence[Training],
    both: Sequence[Training],
    wanted: Wanted,
) -> list[_Whole]:
    """Bring the trainings of the two sets together: a validation belongs to what trained then."""
    if not validation:
        leading = both or train
        rest = (train,) if both else ()
        return [
            _whole(wanted, (each, None if both else TRAIN), *_beside(each, rest, (TRAIN,)))
            for each in leading
        ]
    return [
        _whole(wanted, (each, VALIDATION), *_beside(each, (train, both), (TRAIN, None)))
        for each in validation
    ]


def _beside(
    training: Training, groups: Sequence[Sequence[Training]], sets: Sequence[str | None]
) -> list[tuple[Training, str | None]]:
    """Return of each group the last training that had begun before this one ended."""
    found: list[tuple[Training, str | None]] = []
    for group, of_set in zip(groups, sets, strict=True):
        begun = [each for each in group if each.began <= training.ended]
        if begun:
            found.append((begun[-1], of_set))
        elif len(group) == 1 and of_set is not None:  # clocks differ
            found.append((group[0], of_set))
    return found


def _whole(wanted: Wanted, *parts: tuple[Training, str | None]) -> _Whole:
    curves: dict[str, Mapping[int, Point]] = {name: {} for name in CURVES}
    marks: dict[int, float] = {}
    for training, of_set in parts:
        for name, curve in _named(training.scalars, of_set, wanted).items():
            curves[name] = curves[name] or curve
        for tag, by_step in training.scalars.items():
            if marks_epochs(tag):
                marks = {step: point.value for step, point in by_step.items()} | marks
    return _Whole(curves, marks, max(training.ended for training, _ in parts))


def _named(scalars: Scalars, of_set: str | None, wanted: Wanted) -> dict[str, Mapping[int, Point]]:
    """Return the curves by name; of several tags of one curve, single points come last."""
    named: dict[str, list[tuple[bool, Rank, str]]] = {}
    for tag, by_step in scalars.items():
        found = wanted.curve_of(tag, of_set)
        if found is not None:
            named.setdefault(found[0], []).append((len(by_step) == 1, found[1], tag))
    return {name: scalars[min(tags)[2]] for name, tags in named.items()}
