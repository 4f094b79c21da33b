"""One run, from its spec to a finished run in MLflow."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.data import ImageSet
from lr_study.runs import EpochRecord, RunRecord, RunSpec
from lr_study.studies.workloads import Prepared, prepare
from lr_study.support import progress_bar
from lr_study.tracking import (
    Entry,
    Sender,
    end_on_error,
    entry_id,
    environment_tags,
    log_epochs,
    log_model,
    log_start,
    open_child,
    put,
    reap_stale_runs,
    record_entry,
    tracked_run,
    write_curves,
    write_head,
    write_history,
    write_left_out,
)
from lr_study.training import Checkpoint, History, checkpoint_of


def run_one(
    client: MlflowClient,
    experiment: Experiment,
    spec: RunSpec,
    image_set: ImageSet,
    *,
    with_model: bool,
) -> tuple[str, RunRecord, dict[str, str]]:
    """Train one run and log it; return its id, its record, and the pictures left out.

    Engine ``live`` logs each epoch as it ends, and begins after the last that an earlier run of
    the same cell reached before it was cut off; engine ``cached`` logs everything at the end.
    Whatever goes wrong, the run does not stay RUNNING, and what was trained reaches the store or
    waits.

    Raises
    ------
    LrStudyError
        If the run waits in the outbox, as its store cannot be reached.
    """
    sender = Sender(client, experiment)
    sender.send_waiting()
    reap_stale_runs(client, experiment.experiment_id)
    with tracked_run(client, experiment, run_name(spec)) as run_id:
        prepared = prepare(spec.settings, image_set)
        is_live = prepared.features is None
        cell = prepared.cell(spec)
        with checkpoint_of(cell) if is_live else nullcontext(Checkpoint()) as kept:
            with progress_bar("training", spec.settings.epochs, "epochs") as bar:
                bar.advance(len(kept.epochs))
                history = _train(sender, run_id, spec, prepared, kept, bar.advance)
            record = prepared.record(spec, history)

            def write_files(folder: Path) -> None:
                write_run(folder, history, prepared)
                write_curves(folder, record.epochs)
                write_left_out(folder, prepared.left_out)

            entry = record_entry(
                client,
                experiment,
                record,
                tags=environment(),
                name=run_name(spec),
                run_id=run_id,
                times=kept.times or None,
            )
            put(entry, write_files)
            kept.forget()
        sender.send(entry)
        sender.require_sent(experiment.name, [record.cell])
    if with_model:  # the run is finished, whatever comes of this
        log_model(client, run_id, prepared.model(history.head), prepared.protocol)
    return run_id, record, prepared.left_out


def run_name(spec: RunSpec) -> str:
    """Return the name that a run has in MLflow's pages."""
    return f"{spec.policy} seed={spec.seed}"


def write_run(folder: Path, history: History, prepared: Prepared) -> None:
    """Write the files that every run keeps: ``history.csv`` and ``head.npz``."""
    write_history(folder, history.epochs)
    write_head(folder, history.head, prepared.selection.class_names)


def train_live_cell(
    sender: Sender,
    experiment: Experiment,
    spec: RunSpec,
    prepared: Prepared,
    *,
    parent: str,
    replaces: bool,
    on_epochs: Callable[[int], None],
) -> Entry:
    """Train one cell with engine ``live``, from where it was cut off; return what is to be sent.

    It has a run of its own, which logs as it goes, as long as the store can be reached.
    """
    cell = prepared.cell(spec)
    known_as = entry_id(cell, replaces=replaces)
    with checkpoint_of(cell, anew=replaces) as kept:
        on_epochs(len(kept.epochs))

        def open_run() -> str:
            run_id = open_child(sender.client, experiment, known_as, parent, run_name(spec))
            log_start(sender.client, run_id, spec, prepared.protocol)
            return run_id

        opened = end_on_error(sender.client, experiment, lambda: sender.attempt(open_run))
        with opened as run_id:
            history = _train(sender, run_id, spec, prepared, kept, on_epochs)
            entry = record_entry(
                sender.client,
                experiment,
                prepared.record(spec, history),
                tags=environment(),
                name=run_name(spec),
                known_as=known_as,
                parent=parent,
                replaces=replaces,
                times=kept.times,
            )
            put(entry, lambda folder: write_run(folder, history, prepared))
        kept.forget()
    return entry


def _train(
    sender: Sender,
    run_id: str | None,
    spec: RunSpec,
    prepared: Prepared,
    kept: Checkpoint,
    on_epochs: Callable[[int], None],
) -> History:
    """Train one run with its engine; epochs of engine ``live`` are logged to ``run_id``."""
    if prepared.features is not None:
        from lr_study.training import train_heads

        return train_heads(prepared.examples(spec.seed), [spec], on_epochs=on_epochs)[0]
    from lr_study.training import train_live

    def on_epoch(epoch: EpochRecord) -> None:
        if run_id is not None:
            sender.attempt(lambda: log_epochs(sender.client, run_id, [epoch], kept.times[-1:]))
        on_epochs(1)

    pictures = prepared.pictures(spec.seed)
    return train_live(pictures, spec, prepared.weights, checkpoint=kept, on_epoch=on_epoch)


def environment() -> dict[str, str]:
    """Return the tags that say what trains here."""
    from lr_study.support import device_name

    return environment_tags(device_name())
