"""The files that a run keeps beside its figures."""

import csv
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from matplotlib.figure import Figure
from mlflow import MlflowClient
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from lr_study.report import curve_figures
from lr_study.runs import CURVES, EpochRecord, Protocol
from lr_study.training import Head


def write_history(folder: Path, epochs: Sequence[EpochRecord]) -> None:
    """Write ``history.csv``: a line an epoch, empty where a loss is not finite."""
    with (folder / "history.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["epoch", *CURVES])
        for epoch in epochs:
            table.writerow([epoch.epoch, *(getattr(epoch, name) for name in CURVES)])


def write_curves(folder: Path, epochs: Sequence[EpochRecord]) -> None:
    """Write ``figures/accuracy.svg``, ``loss.svg`` and ``learning_rate.svg``."""
    write_figures(folder, curve_figures(epochs))


def write_figures(folder: Path, figures: Mapping[str, Figure]) -> None:
    """Write each figure as ``figures/NAME.svg``."""
    (folder / "figures").mkdir()
    for name, figure in figures.items():
        figure.savefig(folder / "figures" / f"{name}.svg", metadata={"Date": None})


def write_left_out(folder: Path, left_out: dict[str, str]) -> None:
    """Write ``left_out.json``: the pictures that could not be used, each with the reason."""
    (folder / "left_out.json").write_text(json.dumps(left_out, indent=1, sort_keys=True) + "\n")


def write_head(folder: Path, head: Head, class_names: Sequence[str]) -> None:
    """Write ``head.npz``: ``kernel`` (features, classes), ``bias`` and ``class_names``."""
    np.savez(
        folder / "head.npz", kernel=head.kernel, bias=head.bias, class_names=np.array(class_names)
    )


def read_head(file: Path) -> tuple[Head, list[str]]:
    """Read what `write_head` wrote: the layer and the names of its classes."""
    with np.load(file) as arrays:
        head = Head(arrays["kernel"], arrays["bias"])
        return head, [str(name) for name in arrays["class_names"]]


def log_model(client: MlflowClient, run_id: str, model: Any, protocol: Protocol) -> None:
    """Log a Keras model to a run, with its signature and requirements.

    The run's status and end are left as they are: ``mlflow.start_run`` would open it again, and a
    finished cell would be missing for as long as its model is saved.
    """
    size, classes = protocol.image_size, protocol.classes
    pictures = TensorSpec(np.dtype(np.float32), (-1, size, size, 3))
    probabilities = TensorSpec(np.dtype(np.float32), (-1, classes))
    mlflow.set_tracking_uri(client.tracking_uri)
    mlflow.set_experiment(experiment_id=client.get_run(run_id).info.experiment_id)
    mlflow.tensorflow.log_model(
        model,
        name="model",
        run_id=run_id,
        signature=ModelSignature(Schema([pictures]), Schema([probabilities])),
        # Named, because MLflow would otherwise spend 15 seconds on finding them.
        pip_requirements=[
            f"{name}=={importlib.metadata.version(name)}"
            for name in ("mlflow", "tensorflow", "keras", "numpy")
        ],
    )
