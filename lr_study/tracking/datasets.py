"""The data set of a run as MLflow shows it: an input with name, digest, source and sizes."""

import json
from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from lr_study.tracking.connection import is_rejection
from lr_study.tracking.tags import OPTIONS_TAG, PROTOCOL_TAG

_MAX_DIGEST_LENGTH = 36


def log_dataset(client: MlflowClient, run_id: str, tags: Mapping[str, str]) -> None:
    """Log the data set that the tags of a run describe as the run's input, for MLflow's pages.

    Nothing is read from it: a server that knows no data sets, as those before MLflow 2.4, takes
    the run without.
    """
    try:
        client.log_inputs(run_id, datasets=[dataset_input(tags)])
    except MlflowException as error:
        if not is_rejection(error):
            raise


def dataset_input(tags: Mapping[str, str]) -> DatasetInput:
    """Return the data set of a run of ours: its protocol names it, its options say where it is.

    The digest begins with the fingerprint that runs are compared by, cut to what MLflow takes.
    """
    protocol = json.loads(tags[PROTOCOL_TAG])
    options = json.loads(tags.get(OPTIONS_TAG, "{}"))
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
