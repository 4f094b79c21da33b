"""What a person does in a notebook: the library beside MLflow, TensorFlow and Keras of their own.

Run as a program, it prints as JSON what of the process is other than before the library was used.
"""

import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any


def use_own_tools() -> None:
    """Use each tool as its user has set it; all of what they load is loaded then."""
    import keras
    import matplotlib as mpl
    import matplotlib.pyplot
    import mlflow
    import mlflow.tensorflow
    import pandas as pd
    import PIL.Image
    import tensorflow as tf

    mlflow.set_tracking_uri("sqlite:///theirs.db")
    mlflow.set_experiment("theirs")
    tf.reduce_sum(tf.ones((3, 3)))
    keras.config.set_dtype_policy("mixed_bfloat16")
    mpl.rcParams["svg.hashsalt"] = "theirs"
    pd.set_option("display.max_rows", 7)
    PIL.Image.MAX_IMAGE_PIXELS = 1000
    warnings.filterwarnings("ignore", message="theirs")
    logging.getLogger("mlflow").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, lambda number, frame: None)


def state() -> dict[str, Any]:
    """Return what belongs to the whole process, in values that can be compared."""
    import gc
    import locale

    import keras
    import matplotlib as mpl
    import mlflow
    import numpy as np
    import pandas as pd
    import PIL.Image
    import PIL.PngImagePlugin
    import tensorflow as tf

    loggers = ("", "mlflow", "mlflow.utils.environment", "mlflow.store.db.utils", "alembic")
    active = mlflow.active_run()
    return {
        "variables": dict(os.environ),
        "levels": {name: logging.getLogger(name).level for name in (*loggers, "tensorflow")},
        "handlers": {name: list(map(id, logging.getLogger(name).handlers)) for name in loggers},
        "warnings": list(map(repr, warnings.filters)),
        "signals": {n: repr(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM)},
        "tracking": (mlflow.get_tracking_uri(), mlflow.tracking.fluent._get_experiment_id()),
        "active run": active and active.info.run_id,
        "figures": {name: repr(value) for name, value in mpl.rcParams.items()},
        "backend": mpl.get_backend(),
        "policy": keras.config.dtype_policy().name,
        "keras": (keras.config.floatx(), keras.config.backend(), keras.config.image_data_format()),
        "threads": tf.config.threading.get_intra_op_parallelism_threads(),
        "numbers": (np.geterr(), pd.get_option("display.max_rows")),
        "images": (PIL.Image.MAX_IMAGE_PIXELS, PIL.PngImagePlugin.MAX_TEXT_CHUNK),
        "hooks": (repr(sys.excepthook), repr(threading.excepthook)),
        "streams": (repr(sys.stdout), repr(sys.stderr)),
        "locale": locale.setlocale(locale.LC_ALL),
        "gc": gc.isenabled(),
        "folder": str(Path.cwd()),
    }


def study(data: str, uri: str, **options: Any) -> Any:
    """Run a study of one policy under one seed."""
    from lr_study import parse
    from lr_study.runs import Settings, StudySpec
    from lr_study.studies import find_images, prepare, run_study
    from lr_study.tracking import open_destination

    settings = Settings(
        data=data, backbone="efficientnet-lite0", weights="random", image_size=32, epochs=2
    )
    images = find_images(settings)
    destination = open_destination(uri, "study", images.name)
    spec = StudySpec(settings, (parse("fixed:lr=0.01"),), (0,), "missing")
    return run_study(destination, spec, lambda: prepare(settings, images), **options)


def use_library(data: str, uri: str) -> None:
    """Import the library, train, log a model, read, rank, and write a report."""
    import lr_study
    from lr_study.report import draw, html_report, inline_svg, origin_of

    study(data, uri, models="best")
    runs = lr_study.load_runs("study", uri)
    ranking = lr_study.compare(runs)
    figures = draw(ranking, runs, "en", inline_svg)
    assert "fixed:lr=0.01" in html_report(ranking, figures, "en", origin_of(ranking, runs))


if __name__ == "__main__":
    import json

    use_own_tools()
    before = state()
    use_library(*sys.argv[1:])
    after = state()
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    json.dump(changed, sys.stdout)
