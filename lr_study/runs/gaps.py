"""Epochs without a validation: those of imported runs that validate every few epochs."""

from collections.abc import Mapping, Sequence
from typing import Any

VALIDATED_EVERY = "validated_every"
"""The field of an imported run's protocol with the epochs from one validation to the next."""


def validated_every(protocol: Mapping[str, Any]) -> int:
    """Return after how many epochs runs of a protocol validate: 1, but for some imported ones."""
    every = protocol.get(VALIDATED_EVERY, 1)
    return every if isinstance(every, int) and every >= 1 else 1


def first_gap(curve: Sequence[float | None], every: int = 1) -> int | None:
    """Return the first epoch in which a curve lacks a value that it should have, or None.

    It should have one in the last epoch, and one in any ``every`` epochs that follow each other. A
    run with a gap in its validation accuracy is not ranked.

    >>> first_gap([0.5, None, 0.7]), first_gap([None, 0.5, None, 0.7], every=2)
    (2, None)
    """
    missing = 0
    for epoch, value in enumerate(curve, start=1):
        missing = missing + 1 if value is None else 0
        if missing == every or (missing and epoch == len(curve)):
            return epoch
    return None
