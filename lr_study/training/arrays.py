"""Examples as arrays in memory: one array, or a structure of several inputs as Keras takes them."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.support import UsageError, keras

Arrays = Any
"""An array whose first axis is examples; or a list or a dict of them: several inputs."""


def as_arrays(inputs: Any) -> Arrays:
    """Return inputs with each part as an array; a list of numbers is one array.

    >>> as_arrays([[1, 2], [3, 4]]).shape, [part.shape for part in as_arrays([np.zeros(3)])]
    ((2, 2), [(3,)])
    """
    if isinstance(inputs, (list, tuple)) and not all(hasattr(part, "shape") for part in inputs):
        return np.asarray(inputs)
    return keras.tree.map_structure(np.asarray, inputs)


def as_targets(targets: Any) -> Arrays:
    """Return targets as an array; those of several outputs as a list or a dict of arrays.

    >>> as_targets([0, 1, 2]).shape, list(as_targets({"age": [3.5, 4], "class": [0, 1]}))
    ((3,), ['age', 'class'])
    """
    if isinstance(targets, dict):
        return {name: np.asarray(values) for name, values in targets.items()}
    if isinstance(targets, (list, tuple)) and all(getattr(part, "ndim", 0) for part in targets):
        return [np.asarray(part) for part in targets]
    return np.asarray(targets)


def named_arrays(arrays: Arrays, name: str) -> list[tuple[str, NDArray[Any]]]:
    """Return the arrays with their names: ``name``, and below it indices or keys.

    >>> [name for name, _ in named_arrays({"b": np.zeros(1), "a": [np.zeros(1)]}, "x")]
    ['x.a.0', 'x.b']
    """
    flat = keras.tree.flatten_with_path(arrays)
    return [(".".join(map(str, (name, *path))), array) for path, array in flat]


def array_fingerprint(parts: Iterable[tuple[str, Arrays]]) -> str:
    """Return the SHA-256 of arrays with their names, types and shapes, as 64 hexadecimal digits.

    One value that differs makes another fingerprint, and so does another type.

    Raises
    ------
    UsageError
        If an array is one of Python objects.

    >>> one = array_fingerprint([("x", np.zeros(3, np.float32))])
    >>> one == array_fingerprint([("x", np.zeros(3, np.float64))]), len(one)
    (False, 64)
    """
    digest = hashlib.sha256()
    for part, arrays in parts:
        for name, array in named_arrays(arrays, part):
            if array.dtype.hasobject:
                raise UsageError(
                    f"{name} is an array of Python objects, not of numbers: it cannot be trained on"
                )
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            digest.update(f"{name} {little.dtype.str} {little.shape}\n".encode())
            digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()


def number_of_rows(arrays: Arrays, name: str) -> int:
    """Return how many examples there are.

    Raises
    ------
    UsageError
        If arrays are of different lengths, or there is no example.

    >>> number_of_rows([np.zeros((3, 2)), np.zeros(3)], "x")
    3
    """
    named = named_arrays(arrays, name)
    lengths = {each: len(array) if array.ndim else 0 for each, array in named}
    if len(set(lengths.values())) != 1 or not all(lengths.values()):
        shown = ", ".join(f"{each}: {length}" for each, length in lengths.items())
        raise UsageError(f"the arrays of {name} do not hold one number of examples ({shown})")
    return next(iter(lengths.values()))


def rows_of(arrays: Arrays, rows: NDArray[np.int64]) -> Arrays:
    """Return some rows of each array.

    >>> rows_of({"a": np.arange(4)}, np.array([3, 1]))
    {'a': array([3, 1])}
    """
    return keras.tree.map_structure(lambda array: array[rows], arrays)


def equal_rows(arrays: Arrays, labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each example the first one that is equal to it, and of its class.

    >>> equal_rows(np.array([[1.0], [2.0], [1.0], [1.0]]), np.array([0, 0, 0, 1])).tolist()
    [0, 1, 0, 3]
    """
    parts = [np.ascontiguousarray(array) for _, array in named_arrays(arrays, "")]
    first: dict[tuple[object, ...], int] = {}
    groups = np.empty(len(labels), np.int64)
    for i, label in enumerate(labels.tolist()):
        content = (label, *(hashlib.sha256(part[i].tobytes()).digest() for part in parts))
        groups[i] = first.setdefault(content, i)
    return groups
