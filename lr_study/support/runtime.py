"""TensorFlow and Keras, imported and configured in one place, before any other code uses them.

Importing this module takes seconds: ``--help``, ``compare`` and wrong values never reach it.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from lr_study.support.errors import LrStudyError
from lr_study.support.machine import available_cpus
from lr_study.support.variables import DefaultVariables

# They are read while TensorFlow and Keras are imported.
_VARIABLES = DefaultVariables(
    {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # TensorFlow leaves oneDNN off on some processors, where a convolution takes twice as long.
        "TF_ENABLE_ONEDNN_OPTS": "1",
    }
)


@contextmanager
def _suppress_stderr() -> Iterator[None]:
    """Suppress what TensorFlow's libraries print before their log level takes effect.

    It is printed after all if the import fails.
    """
    stderr = os.dup(2)
    with TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except BaseException:
            captured.seek(0)
            os.write(stderr, captured.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _require_backend(backend: str) -> None:
    if backend != "tensorflow":
        raise LrStudyError(
            f"Keras runs on {backend}, and lr-study needs tensorflow: set "
            "KERAS_BACKEND=tensorflow before keras is imported"
        )


if "keras" not in sys.modules:
    _require_backend(os.environ.get("KERAS_BACKEND") or "tensorflow")

with _VARIABLES.set_for_a_while(), _suppress_stderr():
    import keras
    import tensorflow as tf

_require_backend(keras.backend.backend())

__all__ = [
    "device_name",
    "dtype_policy",
    "gpu_is_there",
    "keras",
    "tf",
    "use_available_cpus",
    "use_one_thread_per_op",
    "warn_of_threads",
]


@contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Build Keras layers of a precision, whatever policy the process has set for its own."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def use_one_thread_per_op() -> None:
    """Let each operation use one thread, so that sums do not depend on how work was divided.

    Parallelism then comes from several Python threads. This holds for the whole process, so
    commands call it, and the library does not. TensorFlow fixes its thread counts with its first
    operation: call this before any.

    Raises
    ------
    RuntimeError
        If TensorFlow has already started with another number of threads.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(available_cpus())


def use_available_cpus() -> None:
    """Let TensorFlow start a thread per CPU that this process may use, not per CPU of the machine.

    This holds for the whole process, so commands call it, before TensorFlow's first operation.
    After `use_one_thread_per_op` it does nothing.

    Raises
    ------
    RuntimeError
        If TensorFlow has already started with a number of threads of its own choice.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() == 0:
        tf.config.threading.set_intra_op_parallelism_threads(available_cpus())
        tf.config.threading.set_inter_op_parallelism_threads(available_cpus())


def warn_of_threads() -> None:
    """Warn where `use_one_thread_per_op` was not called: sums may be divided in another way.

    Seven heads of 1,280 features, trained for four epochs, then differ by up to 1e-3 of a loss.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        warnings.warn(
            "TensorFlow divides operations among threads, so the last digits of results depend on "
            "the machine: call lr_study.support.use_one_thread_per_op() before TensorFlow's first "
            "operation, as the command line does",
            stacklevel=2,
        )


def gpu_is_there() -> bool:
    """Whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def device_name() -> str:
    """The device that trains: the GPU's name from its driver, or the number of CPU cores."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        cpus = available_cpus()
        return f"CPU, {cpus} core{'' if cpus == 1 else 's'}"
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name))
