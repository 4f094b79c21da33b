"""One run, from its spec to a finished run in MLflow."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.artifacts import log_model, write_curves, write_head, write_history, write_left_out
from lr_study.data import ImageSet
from lr_study.preparation import Prepared, prepare
from lr_study.progress import progress_bar
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
    with tracked_run(client, experiment, run_name(spec)) as run_id:
        prepared = prepare(spec.settings, image_set)
        with progress_bar("training", spec.settings.epochs, "epochs") as bar:
            record, history = train_and_log(client, run_id, spec, prepared, bar.advance)
        with TemporaryDirectory(prefix="lr-study-") as temporary:
            folder = Path(temporary)
            write_curves(folder, record.epochs)
            write_left_out(folder, prepared.left_out)
            client.log_artifacts(run_id, temporary)
        if with_model:
            log_model(client, run_id, prepared.model(history.head), prepared.protocol)
    return run_id, record, prepared.left_out


def run_name(spec: RunSpec) -> str:
    """Return the name that a run has in MLflow's pages."""
    return f"{spec.policy} seed={spec.seed}"


def train_live_cell(
    client: MlflowClient,
    experiment: Experiment,
    spec: RunSpec,
    prepared: Prepared,
    *,
    tags: Mapping[str, str] = MappingProxyType({}),
    on_epochs: Callable[[int], None],
) -> RunRecord:
    """Train one run of engine ``live`` in a run of its own, which logs as it goes."""
    with tracked_run(client, experiment, run_name(spec), tags=tags, may_join=False) as run_id:
        return train_and_log(client, run_id, spec, prepared, on_epochs)[0]


def train_and_log(
    client: MlflowClient,
    run_id: str,
    spec: RunSpec,
    prepared: Prepared,
    on_epochs: Callable[[int], None],
) -> tuple[RunRecord, History]:
    """Train one run with its engine, and log its record, ``history.csv`` and ``head.npz``."""
    from lr_study.runtime import device_name

    if prepared.features is not None:
        from lr_study.training.heads import train_heads

        history = train_heads(prepared.examples(spec.seed), [spec], on_epochs=on_epochs)[0]
    else:
        from lr_study.training.live import train_live

        def on_epoch(epoch: EpochRecord) -> None:
            log_epochs(client, run_id, [epoch])
            on_epochs(1)

        log_start(client, run_id, spec, prepared.protocol)
        pictures = prepared.pictures(spec.seed)
        history = train_live(pictures, spec, prepared.weights, on_epoch=on_epoch)
    record = prepared.record(spec, history)
    with TemporaryDirectory(prefix="lr-study-") as folder:
        write_history(Path(folder), record.epochs)
        write_head(Path(folder), history.head, prepared.selection.class_names)
        client.log_artifacts(run_id, folder)
    log_record(
        client,
        run_id,
        record,
        tags=environment_tags(device_name()),
        known_params=client.get_run(run_id).data.params,
        epochs_are_logged=prepared.features is None,
    )
    return record, history
