"""Models that are logged to runs, and registered under a name."""

import importlib.metadata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric, Run
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types.schema import AnyType, Map

import lr_study
from lr_study.runs import CURVES
from lr_study.support import LrStudyError, one_line
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.run_rows import stored_metric
from lr_study.tracking.writing import source_tags

CHAMPION = "champion"
"""The alias of the version of a registered model that is to be used."""

_KERAS = ("mlflow", "tensorflow", "keras", "numpy")
# What our own code imports to read images, where nothing of it is installed.
_IMAGES = ("pandas", "pillow", "filelock", "lazy-loader", "platformdirs", "pyyaml")


@own_settings()
def log_model(client: MlflowClient, run_id: str, model: Any) -> None:
    """Log a Keras model to a run, with its signature and requirements.

    The run's status and end time stay as they are: ``mlflow.start_run`` would open it again, and a
    finished cell would be missing while its model is saved. Nor does it become the active run, or
    its store and experiment the active ones, as ``mlflow.tensorflow.log_model`` would need it.
    """
    with _new_model(client, run_id, "model") as (described, folder):
        mlflow.tensorflow.save_model(
            model,
            folder,
            mlflow_model=described,
            signature=ModelSignature(_schema(model.inputs), _schema(model.outputs)),
            pip_requirements=_pinned(_KERAS),
        )


def _schema(tensors: Sequence[Any]) -> Schema:
    """The shapes and types of a Keras model's inputs or outputs; named if there are several."""
    specs = [
        TensorSpec(
            np.dtype(tensor.dtype),
            tuple(-1 if size is None else size for size in tensor.shape),
            tensor.name if len(tensors) > 1 else None,
        )
        for tensor in tensors
    ]
    return Schema(specs)


@own_settings()
def log_classifier(client: MlflowClient, run_id: str, script: Path, keras_file: Path) -> str:
    """Log a model that takes images as paths or as the content of files; return the model's id.

    Parameters
    ----------
    script
        What MLflow runs to load the model.
    keras_file
        What ``lr-study model`` saves.
    """
    answers = [
        ColSpec(DataType.string, "class"),
        ColSpec(DataType.double, "probability"),
        ColSpec(Map(DataType.double), "probabilities"),
    ]
    with (
        _new_model(client, run_id, "image-classifier") as (described, folder),
        warnings.catch_warnings(),
    ):
        # The signature is given, and an example would only be predicted to find it.
        warnings.filterwarnings("ignore", ".*An input example was not provided")
        mlflow.pyfunc.save_model(
            folder,
            python_model=str(script),
            artifacts={"model": str(keras_file)},
            code_paths=[str(Path(lr_study.__file__).parent)],
            mlflow_model=described,
            signature=ModelSignature(Schema([ColSpec(AnyType())]), Schema(answers)),
            pip_requirements=_pinned((*_KERAS, *_IMAGES)),
        )
        return str(described.model_id)


@own_settings()
def register_model(
    client: MlflowClient,
    name: str,
    run_id: str,
    model_id: str,
    *,
    description: str,
    tags: Mapping[str, str],
) -> str:
    """Make the logged model of a run the champion of a registered model; return the version.

    The registered model is created if it is new. Earlier versions stay, without the alias.

    Raises
    ------
    LrStudyError
        If the store does not take it.
    """
    try:
        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        version = client.create_model_version(
            name,
            f"models:/{model_id}",
            run_id,
            tags=dict(tags),
            description=description,
            model_id=model_id,
        )
        client.set_registered_model_alias(name, CHAMPION, version.version)
    except MlflowException as error:
        raise LrStudyError(f"the model {name} cannot be registered ({one_line(error)})") from error
    return str(version.version)


@contextmanager
def _new_model(client: MlflowClient, run_id: str, name: str) -> Iterator[tuple[Model, Path]]:
    """Create a model of a run, and yield its description and the folder to save it to.

    When the block ends, the folder is uploaded, and the model is READY; or else FAILED.
    """
    run = client.get_run(run_id)
    logged = client.create_logged_model(
        run.info.experiment_id,
        name=name,
        source_run_id=run_id,
        tags=source_tags(),
        params=run.data.params,
    )
    model_id = logged.model_id
    try:
        client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        _log_metrics(client, run, model_id)
        with TemporaryDirectory(prefix="lr-study-") as temporary:
            folder = Path(temporary) / "model"
            described = Model(
                artifact_path=logged.artifact_location,
                model_uuid=model_id,
                model_id=model_id,
                run_id=run_id,
            )
            yield described, folder
            client.log_model_artifacts(model_id, str(folder))
    except BaseException:
        with suppress(Exception):  # what went wrong first is the reason
            client.finalize_logged_model(model_id, LoggedModelStatus.FAILED)
        raise
    client.finalize_logged_model(model_id, LoggedModelStatus.READY)


def _pinned(packages: Iterable[str]) -> list[str]:
    """Requirements with the versions here: MLflow would otherwise take 15 seconds to infer them."""
    return [f"{name}=={importlib.metadata.version(name)}" for name in packages]


def _log_metrics(client: MlflowClient, run: Run, model_id: str) -> None:
    """Show the results of a run beside its model too, as MLflow does; its curves stay its own."""
    run_id, ranked_by = run.info.run_id, stored_metric(run)
    curves = (*CURVES, ranked_by.name, ranked_by.val)
    metrics = [
        Metric(name, known.value, known.timestamp, known.step, model_id=model_id, run_id=run_id)
        for name in run.data.metrics
        if name not in curves
        for known in client.get_metric_history(run_id, name)
        if known.model_id is None
    ]
    client.log_batch(run_id, metrics)
