"""Calls of user code: what it raises becomes one line, and its traceback is kept."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from lr_study.support import UsageError, make_state_folder
from lr_study.training import described


@contextmanager
def in_one_line(what: str) -> Iterator[None]:
    """Raise what user code raises as one line, and keep its traceback in a file."""
    try:
        yield
    except Exception as error:
        file = make_state_folder("errors") / "traceback.txt"
        file.write_text(traceback.format_exc(), encoding="utf-8")
        raise UsageError(f"{what} ({described(error)}); the traceback is in {file}") from error
