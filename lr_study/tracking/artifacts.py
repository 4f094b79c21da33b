"""Files and models that are logged to a run, beside those that its trainer writes."""

import importlib.metadata
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from lr_study.report import curve_figures
from lr_study.runs import EpochRecord, Protocol


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names into a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_curves(folder: Path, epochs: Sequence[EpochRecord]) -> None:
    """Write ``figures/accuracy.svg``, ``loss.svg`` and ``learning_rate.svg``."""
    (folder / "figures").mkdir()
    for name, figure in curve_figures(epochs).items():
        figure.savefig(folder / "figures" / f"{name}.svg", metadata={"Date": None})


def log_model(client: MlflowClient, run_id: str, model: Any, protocol: Protocol) -> None:
    """Log a Keras model to a run, with its signature and requirements.

    The run's status and end time stay as they are: ``mlflow.start_run`` would open it again, and a
    finished cell would be missing while its model is saved.
    """
    size, classes = protocol.image_size, protocol.classes
    images = TensorSpec(np.dtype(np.float32), (-1, size, size, 3))
    probabilities = TensorSpec(np.dtype(np.float32), (-1, classes))
    mlflow.set_tracking_uri(client.tracking_uri)
    before = os.environ.get("MLFLOW_EXPERIMENT_ID")
    mlflow.set_experiment(experiment_id=client.get_run(run_id).info.experiment_id)
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)  # which MLflow sets, for later calls and children
    if before is not None:
        os.environ["MLFLOW_EXPERIMENT_ID"] = before
    mlflow.tensorflow.log_model(
        model,
        name="model",
        run_id=run_id,
        signature=ModelSignature(Schema([images]), Schema([probabilities])),
        # Named, because MLflow would otherwise take 15 seconds to infer them.
        pip_requirements=[
            f"{name}=={importlib.metadata.version(name)}"
            for name in ("mlflow", "tensorflow", "keras", "numpy")
        ],
    )
