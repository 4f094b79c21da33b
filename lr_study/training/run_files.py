"""The files of a run that a trainer writes: ``history.csv``, and what was trained.

A run whose rate changes from step to step has all of its rates in ``learning_rates.csv.gz``.
"""

import csv
import gzip
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord, RunRecord
from lr_study.support import LrStudyError, one_line
from lr_study.training.history import Head
from lr_study.training.rates import run_rates

HEAD_FILE = "head.npz"
WEIGHTS_FILE = "weights.npz"
RATES_FILE = "learning_rates.csv.gz"


def run_files(record: RunRecord, head: Head, class_names: Sequence[str]) -> dict[str, bytes]:
    """Return the content of the files of a trained softmax head, by name."""
    return {**curve_files(record), HEAD_FILE: head_npz(head, class_names)}


def curve_files(record: RunRecord) -> dict[str, bytes]:
    """Return the files of a run's curves, by name; its rates if they change from step to step."""
    files = {"history.csv": history_csv(record.epochs)}
    if record.spec.policy.changes_by_step:
        files[RATES_FILE] = rates_csv_gz(record)
    return files


def history_csv(epochs: Sequence[EpochRecord]) -> bytes:
    """Return the curves as CSV: a line per epoch, empty where a loss is not finite."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["epoch", *epochs[0].values()])
    for epoch in epochs:
        table.writerow([epoch.epoch, *epoch.values().values()])
    return text.getvalue().encode()


def rates_csv_gz(record: RunRecord) -> bytes:
    """Return the rate of each step as compressed CSV: epoch from 1, step from 0 over the run.

    A rate is the shortest decimal that gives the same 64 bits; training rounds it to 32.
    """
    rates = run_rates(record.spec.policy, record.epochs, record.protocol.steps_per_epoch)
    # A long run has a hundred thousand steps: csv.writer and more compression take five times as
    # long, for a file that is a tenth smaller.
    lines = [f"{epoch},{step},{rate!r}\n" for epoch, step, rate in rates]
    text = "".join(["epoch,step,learning_rate\n", *lines])
    return gzip.compress(text.encode(), compresslevel=1, mtime=0)


def weights_npz(weights: Sequence[NDArray[Any]]) -> bytes:
    """Return the weights of a model, in Keras's order, as NPZ."""
    content = io.BytesIO()
    named: dict[str, Any] = {f"weight{i}": array for i, array in enumerate(weights)}
    np.savez(content, **named)
    return content.getvalue()


def read_weights(content: bytes) -> list[NDArray[Any]]:
    """Return what `weights_npz` wrote.

    Raises
    ------
    LrStudyError
        If it is damaged, or something else.

    >>> [w.tolist() for w in read_weights(weights_npz([np.eye(2), np.zeros(2)]))]
    [[[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]]
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return [arrays[f"weight{i}"] for i in range(len(arrays.files))]
    except Exception as error:  # zip files, their members and headers raise errors of many types
        raise LrStudyError(f"{WEIGHTS_FILE} cannot be read ({one_line(error)})") from error


def head_npz(head: Head, class_names: Sequence[str]) -> bytes:
    """Return ``kernel`` (features, classes), ``bias`` (classes,) and ``class_names`` as NPZ.

    Of a fine-tuned backbone, ``backbone12`` is the weight at place 12, counted from 0.
    """
    content = io.BytesIO()
    backbone: dict[str, Any] = {f"backbone{place}": array for place, array in head.backbone.items()}
    names = np.array(class_names)
    np.savez(content, kernel=head.kernel, bias=head.bias, class_names=names, **backbone)
    return content.getvalue()


def read_head(content: bytes) -> tuple[Head, list[str]]:
    """Return what `head_npz` wrote: the trained weights and the names of the classes.

    Raises
    ------
    LrStudyError
        If it is damaged, or something else.

    >>> head = Head(np.eye(2, dtype=np.float32), np.zeros(2, np.float32))
    >>> read_head(head_npz(head, ["cat", "dog"]))[1]
    ['cat', 'dog']
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            backbone = {
                int(name.removeprefix("backbone")): arrays[name]
                for name in arrays.files
                if name.startswith("backbone")
            }
            head = Head(arrays["kernel"], arrays["bias"], backbone)
            names = [str(name) for name in arrays["class_names"]]
    except Exception as error:  # zip files, their members and headers raise errors of many types
        raise LrStudyError(f"{HEAD_FILE} cannot be read ({one_line(error)})") from error
    shapes = (head.kernel.shape, head.bias.shape)
    if shapes != ((*head.kernel.shape[:1], len(names)), (len(names),)) or any(
        array.dtype != np.float32 for array in (head.kernel, head.bias, *backbone.values())
    ):
        raise LrStudyError(f"{HEAD_FILE} does not hold a softmax head of {len(names)} classes")
    return head, names
