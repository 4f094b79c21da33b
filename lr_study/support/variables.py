"""Environment variables that are set for a while, where their user has not set them."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class DefaultVariables:
    """Values for variables that are not set.

    A variable belongs to the whole process, so a library puts it back: `set_for_a_while` does,
    once the last of several blocks ends, in whichever thread. A command owns its process, and
    calls `set_for_good`.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._lock = threading.Lock()
        self._users = 0
        self._set: dict[str, str] = {}

    @contextmanager
    def set_for_a_while(self) -> Iterator[None]:
        """Set the variables for a block, or for a function that this decorates.

        >>> variables = DefaultVariables({"LR_STUDY_EXAMPLE": "1"})
        >>> with variables.set_for_a_while():
        ...     os.environ["LR_STUDY_EXAMPLE"]
        '1'
        >>> "LR_STUDY_EXAMPLE" in os.environ
        False
        """
        with self._lock:
            if self._users == 0:
                self._set = self._missing()
                os.environ.update(self._set)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    for name, value in self._set.items():
                        if os.environ.get(name) == value:
                            del os.environ[name]

    def set_for_good(self) -> None:
        """Set the variables until the process ends, and in the processes that it starts."""
        self._set = self._missing()
        os.environ.update(self._set)

    def unset(self) -> None:
        """Take back what `set_for_good` set."""
        for name in self._set:
            os.environ.pop(name, None)
        self._set = {}

    def _missing(self) -> dict[str, str]:
        return {name: value for name, value in self._values.items() if name not in os.environ}
