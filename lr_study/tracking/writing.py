"""A record as MLflow keeps it: params, metrics, tags, in few requests."""

import importlib.metadata
import platform
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

import lr_study
from lr_study.runs import CURVES, EpochRecord, Protocol, RunRecord, RunSpec, canonical_json

_MOST_IN_A_BATCH = 1000
LONGEST_TAG = 8000


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
    """Log what a run is before it trains, so that a run that is cut off says what it was."""
    known = client.get_run(run_id).data.params
    params = _without(known, params_of(spec, protocol))
    log_batch(client, run_id, params=params, tags=identity_tags(spec, protocol))


def log_epochs(client: MlflowClient, run_id: str, epochs: Iterable[EpochRecord]) -> None:
    """Log the figures of some epochs, as engine ``live`` does while it trains."""
    log_batch(client, run_id, metrics=_epoch_metrics(epochs))


def log_record(
    client: MlflowClient,
    run_id: str,
    record: RunRecord,
    *,
    tags: Mapping[str, str],
    known_params: Collection[str] = (),
    epochs_are_logged: bool = False,
) -> None:
    """Log a finished run: its params, curves, figures and tags, in one request if it fits.

    ``known_params`` are not logged again: what ``mlflow run`` logged stands as it was typed.
    """
    metrics = [] if epochs_are_logged else _epoch_metrics(record.epochs)
    metrics += [_metric(name, value, 0) for name, value in record.metrics().items()]
    log_batch(
        client,
        run_id,
        params=_without(known_params, params_of(record.spec, record.protocol)),
        metrics=metrics,
        tags={**tags, **record_tags(record)},
    )


def record_tags(record: RunRecord) -> dict[str, str]:
    """Return the tags of a finished run: which cell it is, how it went, and its curves."""
    tags = {
        **identity_tags(record.spec, record.protocol),
        "lr_study.diverged": str(record.diverged).lower(),
        "lr_study.timing": "shared" if record.shared_among > 1 else "alone",
        "lr_study.timing_shared_among": str(record.shared_among),
    }
    curves = curves_json(record.epochs)
    return tags if len(curves) > LONGEST_TAG else {**tags, "lr_study.curves": curves}


def _without(known: Collection[str], params: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in params.items() if name not in known}


def curves_json(epochs: Iterable[EpochRecord]) -> str:
    """Return the curves as one compact text: a list per name, null where a value is missing."""
    epochs = list(epochs)
    return canonical_json({name: [getattr(epoch, name) for epoch in epochs] for name in CURVES})


def _epoch_metrics(epochs: Iterable[EpochRecord]) -> list[Metric]:
    return [
        _metric(name, value, epoch.epoch)
        for epoch in epochs
        for name in CURVES
        if (value := getattr(epoch, name)) is not None
    ]


def _metric(name: str, value: float, step: int) -> Metric:
    return Metric(name, value, int(time.time() * 1000), step)


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
    room = _MOST_IN_A_BATCH - sum(len(items) for items in entities.values())
    client.log_batch(run_id, metrics=metrics[:room], **entities)
    for start in range(room, len(metrics), _MOST_IN_A_BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + _MOST_IN_A_BATCH])
