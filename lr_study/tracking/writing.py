"""Records as MLflow stores them: params, metrics and tags, logged in few requests."""

import getpass
import importlib.metadata
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import (
    MLFLOW_GIT_COMMIT,
    MLFLOW_SOURCE_NAME,
    MLFLOW_SOURCE_TYPE,
    MLFLOW_USER,
)

import lr_study
from lr_study.runs import (
    EpochRecord,
    ImageProtocol,
    Protocol,
    RunRecord,
    RunSpec,
    canonical_json,
)
from lr_study.tracking.connection import is_rejection
from lr_study.tracking.image_results import image_results_tag, where_they_are
from lr_study.tracking.outbox import Point
from lr_study.tracking.tags import (
    BACKBONE_TAG,
    CELL_TAG,
    CURVES_TAG,
    DEVICE_TAG,
    DIVERGED_TAG,
    IMAGE_RESULTS_TAG,
    MAX_TAG_LENGTH,
    OLDER_MAX_TAG_LENGTH,
    OPTIONS_TAG,
    POLICY_TAG,
    PROTOCOL_ID_TAG,
    PROTOCOL_TAG,
    TIMING_SHARED_AMONG_TAG,
    TIMING_TAG,
    VERSION_TAG,
)

_MAX_IN_A_BATCH = 1000


def params_of(spec: RunSpec, protocol: Protocol) -> dict[str, str]:
    """Return the params of a run by name, as text."""
    values: dict[str, object] = {
        "policy": str(spec.policy),
        "family": spec.policy.family,
        "initial_lr": spec.policy.learning_rate,
        **spec.policy.texts(),
        "seed": spec.seed,
        **protocol.params(),
    }
    return {name: str(value) for name, value in values.items()}


def identity_tags(spec: RunSpec, protocol: Protocol) -> dict[str, str]:
    """Return the tags known before a run starts: its protocol, cell, policy and backbone."""
    tags = {
        PROTOCOL_TAG: protocol.to_json(),
        PROTOCOL_ID_TAG: protocol.id,
        CELL_TAG: protocol.cell(spec.policy, spec.seed),
        POLICY_TAG: str(spec.policy),
    }
    if isinstance(protocol, ImageProtocol):
        tags[BACKBONE_TAG] = protocol.backbone
    return tags


def environment_tags(
    device: str, packages: Iterable[str] = ("tensorflow", "keras", "mlflow", "pillow")
) -> dict[str, str]:
    """Return the tags of the environment: versions, the commit, and the device."""
    tags = {VERSION_TAG: lr_study.__version__, DEVICE_TAG: device}
    tags["lr_study.python_version"] = platform.python_version()
    for package in packages:
        tags[f"lr_study.{package}_version"] = importlib.metadata.version(package)
    return tags | commit_tags()


def source_tags() -> dict[str, str]:
    """Return the tags that say whose a new run is, and what created it.

    A user id may have no name, as in some containers; then there is no such tag.
    """
    tags = {MLFLOW_SOURCE_NAME: "lr-study", MLFLOW_SOURCE_TYPE: "LOCAL"}
    with suppress(KeyError, OSError, ImportError):
        tags[MLFLOW_USER] = getpass.getuser()
    return tags


def commit_tags() -> dict[str, str]:
    """Return the tag of the commit of this package; none if it is not in a git working tree."""
    commit = _git_commit()
    return {MLFLOW_GIT_COMMIT: commit} if commit else {}


@cache
def _git_commit() -> str | None:
    """The commit of the working tree that holds this package; None if it is not in one."""
    root = Path(lr_study.__file__).parent.parent
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            encoding="utf-8",
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def log_start(client: MlflowClient, run_id: str, spec: RunSpec, protocol: Protocol) -> None:
    """Log a run's params and cell before it trains, so that they are there if it is interrupted.

    Params that `mlflow run` logged stay as they were typed.
    """
    known = client.get_run(run_id).data.params
    params = {n: v for n, v in params_of(spec, protocol).items() if n not in known}
    log_batch(client, run_id, params=params, tags=identity_tags(spec, protocol))


