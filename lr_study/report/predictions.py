"""Predictions as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from lr_study.report.tables import PLAIN, Column, Display, fit, table_of


def prediction_table(answers: Sequence[Mapping[str, Any]], display: Display = PLAIN) -> str:
    """Return a row per image that has a class: the class, its probability, and the second one.

    Parameters
    ----------
    answers
        With the keys of ``lr-study predict --format json``.
    """
    rows = [
        (answer["image"], *_best_two(answer["probabilities"]))
        for answer in answers
        if answer["error"] is None
    ]
    images, classes, probabilities, seconds, theirs = zip(*rows, strict=True)
    columns = [
        Column("image", images, left=True, wraps=True),
        Column("class", classes, left=True),
        Column("probability", probabilities),
        Column("or", seconds, left=True),
        Column("with", theirs),
    ]
    return table_of(columns, display).lstrip("\n")


def _best_two(probabilities: Mapping[str, float]) -> tuple[str, ...]:
    ordered = sorted(probabilities.items(), key=lambda item: -item[1])[:2]
    cells = [cell for name, value in ordered for cell in (name, fit(value, ".4f", 6))]
    return (*cells, "", "")[:4]
