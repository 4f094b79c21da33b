"""TensorFlow and Keras, imported and configured in one place, before any other code uses them.

Importing this module takes seconds: ``--help``, ``compare`` and wrong values never reach it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from lr_study.support.machine import available_cpus

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow leaves oneDNN off on some processors, where a convolution then takes twice as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


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


with _suppress_stderr():
    import keras
    import tensorflow as tf

__all__ = ["device_name", "gpu_is_there", "keras", "tf", "use_one_thread_per_op"]


def use_one_thread_per_op() -> None:
    """Let each operation use one thread, so that sums do not depend on how work was divided.

    Parallelism then comes from several Python threads. TensorFlow fixes its thread counts with
    its first operation: call this before any.

    Raises
    ------
    RuntimeError
        If TensorFlow has already started with another number of threads.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(available_cpus())


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
