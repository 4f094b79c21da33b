"""The data set of a run as MLflow shows it: an input with name, digest, source and sizes."""

import json
from collections.abc import Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from lr_study.tracking.connection import is_rejection

_MAX_DIGEST_LENGTH = 36


def log_dataset(client: MlflowClient, run_id: str, protocol: str, options: str = "{}") -> None:
    """Log the data set of a run as its input, for MLflow's pages.

    Nothing is read from it: a server that knows no data sets, as those before MLflow 2.4, takes
    the run without.

    Parameters
    ----------
    protocol
        The protocol of the run, as JSON.
    options
        Its options that no protocol holds, as JSON: where the images lie.
    """
    dataset = dataset_input(json.loads(protocol), json.loads(options))
    try:
        client.log_inputs(run_id, datasets=[dataset])
    except MlflowException as error:
        if not is_rejection(error):
            raise


def dataset_input(protocol: Mapping[str, Any], options: Mapping[str, Any]) -> DatasetInput:
    """Return a data set as MLflow describes it.

    The digest is the fingerprint that runs are compared by, cut to what MLflow takes.
    """
    dataset = Dataset(
        name=protocol["data"],
        digest=protocol["fingerprint"][:_MAX_DIGEST_LENGTH],
        source_type="local",
        source=json.dumps({"uri": options.get("data", protocol["data"])}),
        profile=json.dumps(
            {name: protocol[name] for name in ("classes", "train_size", "val_size", "test_size")}
        ),
    )
    return DatasetInput(dataset, [InputTag(MLFLOW_DATASET_CONTEXT, "training")])
