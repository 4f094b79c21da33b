"""A record as MLflow keeps it: params, metrics, tags, in few requests."""

import importlib.metadata
import platform
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Param, RunTag

import lr_study
from lr_study.runs import CURVES, EpochRecord, Protocol, RunRecord, RunSpec, canonical_json
from lr_study.tracking.outbox import Entry, Point
from lr_study.tracking.store import store_address

_MAX_IN_A_BATCH = 1000
MAX_TAG_LENGTH = 8000


def params_of(spec: RunSpec, protocol: Protocol) -> dict[str, str]:
    """Return the params of a run by name, as text."""
    settings = spec.settings
    values: dict[str, object] = {
        "policy": str(spec.policy),
        **spec.policy.parameters(),
        "data": protocol.data,
        "backbone": protocol.backbone,
        "image_size": settings.image_size,
        "engine": settings.engine,
        "optimizer": settings.optimizer,
        "batch_size": settings.batch_size,
        "epochs": settings.epochs,
        "seed": spec.seed,
        "val_fraction": settings.val_fraction,
        "test_fraction": settings.test_fraction,
    }
    return {name: str(value) for name, value in values.items()}


def identity_tags(spec: RunSpec, protocol: Protocol) -> dict[str, str]:
    """Return the tags that say which cell a run belongs to, known before it starts."""
    return {
        "lr_study.protocol": protocol.to_json(),
        "lr_study.protocol_id": protocol.id,
        "lr_study.cell": protocol.cell(spec.policy, spec.seed),
    }


def environment_tags(device: str) -> dict[str, str]:
    """Return the tags that say what ran: versions, the commit, and the device."""
    tags = {"lr_study.version": lr_study.__version__, "lr_study.device": device}
    tags["lr_study.python_version"] = platform.python_version()
    for package in ("tensorflow", "keras", "mlflow"):
        tags[f"lr_study.{package}_version"] = importlib.metadata.version(package)
    commit = _git_commit()
    if commit:
        tags["mlflow.source.git.commit"] = commit
    return tags


def _git_commit() -> str | None:
    """The commit of the working tree that holds this package, where it is one."""
    root = Path(lr_study.__file__).parent.parent
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def log_start(client: MlflowClient, run_id: str, spec: RunSpec, protocol: Protocol) -> None:
    """Log what a run is before it trains, so that a run that is cut off says what it was.

    What `mlflow run` logged stands as it was typed.
    """
    known = client.get_run(run_id).data.params
    params = {n: v for n, v in params_of(spec, protocol).items() if n not in known}
    log_batch(client, run_id, params=params, tags=identity_tags(spec, protocol))


def log_epochs(
    client: MlflowClient, run_id: str, epochs: Iterable[EpochRecord], times: Iterable[int]
) -> None:
    """Log the figures of some epochs, as engine ``live`` does while it trains.

    ``times`` are when they ended, in milliseconds since 1970: what is logged again with the same
    time, MLflow keeps once.
    """
    log_batch(client, run_id, metrics=[Metric(*point) for point in epoch_points(epochs, times)])


def record_entry(
    client: MlflowClient,
    experiment: Experiment,
    record: RunRecord,
    *,
    tags: Mapping[str, str],
    name: str,
    known_as: str = "",
    run_id: str | None = None,
    parent: str | None = None,
    replaces: bool = False,
    times: Sequence[int] | None = None,
) -> Entry:
    """Return all that a finished run has to say, for the outbox.

    It is known as its run, where it has one, or as `entry_id` says. ``times`` are when its epochs
    ended, where that was logged already.
    """
    now = int(time.time() * 1000)
    return Entry(
        store=store_address(str(client.tracking_uri)),
        experiment=experiment.name,
        id=run_id or known_as or entry_id(record.cell, replaces=replaces),
        name=name,
        status="FINISHED",
        start_time=now - int(record.wall_clock_seconds * 1000),
        end_time=now,
        run_id=run_id,
        parent=parent,
        cell=record.cell,
        replaces=replaces,
        params=params_of(record.spec, record.protocol),
        tags={**tags, **record_tags(record)},
        metrics=tuple(record_points(record, now, times)),
    )


def entry_id(cell: str, *, replaces: bool) -> str:
    """Return what the run of a study's cell is known by.

    That is the cell; of one that is trained again on request something new, as the cell is there.
    """
    return f"{cell}-{uuid4().hex[:12]}" if replaces else cell


def record_tags(record: RunRecord) -> dict[str, str]:
    """Return the tags of a finished run: which cell it is, how it went, and its curves."""
    tags = {
        **identity_tags(record.spec, record.protocol),
        "lr_study.diverged": str(record.diverged).lower(),
        "lr_study.timing": "shared" if record.shared_among > 1 else "alone",
        "lr_study.timing_shared_among": str(record.shared_among),
    }
    curves = curves_json(record.epochs)
    return tags if len(curves) > MAX_TAG_LENGTH else {**tags, "lr_study.curves": curves}


def curves_json(epochs: Iterable[EpochRecord]) -> str:
    """Return the curves as one compact text: a list per name, null where a value is missing."""
    epochs = list(epochs)
    return canonical_json({name: [getattr(epoch, name) for epoch in epochs] for name in CURVES})


def record_points(record: RunRecord, now: int, times: Sequence[int] | None = None) -> list[Point]:
    """Return all figures of a finished run, those of the epochs first."""
    points = epoch_points(record.epochs, times or [now] * len(record.epochs))
    return points + [(name, value, now, 0) for name, value in record.metrics().items()]


def epoch_points(epochs: Iterable[EpochRecord], times: Iterable[int]) -> list[Point]:
    """Return the figures of epochs that ended at these times; what does not exist is left out."""
    return [
        (name, value, ended, epoch.epoch)
        for epoch, ended in zip(epochs, times, strict=True)
        for name in CURVES
        if (value := getattr(epoch, name)) is not None
    ]


def log_batch(
    client: MlflowClient,
    run_id: str,
    *,
    metrics: Sequence[Metric] = (),
    params: Mapping[str, str] = MappingProxyType({}),
    tags: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Log to a run in one request if it fits, or in as few as it takes."""
    entities = {
        "params": [Param(name, value) for name, value in params.items()],
        "tags": [RunTag(name, value) for name, value in tags.items()],
    }
    room = _MAX_IN_A_BATCH - sum(len(items) for items in entities.values())
    client.log_batch(run_id, metrics=metrics[:room], **entities)
    for start in range(room, len(metrics), _MAX_IN_A_BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + _MAX_IN_A_BATCH])
