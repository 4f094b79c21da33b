"""Commands as processes of their own that need not import TensorFlow and MLflow first.

A server process that has imported everything, and started nothing, forks one process per command.
That saves up to ten seconds each. The processes are as real as any: they have their own folder,
environment and output, and are killed by their ids.
"""

import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from proc import need_proc

# What the server imports, once. Nothing of it may start a thread or open a store.
_PRELOADED = [
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.tensorflow",
    "tensorboard.compat.proto.event_pb2",
    "lr_study.cli.app",
    "lr_study.importing.tensorboard",
    "lr_study.report.files",
    "lr_study.report.ranking_tables",
    "lr_study.studies.study",
    "lr_study.tracking.sending",
    "lr_study.training.batched",
    "lr_study.training.live",
]
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(_PRELOADED)

Completed = subprocess.CompletedProcess


class Forked:
    """A process that runs ``lr-study`` with some arguments, or a piece of Python.

    As a context, it does not outlive its block.

    Parameters
    ----------
    terminal
        The path of a terminal for standard error; by default both outputs go to files.
    memory_bytes
        How much memory the process may take beyond what it shares with the server.
    """

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        code: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        terminal: str = "",
        memory_bytes: int = 0,
    ) -> None:
        need_proc()
        self._folder = Path(tempfile.mkdtemp(prefix="lr-study-forked-"))
        self._out, self._err = self._folder / "out", self._folder / "err"
        self._out.touch()
        self._err.touch()
        self._written: tuple[str, str] | None = None
        self.arguments = list(arguments)
        environment = dict(os.environ if env is None else env)
        outputs = str(self._out), terminal or str(self._err)
        self._process = _CONTEXT.Process(
            target=_run,
            args=(self.arguments, code, cwd or Path.cwd(), environment, outputs, memory_bytes),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.kill()
        self.wait(60)

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("lr-study", timeout)
        if self._written is None:
            self._written = (
                self._out.read_text(encoding="utf-8"),
                self._err.read_text(encoding="utf-8"),
            )
            shutil.rmtree(self._folder)
        return self._process.exitcode

    def output(self) -> str:
        """What it has written to standard output so far."""
        return self._out.read_text(encoding="utf-8") if self._written is None else self._written[0]

    def completed(self, timeout: float = 300) -> Completed[str]:
        """Wait for its end, and return what `subprocess.run` would."""
        try:
            code = self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert self._written is not None
        return Completed(self.arguments, code, *self._written)


def lr_study(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Completed[str]:
    """Run a command of lr-study to its end."""
    return Forked(arguments, cwd=cwd, env=env).completed()


def is_wrong_use(answer: "Completed[str]", says: Iterable[str]) -> None:
    """Assert that a command ended with exit code 2 and one line that has some words."""
    assert answer.returncode == 2
    assert answer.stdout == ""
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: ")
    for word in says:
        assert word in line


def run_code(code: str, *, cwd: Path | None = None) -> Completed[str]:
    """Run a piece of Python to its end."""
    return Forked(code=code, cwd=cwd).completed()


def _run(
    arguments: Sequence[str],
    code: str,
    cwd: Path,
    environment: dict[str, str],
    outputs: tuple[str, str],
    memory_bytes: int,
) -> None:
    # The server passes over what it cannot import, and every process would be slow again.
    assert set(_PRELOADED) <= sys.modules.keys()
    set_by_imports = {name: os.environ[name] for name in os.environ.keys() - _initial_variables()}
    os.environ.clear()
    os.environ.update(set_by_imports | environment)
    os.chdir(cwd)
    null = os.open(os.devnull, os.O_RDONLY)
    opened = [os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOCTTY) for path in outputs]
    for old, new in ((null, 0), (opened[0], 1), (opened[1], 2)):
        os.dup2(old, new)
        os.close(old)
    # What Python opened were other files.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    if memory_bytes:
        taken = (
            int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
            * resource.getpagesize()
        )
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory_bytes, taken + memory_bytes))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["lr-study", *arguments]
    try:
        if code:
            exec(compile(code, "<test>", "exec"), {"__name__": "__main__"})  # noqa: S102
        else:
            from lr_study.cli import main

            main()
    finally:
        threading._shutdown()  # as at the end of any Python process


def _initial_variables() -> set[str]:
    """Names of the variables that the server was started with."""
    entries = (
        Path("/proc/self/environ").read_text(errors="surrogateescape", encoding="utf-8").split("\0")
    )
    return {entry.partition("=")[0] for entry in entries}