def log_epochs(
    client: MlflowClient, run_id: str, epochs: Iterable[EpochRecord], times_ms: Iterable[int]
) -> None:
    """Log the metrics of epochs that ended at ``times_ms``, in milliseconds since 1970.

    A metric that is logged again with the same time, MLflow keeps only once.
    """
    log_batch(client, run_id, metrics=[Metric(*point) for point in epoch_points(epochs, times_ms)])


def record_tags(record: RunRecord) -> dict[str, str]:
    """Return the tags of a finished run: cell, divergence, timing, curves, image results."""
    tags = {
        **identity_tags(record.spec, record.protocol),
        OPTIONS_TAG: canonical_json(record.spec.settings.options()),
        DIVERGED_TAG: str(record.diverged).lower(),
        TIMING_TAG: "shared" if record.shared_among > 1 else "alone",
        TIMING_SHARED_AMONG_TAG: str(record.shared_among),
    }
    if record.image_results is not None:
        tags[IMAGE_RESULTS_TAG] = image_results_tag(record.image_results)
    curves = curves_json(record.epochs)
    return tags if len(curves) > MAX_TAG_LENGTH else {**tags, CURVES_TAG: curves}


def curves_json(epochs: Iterable[EpochRecord]) -> str:
    """Return the curves as compact JSON: a list per name, null where a value is missing."""
    each = [epoch.values() for epoch in epochs]
    return canonical_json({name: [values[name] for values in each] for name in each[0]})


def record_points(
    record: RunRecord, now_ms: int, epoch_times_ms: Sequence[int] = ()
) -> list[Point]:
    """Return all metrics of a finished run, those of the epochs first."""
    points = epoch_points(record.epochs, epoch_times_ms or [now_ms] * len(record.epochs))
    return points + [(name, value, now_ms, 0) for name, value in record.metrics().items()]


def epoch_points(epochs: Iterable[EpochRecord], times_ms: Iterable[int]) -> list[Point]:
    """Return the metrics of epochs that ended at these times; missing values are left out."""
    return [
        (name, value, ended, epoch.epoch)
        for epoch, ended in zip(epochs, times_ms, strict=True)
        for name, value in epoch.values().items()
        if value is not None
    ]


def log_batch(
    client: MlflowClient,
    run_id: str,
    *,
    metrics: Sequence[Metric] = (),
    params: Mapping[str, str] = MappingProxyType({}),
    tags: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Log to a run in as few requests as MLflow's limits allow.

    Curves that the server refuses as a tag, or cuts, are left to the metrics, and image results to
    their artifact, as those are that are too long for any server: older ones take tags of 5,000
    characters.
    """
    entities = {
        "params": [Param(name, value) for name, value in params.items()],
        "tags": [RunTag(name, value) for name, value in tags.items()],
    }
    room = _MAX_IN_A_BATCH - sum(len(items) for items in entities.values())
    try:
        client.log_batch(run_id, metrics=metrics[:room], **entities)
    except MlflowException as error:
        if not _too_long(tags) or not is_rejection(error):
            raise
        log_batch(client, run_id, metrics=metrics, params=params, tags=_shortened(tags))
        return
    for start in range(room, len(metrics), _MAX_IN_A_BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + _MAX_IN_A_BATCH])
    too_long = _too_long(tags)
    if too_long:
        stored = client.get_run(run_id).data.tags
        for name in too_long:  # a server of MLflow 2 or 3 cuts values that are too long
            if stored.get(name, tags[name]) != tags[name]:
                _replace_cut_tag(client, run_id, name, tags[name])


def _too_long(tags: Mapping[str, str]) -> list[str]:
    """The tags that older servers do not take, and that can be stored elsewhere."""
    names = (CURVES_TAG, IMAGE_RESULTS_TAG)
    return [name for name in names if len(tags.get(name, "")) > OLDER_MAX_TAG_LENGTH]


def _shortened(tags: Mapping[str, str]) -> dict[str, str]:
    left = {name: value for name, value in tags.items() if name not in _too_long(tags)}
    if IMAGE_RESULTS_TAG in _too_long(tags):
        left[IMAGE_RESULTS_TAG] = where_they_are(tags[IMAGE_RESULTS_TAG])
    return left


def _replace_cut_tag(client: MlflowClient, run_id: str, name: str, value: str) -> None:
    if name == CURVES_TAG:
        client.delete_tag(run_id, name)
    else:
        client.set_tag(run_id, name, where_they_are(value))
