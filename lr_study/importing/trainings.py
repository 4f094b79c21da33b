"""The trainings whose scalars stand in the event files of one folder, each with its own curves.

What began together is one training: a file, a session, or the steps of a file until one goes back.
One that goes on after the first step of the training before it is a part of that, as after a
restart from a checkpoint: it replaces what had been written from its first step on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lr_study.importing.event_files import Point

Scalars = Mapping[str, Mapping[int, Point]]
"""Points by tag and step."""


@dataclass(frozen=True)
class Training:
    """The scalars of one training, and when the first and the last were written."""

    scalars: Scalars
    began: float
    ended: float

    @property
    def first_step(self) -> int:
        """The first step of any tag."""
        return min(min(by_step) for by_step in self.scalars.values())

    def overlaps(self, other: "Training") -> bool:
        """Whether some of this was written while the other was."""
        return self.began <= other.ended and other.began <= self.ended


def split_into_trainings(
    files: Iterable[tuple[Sequence[Point], Sequence[int]]],
) -> list[Training]:
    """Return the trainings in files with the same kind of curves, in the order of their start.

    Parameters
    ----------
    files
        Of each file, its points in their order, and the places in them where a session starts.

    Examples
    --------
    >>> steps = [Point("loss", step, float(time), 0.5) for time, step in enumerate((0, 1, 0, 1, 2))]
    >>> [sorted(each.scalars["loss"]) for each in split_into_trainings([(steps, ())])]
    [[0, 1], [0, 1, 2]]
    """
    segments = [part for points, starts in files for part in _segments(points, starts)]
    trainings: list[Training] = []
    for segment in sorted(segments, key=lambda segment: segment.began):
        current = trainings[-1] if trainings else None
        if current is not None and _continues(segment, current):
            trainings[-1] = _joined(current, segment)
        else:
            trainings.append(segment)
    return trainings


def _segments(points: Sequence[Point], starts: Sequence[int]) -> list[Training]:
    cuts = {0, *starts}
    last: dict[str, int] = {}
    for place, point in enumerate(points):
        if place in cuts or point.step < last.get(point.tag, -1):
            cuts.add(place)
            last = {}
        last[point.tag] = point.step
    ends = sorted({*cuts, len(points)})
    return [_training(points[start:end]) for start, end in pairwise(ends)]


def _training(points: Sequence[Point]) -> Training:
    scalars: dict[str, dict[int, Point]] = {}
    for point in points:
        scalars.setdefault(point.tag, {})[point.step] = point
    times = [point.wall_time for point in points]
    return Training(scalars, min(times), max(times))


def _continues(segment: Training, current: Training) -> bool:
    """Whether a segment goes on with a training, or is another writer of it.

    A restart writes most tags again; one that repeats a few is something else, such as the metric
    that the HParams plugin writes once.
    """
    shared = segment.scalars.keys() & current.scalars.keys()
    if not shared:
        return segment.began <= current.ended
    first = segment.first_step
    is_later = all(first > max(by_step) for by_step in current.scalars.values())
    is_restart = first > current.first_step and 2 * len(shared) >= len(current.scalars)
    return is_later or is_restart


def _joined(current: Training, segment: Training) -> Training:
    """Join a segment: what it repeats replaces what was written before it began."""
    first = segment.first_step
    is_restart = bool(segment.scalars.keys() & current.scalars.keys())
    written: dict[int, float] = {}  # by step: when its last scalar was
    for by_step in current.scalars.values():
        for step, point in by_step.items():
            written[step] = max(point.wall_time, written.get(step, point.wall_time))
    scalars = {
        tag: {
            step: point
            for step, point in by_step.items()
            if not is_restart or step < first or written[step] > segment.began
        }
        for tag, by_step in current.scalars.items()
    }
    for tag, by_step in segment.scalars.items():
        scalars[tag] = {**scalars.get(tag, {}), **by_step}
    return Training(
        {tag: by_step for tag, by_step in scalars.items() if by_step},
        min(current.began, segment.began),
        max(current.ended, segment.ended),
    )
