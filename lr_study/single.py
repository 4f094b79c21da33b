"""One run, from its spec to a finished run in MLflow."""

import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.artifacts import log_model, write_curves, write_head, write_history, write_left_out
from lr_study.data import ImageSet
from lr_study.preparation import Prepared, prepare
from lr_study.runs import EpochRecord, RunRecord, RunSpec
from lr_study.tracking.store import tracked_run
from lr_study.tracking.writing import environment_tags, log_epochs, log_record, log_start
from lr_study.training import History


def run_one(
    client: MlflowClient,
    experiment: Experiment,
    spec: RunSpec,
    image_set: ImageSet,
    *,
    with_model: bool,
) -> tuple[str, RunRecord, dict[str, str]]:
    """Train one run and log it; return its id, its record, and the pictures left out.

    Engine ``live`` logs each epoch as it ends, engine ``cached`` everything at the end. Whatever
    goes wrong, the run does not stay RUNNING.
    """
    with tracked_run(client, experiment, f"{spec.policy} seed={spec.seed}") as run_id:
        prepared = prepare(spec.settings, image_set)
        live = prepared.features is None
        if live:
            log_start(client, run_id, spec, prepared.protocol)
        history = _train(client, run_id, spec, prepared)
        record = prepared.record(spec, history)
        from lr_study.runtime import device_name

        log_record(
            client,
            run_id,
            record,
            tags=environment_tags(device_name()),
            epochs_are_logged=live,
        )
        _log_files(client, run_id, record, history, prepared)
        if with_model:
            _log_model(client, run_id, history, prepared)
    return run_id, record, prepared.left_out


def _train(client: MlflowClient, run_id: str, spec: RunSpec, prepared: Prepared) -> History:
    from lr_study.progress import progress_bar

    with progress_bar("training", spec.settings.epochs, "epochs") as advance:
        if prepared.features is not None:
            from lr_study.training.heads import train_heads

            return train_heads(prepared.examples(spec.seed), [spec], on_epochs=advance)[0]
        from lr_study.training.live import train_live

        def on_epoch(epoch: EpochRecord) -> None:
            log_epochs(client, run_id, [epoch])
            advance(1)

        return train_live(prepared.pictures(spec.seed), spec, prepared.weights, on_epoch=on_epoch)


def _log_files(
    client: MlflowClient, run_id: str, record: RunRecord, history: History, prepared: Prepared
) -> None:
    with tempfile.TemporaryDirectory(prefix="lr-study-") as temporary:
        folder = Path(temporary)
        write_history(folder, record.epochs)
        write_curves(folder, record.epochs)
        write_left_out(folder, prepared.left_out)
        write_head(folder, history.head, prepared.selection.class_names)
        client.log_artifacts(run_id, str(folder))


def _log_model(client: MlflowClient, run_id: str, history: History, prepared: Prepared) -> None:
    from lr_study.training.live import build_model

    settings = prepared.settings
    model = build_model(
        settings.resolved_backbone(), prepared.weights, settings.image_size, history.head
    )
    mlflow.set_tracking_uri(client.tracking_uri)
    log_model(run_id, model, settings.image_size, len(prepared.selection.class_names))
