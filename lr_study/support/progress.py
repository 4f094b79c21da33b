"""Progress on standard error, one bar at a time."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
)
from rich.progress import Task as RichTask
from rich.text import Text

_SECONDS_BEFORE_ESTIMATE = 3.0


class Speed:
    """Units per second since the first ones were done.

    What passes before them is compilation, or they were done by an earlier process: counted in,
    the first estimate of the time left was 75 times too long.

    >>> speed = Speed()
    >>> for now, done in (10.0, 5), (11.0, 10), (14.0, 25):
    ...     speed.add(now, done)
    >>> speed.per_second, speed.seconds_left(45)
    (5.0, 4.0)
    """

    def __init__(self) -> None:
        self._first = self._last = (0.0, 0.0)

    def add(self, now: float, done: float) -> None:
        """Take note that so many units are done at a time in seconds."""
        self._last = (now, done)
        if self._first[1] == 0:
            self._first = self._last

    @property
    def per_second(self) -> float | None:
        """Units per second; None until some seconds tell it."""
        seconds = self._last[0] - self._first[0]
        if seconds < _SECONDS_BEFORE_ESTIMATE:
            return None
        return (self._last[1] - self._first[1]) / seconds

    def seconds_left(self, total: float) -> float | None:
        """The seconds until so many units are done; None while that is not known."""
        speed = self.per_second
        return (total - self._last[1]) / speed if speed else None


class Bar:
    """A progress bar; both methods may be called from any thread."""

    def __init__(self, progress: Progress, description: str, total: int) -> None:
        self._progress = progress
        self._speed = Speed()
        self._lock = threading.Lock()
        self._done = 0
        self._task = progress.add_task(description, total=total, speed=self._speed)

    def advance(self, count: int) -> None:
        """Move the bar on."""
        with self._lock:
            self._done += count
            self._speed.add(time.monotonic(), self._done)
        self._progress.advance(self._task, count)

    def describe(self, description: str) -> None:
        """Change the text before the bar."""
        self._progress.update(self._task, description=description)


class _Rate(ProgressColumn):
    """How many units a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: RichTask) -> Text:
        speed = task.fields["speed"].per_second
        return Text("" if speed is None else f"{speed:.0f} {self._unit}/s")


class _TimeLeft(ProgressColumn):
    """The time left, once there is enough to tell it from."""

    max_refresh = 0.5

    def render(self, task: RichTask) -> Text:
        seconds = task.fields["speed"].seconds_left(task.total or 0)
        text = "-:--:--" if seconds is None else str(timedelta(seconds=round(seconds)))
        return Text("0:00:00" if task.finished else text, style="progress.remaining")


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
