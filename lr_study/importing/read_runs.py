"""A run as it was read from somewhere, before it is one of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lr_study.importing.curves import Curves
from lr_study.runs import canonical_json, short_hash

_IDENTIFYING = ("val_accuracy", "val_loss", "accuracy", "loss")


@dataclass(frozen=True)
class ReadRun:
    """What was read of a run.

    Attributes
    ----------
    source
        The kind of its source: ``tensorboard``, ``csv`` or ``mlflow``.
    name
        Its name there, printable and of one line: the path below a folder, say.
    curves
        Its curves.
    identity
        What stays the same while it grows and wherever it is kept, if the source has an id; else
        None: how its curves start.
    params
        Its params by name, as texts of the source.
    tags
        Tags that say where it comes from.
    notes
        What was assumed while it was read, a line each.
    """

    source: str
    name: str
    curves: Curves
    identity: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def source_id(self) -> str:
        """The hash of what identifies it; its curves have at least one complete epoch."""
        if self.identity is not None:
            return short_hash(canonical_json([self.source, self.identity]))
        first = self.curves.epochs[0]
        starts = [self.curves.points[name].get(first) for name in _IDENTIFYING]
        return short_hash(
            canonical_json([None if p is None else [p.wall_time, repr(p.value)] for p in starts])
        )


Read = tuple[list[ReadRun], list[str], list[str]]
"""Runs, the names of all their metrics or columns, and a line for each that is not read."""
