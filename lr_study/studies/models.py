"""Whole Keras models, built from the trained weights that every run keeps."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus
from mlflow.exceptions import MlflowException

from lr_study.comparison import Comparison, first_of_each_family
from lr_study.features import FEATURES, resolve_weights
from lr_study.runs import BACKBONES
from lr_study.studies.workload import Workload
from lr_study.support import LrStudyError, UsageError, atomic_write
from lr_study.tracking import PROTOCOL_TAG, log_model, own_settings, stored_protocol
from lr_study.training import HEAD_FILE, read_head


@own_settings()
def save_model(client: MlflowClient, run_id: str, weights: str, output: Path) -> None:
    """Build the model of a run, backbone and softmax head, and save it as a ``.keras`` file.

    Parameters
    ----------
    weights
        Where the backbone's weights are: ``imagenet``, ``random`` or a file. They must be those
        that the run was trained with.

    Raises
    ------
    UsageError
        If the store has no such run of lr-study, the weights are not those of the run, or the
        file's name does not end in ``.keras``.
    """
    if output.suffix != ".keras":
        raise UsageError(f"output={output} is not allowed: the name ends in .keras")
    try:
        run = client.get_run(run_id)
        run.data.tags[PROTOCOL_TAG]
    except (MlflowException, KeyError):
        raise UsageError(
            f"run {run_id!r} is not a run of lr-study in {client.tracking_uri}: "
            "lr-study compare --format json and MLflow's pages show the ids"
        ) from None
    protocol = stored_protocol(run, ("backbone", "weights", "image_size"))
    if protocol["backbone"] not in BACKBONES:
        raise UsageError(
            f"run {run_id} was trained with the backbone {protocol['backbone']!a}: models of "
            f"{', '.join(BACKBONES)} can be built"
        )
    found = resolve_weights(protocol["backbone"], weights)
    if found.digest != protocol["weights"]:
        raise UsageError(
            f"weights={weights} are {found.digest}, but the run was trained with "
            f"{ascii(protocol['weights'])[1:-1]}: give that file with --weights FILE"
        )
    head, _ = read_head(_download(client, run_id, HEAD_FILE))
    if len(head.kernel) != FEATURES:
        raise LrStudyError(
            f"{HEAD_FILE} of run {run_id} takes {len(head.kernel)} features, and a backbone gives "
            f"{FEATURES}"
        )
    from lr_study.training import build_model

    model = build_model(protocol["backbone"], found, protocol["image_size"], head)
    with atomic_write(output) as aside:
        file = aside.with_name(f"{aside.name}.keras")  # Keras goes by the end of the name
        model.save(file)
        file.rename(aside)


def log_models(
    client: MlflowClient, runs: pd.DataFrame, ranking: Comparison, workload: Workload, which: str
) -> None:
    """Log whole models to runs that have none: of the best policy of each family, or of all.

    Of a best policy, the run under the first common seed gets its model. ``which`` is ``best``,
    ``all`` or ``none``.
    """
    for run_id in _selected(runs, ranking, which):
        if not _has_model(client, run_id):
            model = workload.build_model(_download(client, run_id, workload.model_file))
            log_model(client, run_id, model, workload.protocol)


def _has_model(client: MlflowClient, run_id: str) -> bool:
    """Whether a run has a model that was saved completely."""
    return any(
        client.get_logged_model(output.model_id).status == LoggedModelStatus.READY
        for output in client.get_run(run_id).outputs.model_outputs
    )


def _selected(runs: pd.DataFrame, ranking: Comparison, which: str) -> list[str]:
    if which == "none" or not ranking.protocols:
        return []
    if which == "all":
        counted = runs[runs["excluded"].isna()].sort_values("end_time")
        return [str(run_id) for run_id in counted.drop_duplicates("cell")["run_id"]]
    ranked = ranking.ranked(runs).set_index(["policy", "seed"])["run_id"]
    best = first_of_each_family(ranking.protocols[0].rows)
    return [str(ranked[row.policy, row.seeds[0]]) for row in best.values()]


def _download(client: MlflowClient, run_id: str, name: str) -> bytes:
    with TemporaryDirectory(prefix="lr-study-") as folder:
        try:
            return Path(client.download_artifacts(run_id, name, folder)).read_bytes()
        except (MlflowException, OSError) as error:
            raise LrStudyError(f"run {run_id} has no {name} that can be read: {error}") from error
