"""The built-in workload of tables: a CSV or Parquet file, and a network that predicts a column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lr_study.runs import TabularSettings
from lr_study.studies.own_workload import Workload
from lr_study.support import UsageError

MAX_CATEGORIES = 50
"""Different values above which a column that holds no numbers is no category."""

MAX_CLASSES_OF_NUMBERS = 20
"""Different whole numbers up to which a target is classes."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a file that a network can be trained on.

    Attributes
    ----------
    name
        The file's name without its ending.
    numbers : ndarray of float64, shape (rows, columns)
    codes : ndarray of int64, shape (rows, columns)
        Of the columns with categories, the number of each value's category.
    categories
        How many categories each of them has.
    targets : ndarray, shape (rows,)
        The number of the class; or of a regression, the target itself.
    classes
        What the classes are called, in their order; empty for a regression.
    left_out
        The columns that are not used, each with the reason.
    """

    name: str
    numbers: NDArray[np.float64]
    codes: NDArray[np.int64]
    categories: tuple[int, ...]
    targets: NDArray[Any]
    classes: tuple[str, ...]
    left_out: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """Yield what the table holds, and what of it is not used."""
        task = f"{len(self.classes)} classes" if self.classes else "regression"
        columns = f"{self.numbers.shape[1]} of numbers and {self.codes.shape[1]} of categories"
        yield f"{self.name}: {len(self.targets):,} rows, columns: {columns}; {task}"
        if self.left_out:
            reasons = ", ".join(f"{name} ({why})" for name, why in self.left_out.items())
            yield f"columns left out: {reasons}"


def table_workload(settings: TabularSettings, table: Table) -> Workload:
    """Return the workload of a table.

    A regression is trained on the target with mean 0 and variance 1 over the whole table, and
    ranked by the mean absolute error in the target's own unit.
    """
    from lr_study.training import TableEncoder, table_network

    targets, unit = table.targets, 1.0
    if not table.classes:
        unit = float(targets.std())
        targets = ((targets - targets.mean()) / unit).astype(np.float32)
    return Workload(
        partial(
            table_network,
            table.numbers.shape[1] + sum(table.categories),
            settings.layers,
            optimizer=settings.optimizer,
            classes=len(table.classes) or None,
            unit=unit,
        ),
        train=({"numbers": table.numbers, "categories": table.codes}, targets),
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        name=table.name,
        metric="accuracy" if table.classes else "mae",
        preprocessing=TableEncoder(table.categories),
    )


def read_table(settings: TabularSettings) -> Table:
    """Read the file of the settings.

    Columns of numbers are used as they are; others are categories, if they have at most
    `MAX_CATEGORIES`. What is the same in each row is left out.

    Raises
    ------
    UsageError
        If the file cannot be read, values are missing, or nothing is left to learn from.
    """
    frame = _read(settings.data)
    if settings.target not in frame:
        raise UsageError(
            f"target={settings.target} is not allowed: the columns of {settings.data} are "
            f"{', '.join(map(str, frame.columns[:20]))}"
        )
    columns = frame.drop(columns=settings.target)
    left_out = {str(name): why for name in columns if (why := _unusable(columns[name]))}
    used = columns[[name for name in columns if str(name) not in left_out]]
    if used.empty:
        raise UsageError(f"{settings.data} has no column to learn {settings.target} from")
    _require_complete(settings.data, used.join(frame[settings.target]))
    is_number = [_is_number(used[name]) for name in used]
    numbers = used.loc[:, is_number].to_numpy(np.float64)
    if not np.isfinite(numbers).all():
        raise UsageError(f"{settings.data} has infinite numbers: leave these rows out")
    coded = [pd.factorize(used[name], sort=True) for name in used.loc[:, np.logical_not(is_number)]]
    codes = np.array([each for each, _ in coded], np.int64).reshape(len(coded), len(used)).T
    targets, classes = _targets(frame[settings.target], settings)
    return Table(
        Path(settings.data).stem,
        numbers,
        codes,
        tuple(len(values) for _, values in coded),
        targets,
        classes,
        left_out,
    )


def _read(file: str) -> pd.DataFrame:
    path = Path(file).expanduser()
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pd.read_parquet(path)
        return pd.read_csv(path)
    except (OSError, ValueError) as error:  # ValueErrors are those of parsers too
        why = str(error).partition("\n")[0]
        raise UsageError(f"data={file} cannot be read as a CSV or Parquet file ({why})") from error


def _is_number(column: "pd.Series[Any]") -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))


def _unusable(column: "pd.Series[Any]") -> str | None:
    """Return why a column cannot be used, if it cannot."""
    different = column.nunique(dropna=False)
    if different <= 1:
        return "the same in each row"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "dates"
    if not _is_number(column) and different > MAX_CATEGORIES:
        return f"{different:,} different values, at most {MAX_CATEGORIES} are categories"
    return None


def _require_complete(file: str, frame: pd.DataFrame) -> None:
    missing = frame.isna().sum()
    named = [f"{name} in {count:,}" for name, count in missing[missing > 0].items()]
    if named:
        raise UsageError(
            f"{file} has {len(frame):,} rows, and values are missing: {', '.join(named)}; fill "
            "them, or leave these rows or columns out"
        )


def _targets(
    column: "pd.Series[Any]", settings: TabularSettings
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return the targets, and the names of classes."""
    different = column.nunique()
    if different < 2:
        raise UsageError(f"target={settings.target} is the same in each row")
    is_number = _is_number(column) and not pd.api.types.is_bool_dtype(column)
    task = settings.task
    if task == "auto":
        is_whole = is_number and bool((column == column.round()).all())
        few = different <= MAX_CLASSES_OF_NUMBERS
        task = "regression" if is_number and not (is_whole and few) else "classification"
    if task == "regression":
        if not is_number:
            raise UsageError(
                f"task=regression is not allowed: {settings.target} does not hold numbers"
            )
        return column.to_numpy(np.float64), ()
    labels, names = pd.factorize(column, sort=True)
    return labels.astype(np.int32), tuple(map(str, names))
