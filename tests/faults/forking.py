"""Commands as processes of their own that need not import TensorFlow first: forked, then named.

A server that has imported everything, and started nothing, forks one process a command. That
saves ten seconds each; the processes are as real as any, and are killed by their ids.
"""

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from killing import Process

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["forking_imports"])


class Forked(Process):
    """A command in a forked process; the rest is as in `Process`."""

    def spawn(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], end: int
    ) -> Any:
        return _Handle(os.dup(end), words, folder, dict(environment), os.ttyname(end))


class _Handle:
    """What `subprocess.Popen` offers of a process, of a forked one."""

    def __init__(self, end: int, *args: Any) -> None:
        self._end = end  # a terminal whose last end is closed is gone; the child opens it by name
        self._process = _CONTEXT.Process(target=_run, args=args)
        self._process.start()
        self.pid = self._process.pid

    def kill(self) -> None:
        self._process.kill()

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("lr-study", timeout)
        if self._end >= 0:
            os.close(self._end)
            self._end = -1
        return self._process.exitcode


def _run(words: Sequence[str], folder: Path, environment: Mapping[str, str], terminal: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    opened = os.open(terminal, os.O_WRONLY | os.O_NOCTTY)
    null = os.open(os.devnull, os.O_RDWR)
    for old, new in ((null, 0), (null, 1), (opened, 2)):
        os.dup2(old, new)
    os.close(opened)
    sys.argv = ["lr-study", *words]
    from lr_study.cli.app import main

    try:
        main()
    finally:
        threading._shutdown()  # as Python does at its end, and multiprocessing does not
