"""Read runs from tables: Keras's CSVLogger, an exported history, one row an epoch or a step."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from lr_study.importing.declarations import Declared, declared_for
from lr_study.importing.event_files import MAX_FILE_BYTES, MAX_POINTS, EventFile, Point
from lr_study.importing.joining import Wanted, join
from lr_study.importing.layouts import printable
from lr_study.importing.metric_names import words_of
from lr_study.importing.read_runs import Read, ReadRun
from lr_study.support import LrStudyError, UsageError, open_regular

if TYPE_CHECKING:
    from io import BufferedReader

_EPOCH_COLUMNS = (("epoch",), ("epochs",), ("train", "epoch"))
_STEP_COLUMNS = (("step",), ("global", "step"), ("train", "global", "step"), ("iteration",))
_TIME_COLUMNS = ("_timestamp", "timestamp")
_RUN_COLUMNS = ("run", "run_id", "run_name", "run id", "run name")
_MAX_COLUMNS = 1000
_MAX_NAME = 200
_MAX_STEP = 10_000_000


class NotATableError(LrStudyError):
    """A file is no table of a run; the message is the reason."""


def read_tables(
    files: Sequence[Path],
    mapping: Mapping[str, Declared],
    metrics: Mapping[str, str],
    run_column: str | None = None,
) -> Read:
    """Read the runs in tables.

    Parameters
    ----------
    files
        The tables: of one run each, or with a column that tells runs apart.
    mapping
        What is declared of single runs.
    metrics
        The column of a curve, by the curve, for runs that declare no other.
    run_column
        The column that tells runs apart; None for one that is named so, if there is any.

    Returns
    -------
    tuple
        The runs, the names of all columns, and a line for each file that is no table.

    Raises
    ------
    UsageError
        If a file does not exist.
    """
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise UsageError(f"file={missing[0]} does not exist: give tables, such as training.csv")
    runs: list[ReadRun] = []
    warnings: list[str] = []
    columns: dict[str, None] = {}
    for name, file in zip(_names(files), files, strict=True):
        try:
            table = _table(file)
            columns |= dict.fromkeys(map(str, table.columns))
            for run_name, rows in _split(table, name, run_column):
                names = {**metrics, **declared_for(mapping, run_name).metrics}
                runs.append(_run(run_name, rows, Wanted(names)))
        except NotATableError as error:
            warnings.append(f"{name}: {error}")
    return runs, list(columns), warnings


def _names(files: Sequence[Path]) -> list[str]:
    """Return the paths below the folder that all files are in, without what all have."""
    folder = Path(os.path.commonpath([file.resolve().parent for file in files]))
    paths = [file.resolve().relative_to(folder).with_suffix("") for file in files]
    if len(files) > 1 and len({path.name for path in paths}) == 1:
        paths = [path.parent for path in paths]
    return [printable(path.as_posix())[:_MAX_NAME] for path in paths]


def _table(file: Path) -> pd.DataFrame:
    try:
        with open_regular(file) as opened:
            if opened.seek(0, 2) > MAX_FILE_BYTES:
                raise NotATableError(f"larger than {MAX_FILE_BYTES >> 20} MiB")
            opened.seek(0)
            table = _parsed(opened)
    except OSError as error:
        raise NotATableError(f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # all errors of pandas's parser, and of the encoding
        reason = (str(error).splitlines() or ["no text"])[0][:200]
        raise NotATableError(f"not a table: {printable(reason)}") from None
    table.columns = [str(name).strip() for name in table.columns]
    if len(table.columns) > _MAX_COLUMNS or table.size > MAX_POINTS:
        raise NotATableError(f"more than {_MAX_COLUMNS} columns or {MAX_POINTS} values")
    if table.empty:
        raise NotATableError("it has no rows")
    return table.loc[:, ~table.columns.duplicated()]


def _parsed(opened: "BufferedReader") -> pd.DataFrame:
    header = opened.readline(100_000).decode("utf-8-sig")
    opened.seek(0)
    separator = max(",;\t", key=header.count)
    return pd.read_csv(opened, sep=separator, skipinitialspace=True, encoding="utf-8-sig")


def _split(
    table: pd.DataFrame, name: str, run_column: str | None
) -> Iterator[tuple[str, pd.DataFrame]]:
    if run_column is not None and run_column not in table:
        listed = ", ".join(map(str, table.columns[:12]))
        raise NotATableError(f"it has no column {run_column}: the columns are {listed}")
    by = run_column or next((c for c in table if str(c).lower() in _RUN_COLUMNS), None)
    if by is None:
        yield name, table
        return
    for value, rows in table.groupby(by, sort=False):
        yield printable(str(value))[:_MAX_NAME] or name, rows.drop(columns=by)


def _run(name: str, rows: pd.DataFrame, wanted: Wanted) -> ReadRun:
    epoch = _column(rows, _EPOCH_COLUMNS)
    step = _column(rows, _STEP_COLUMNS)
    if epoch is None and step is None:
        listed = ", ".join(map(str, rows.columns[:12]))
        raise NotATableError(f"it has no column for the epoch or the step: there are {listed}")
    axis = pd.to_numeric(rows[step or epoch], errors="coerce")
    times = next((rows[c] for c in _TIME_COLUMNS if c in rows), pd.Series(0.0, index=rows.index))
    seconds = pd.to_numeric(times, errors="coerce").fillna(0.0)
    points = []
    for column in rows.columns:
        if column in (step, None) or (column == epoch and step is None):
            continue
        if column != epoch and column not in wanted:
            continue
        tag = "epoch" if column == epoch else str(column)
        values = pd.to_numeric(rows[column], errors="coerce")
        for place, at, second, value, text in zip(
            range(len(rows)), axis, seconds, values, rows[column], strict=True
        ):
            is_logged = not (pd.isna(value) and (pd.isna(text) or str(text).strip() == ""))
            if is_logged and at == at and 0 <= at < _MAX_STEP and at == int(at):
                points.append((place, Point(tag, int(at), float(second), float(value))))
    ordered = tuple(point for _, point in sorted(points, key=lambda item: item[0]))
    curves = join((), (), [EventFile(ordered)], wanted)
    if not curves.points["val_accuracy"]:
        listed = ", ".join(map(str, rows.columns[:12]))
        curves = curves.refused(
            f"it has no val_accuracy: there are the columns {listed}; name one with "
            "--column val_accuracy=COLUMN"
        )
    return ReadRun("csv", name, curves, params=_params(rows))


def _column(rows: pd.DataFrame, names: Sequence[tuple[str, ...]]) -> str | None:
    return next((str(c) for wanted in names for c in rows if words_of(str(c)) == wanted), None)


def _params(rows: pd.DataFrame) -> dict[str, str]:
    """Return the columns with one value in all rows, such as a seed, as params."""
    params = {}
    for column in rows:
        values = rows[column].dropna().unique()
        if len(values) == 1 and len(rows[column].dropna()) == len(rows):
            params[str(column)] = printable(str(values[0]))[:_MAX_NAME]
    return params
