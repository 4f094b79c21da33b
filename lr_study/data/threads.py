"""One function over many items, in as many threads as there are cores."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

from lr_study.support import progress_bar

# Below this many the work is over before a bar could be read.
_WORTH_A_BAR = 500

T = TypeVar("T")
R = TypeVar("R")


def in_threads(
    function: Callable[[T], R], items: Sequence[T], description: str, unit: str
) -> list[R]:
    """Apply a function that leaves the interpreter lock free (decoding, hashing) to every item.

    Parameters
    ----------
    function
        Called with one item, from several threads at once. What it raises is raised here.
    items
        What to apply it to.
    description, unit
        The words of the progress bar, which appears on standard error for more than 500 items.

    Returns
    -------
    list
        One result an item, in the order of the items.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3], "taking absolutes", "numbers")
    [1, 2, 3]
    """
    many = len(items) > _WORTH_A_BAR
    bar = progress_bar(description, len(items), unit) if many else nullcontext()
    executor = ThreadPoolExecutor(os.cpu_count())
    results = []
    try:
        with bar as shown:
            for result in executor.map(function, items):
                results.append(result)
                if shown is not None:
                    shown.advance(1)
    finally:
        # After Ctrl-C the thousands of items still waiting must not be worked off first.
        executor.shutdown(cancel_futures=True)
    return results
