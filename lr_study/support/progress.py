"""Progress on standard error, one bar at a time."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as RichTask
from rich.text import Text

_SECONDS_BEFORE_ESTIMATE = 3.0


class Bar:
    """A progress bar; both methods may be called from any thread."""

    def __init__(self, progress: Progress, description: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(description, total=total)

    def advance(self, count: int) -> None:
        """Move the bar on."""
        self._progress.advance(self._task, count)

    def describe(self, description: str) -> None:
        """Change the text before the bar."""
        self._progress.update(self._task, description=description)


class _Rate(ProgressColumn):
    """How many units a second, over the last seconds."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: RichTask) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.0f} {self._unit}/s")


class _TimeLeft(TimeRemainingColumn):
    """The time left, once there is enough to tell it from: at first, work waits for compilation."""

    def render(self, task: RichTask) -> Text:
        if not task.finished and (task.elapsed or 0) < _SECONDS_BEFORE_ESTIMATE:
            return Text("-:--:--", style="progress.remaining")
        return super().render(task)


@contextmanager
def progress_bar(description: str, total: int, unit: str) -> Iterator[Bar]:
    """Show a bar with the rate and the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        _TimeLeft(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress, description, total)


_redirecting = threading.Lock()


@contextmanager
def prints_on_stderr() -> Iterator[None]:
    """Let what libraries print go to standard error: standard output is for results.

    One thread at a time: two that overlapped would not put back what was there before.
    """
    with _redirecting, redirect_stdout(sys.stderr):
        yield
