"""Map a function over many items, in one thread per core."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

from lr_study.support import available_cpus, progress_bar

# With fewer items the work is done before a progress bar could be read.
_MIN_ITEMS_FOR_BAR = 500

T = TypeVar("T")
R = TypeVar("R")


def in_threads(
    function: Callable[[T], R], items: Sequence[T], description: str, unit: str
) -> list[R]:
    """Map a function that releases the interpreter lock (decoding, hashing) over the items.

    Parameters
    ----------
    function
        Called with one item, from several threads at once. Its exceptions propagate.
    items
        The arguments.
    description, unit
        The label and the unit of the progress bar on standard error, shown above 500 items.

    Returns
    -------
    list
        One result per item, in the order of the items.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3], "computing", "numbers")
    [1, 2, 3]
    """
    many = len(items) > _MIN_ITEMS_FOR_BAR
    bar = progress_bar(description, len(items), unit) if many else nullcontext()
    executor = ThreadPoolExecutor(available_cpus())
    results = []
    try:
        with bar as progress:
            for result in executor.map(function, items):
                results.append(result)
                if progress is not None:
                    progress.advance(1)
    finally:
        # After Ctrl-C the thousands of pending items must not be processed first.
        executor.shutdown(cancel_futures=True)
    return results
