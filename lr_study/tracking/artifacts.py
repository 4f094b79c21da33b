"""Files and models that are logged to a run, beside those that its trainer writes."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric, Run
from mlflow.models import Model, ModelSignature
from mlflow.types import Schema, TensorSpec

from lr_study.report import curve_figures
from lr_study.runs import CURVES, EpochRecord, Protocol
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.writing import source_tags


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names into a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_curves(folder: Path, epochs: Sequence[EpochRecord]) -> None:
    """Write ``figures/accuracy.svg``, ``loss.svg`` and ``learning_rate.svg``."""
    (folder / "figures").mkdir()
    for name, figure in curve_figures(epochs).items():
        figure.savefig(folder / "figures" / f"{name}.svg", metadata={"Date": None})


@own_settings()
def log_model(client: MlflowClient, run_id: str, model: Any, protocol: Protocol) -> None:
    """Log a Keras model to a run, with its signature and requirements.

    The run's status and end time stay as they are: ``mlflow.start_run`` would open it again, and a
    finished cell would be missing while its model is saved. Nor does it become the active run, or
    its store and experiment the active ones, as ``mlflow.tensorflow.log_model`` would need it.
    """
    size, classes = protocol.image_size, protocol.classes
    images = TensorSpec(np.dtype(np.float32), (-1, size, size, 3))
    probabilities = TensorSpec(np.dtype(np.float32), (-1, classes))
    run = client.get_run(run_id)
    logged = client.create_logged_model(
        run.info.experiment_id,
        name="model",
        source_run_id=run_id,
        tags=source_tags(),
        params=run.data.params,
    )
    model_id = logged.model_id
    try:
        client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        _log_metrics(client, run, model_id)
        with TemporaryDirectory(prefix="lr-study-") as folder:
            saved = Path(folder) / "model"
            mlflow.tensorflow.save_model(
                model,
                saved,
                mlflow_model=Model(
                    artifact_path=logged.artifact_location,
                    model_uuid=model_id,
                    model_id=model_id,
                    run_id=run_id,
                ),
                signature=ModelSignature(Schema([images]), Schema([probabilities])),
                # Named, because MLflow would otherwise take 15 seconds to infer them.
                pip_requirements=[
                    f"{name}=={importlib.metadata.version(name)}"
                    for name in ("mlflow", "tensorflow", "keras", "numpy")
                ],
            )
            client.log_model_artifacts(model_id, str(saved))
    except BaseException:
        with suppress(Exception):  # what went wrong first is the reason
            client.finalize_logged_model(model_id, LoggedModelStatus.FAILED)
        raise
    client.finalize_logged_model(model_id, LoggedModelStatus.READY)


def _log_metrics(client: MlflowClient, run: Run, model_id: str) -> None:
    """Show the results of a run beside its model too, as MLflow does; its curves stay its own."""
    run_id = run.info.run_id
    metrics = [
        Metric(name, known.value, known.timestamp, known.step, model_id=model_id, run_id=run_id)
        for name in run.data.metrics
        if name not in CURVES
        for known in client.get_metric_history(run_id, name)
        if known.model_id is None
    ]
    client.log_batch(run_id, metrics)
