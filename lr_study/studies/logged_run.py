"""``lr_study.log_run``: a run that any framework trained, as one call."""

import json
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from lr_study.comparison import invalid_reasons
from lr_study.policies import Policy
from lr_study.runs import (
    COMMON_FIELDS,
    CURVES,
    GIVEN,
    UNKNOWN,
    DeclaredProtocol,
    EpochRecord,
    ImageResults,
    RunRecord,
    RunSpec,
    ScriptSettings,
    log_probabilities,
)
from lr_study.studies.library import as_policy
from lr_study.studies.publishing import keep_run, run_name
from lr_study.studies.script_run import earlier_run, upload
from lr_study.support import UsageError, real_number, require_one_of, text, whole_number
from lr_study.tracking import (
    Sender,
    cell_identity,
    environment_tags,
    open_destination,
    own_settings,
)
from lr_study.training import TrainedRun, curve_files, epoch_rates

_REQUIRED = ("data", "fingerprint", "model", "optimizer", "loss")
_SIZES = {"classes": 2, "train_size": 1, "val_size": 1, "batch_size": 1, "epochs": 1}
_USUAL = {"test_size": 0, "precision": UNKNOWN, "shuffle": UNKNOWN, "resampling": GIVEN}
_TYPES = {"folds": int, "stratified": bool, "test_size": int, "protocol_version": int}


@own_settings()
def log_run(
    policy: str | Policy | Callable[..., Any],
    *,
    seed: int,
    experiment: str,
    protocol: Mapping[str, str | float | bool],
    val_accuracy: Sequence[float],
    val_loss: Sequence[float],
    accuracy: Sequence[float],
    loss: Sequence[float],
    learning_rate: Sequence[float] | None = None,
    wall_clock_seconds: float,
    right: ArrayLike | None = None,
    log_probability: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    indices: ArrayLike | None = None,
    examples: int | None = None,
    test_accuracy: float | None = None,
    device: str = UNKNOWN,
    rerun: bool = False,
    tracking_uri: str | None = None,
) -> None:
    """Log a run that a script trained, with whatever framework, to be compared with others.

    All of it is checked first, by the rules that rankings exclude runs by. The run is kept on disk
    and then uploaded; if the store cannot be reached, a warning says so, and ``lr-study sync``
    uploads it.

    Parameters
    ----------
    policy
        What the learning rate followed: a policy, its text, a function of the epoch, or a schedule.
    seed
        What the script set its random generators by; runs of two policies with the same seed are
        compared as a pair.
    experiment, tracking_uri
        The name of the MLflow experiment, and the store; see ``lr-study study``.
    protocol
        What must be equal for runs to be compared: ``data``, ``fingerprint`` (a hash or version of
        the data), ``model``, ``optimizer`` (but its rate) and ``loss`` as texts; ``classes``,
        ``train_size``, ``val_size``, ``batch_size`` (examples per update) and ``epochs``; and any
        other field, such as ``framework`` or ``augmentation``. See docs/run-format.md.
    val_accuracy, val_loss, accuracy, loss
        One value per epoch, of the validation and the training set. A loss that is not finite says
        that the run diverged.
    learning_rate
        That of each epoch's last update, if it was recorded: it must be the policy's.
    wall_clock_seconds
        How long the training took.
    right, log_probability, labels : (validation examples,)
        Of each validation example after the last epoch, whether the most probable class was the
        true one, the natural logarithm of the probability of the true one, and its class.
    indices, examples
        With ``resampling="folds"``: the numbers of these examples, ascending, among so many
        that the folds divide.
    test_accuracy
        On a test set of ``test_size`` examples, after the last epoch.
    device
        What trained it.
    rerun
        Whether the run replaces a finished one of the same policy, seed and protocol; without it,
        such a run is not logged again.

    Raises
    ------
    UsageError
        If a value is not allowed, or values contradict each other; nothing is logged then.
    LrStudyError
        If the store or the outbox cannot be used.

    Examples
    --------
    >>> log_run("fixed:lr=0.1", seed=0, experiment="mine", protocol={}, val_accuracy=[0.5],
    ...     val_loss=[1.0], accuracy=[0.5], loss=[1.0], wall_clock_seconds=1.0)
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: protocol lacks data, fingerprint, model, optimizer, ...
    """
    declared = _declared(protocol)
    spec = RunSpec(as_policy(policy).loaded(), seed, ScriptSettings.of(declared))
    curves = {
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "accuracy": accuracy,
        "loss": loss,
        "learning_rate": _rates(spec, declared) if learning_rate is None else learning_rate,
    }
    seconds = real_number("wall_clock_seconds", wall_clock_seconds)
    if not 0 <= seconds < math.inf:
        raise UsageError(f"wall_clock_seconds={seconds} is not allowed: it is a number >= 0")
    given = {"right": right, "log_probability": log_probability, "labels": labels}
    record = RunRecord(
        spec=spec,
        protocol=declared,
        epochs=_epochs(curves, declared.epochs),
        test_accuracy=None
        if test_accuracy is None
        else real_number("test_accuracy", test_accuracy),
        wall_clock_seconds=seconds,
        image_results=_results(declared, given, indices, examples),
    )
    _require_valid(record, declared)
    _log(record, tracking_uri, text("experiment", experiment), text("device", device), rerun)


def _log(
    record: RunRecord, tracking_uri: str | None, experiment: str, device: str, rerun: bool
) -> None:
    spec = record.spec
    destination = open_destination(tracking_uri, experiment, record.protocol.data)
    sender = Sender(destination.client, destination.experiment)
    sender.send_waiting()
    earlier = earlier_run(destination, spec, record.protocol)
    if earlier and not rerun:
        warnings.warn(
            f"{spec.policy} under seed {spec.seed} is finished already, as run {earlier}, and is "
            "not logged again; rerun=True replaces it",
            stacklevel=4,
        )
        return
    entry = keep_run(
        destination,
        TrainedRun(record, curve_files(record)),
        cell_identity(run_name(spec), record.cell, None, replaces=rerun),
        tags=environment_tags(device, ("mlflow",)),
    )
    upload(sender, destination, entry)


def _declared(given: Mapping[str, Any]) -> DeclaredProtocol:
    """Check a protocol: what every run needs is there, and each value has its type."""
    missing = [name for name in (*_REQUIRED, *_SIZES) if name not in given]
    if missing:
        raise UsageError(f"protocol lacks {', '.join(missing)}")
    values: dict[str, Any] = {**_USUAL, **given}
    for name, value in values.items():
        if name in _SIZES or _TYPES.get(name) is int:
            values[name] = whole_number(f"protocol {name}", value, _SIZES.get(name, 0))
        elif name in COMMON_FIELDS or name in _REQUIRED:
            kind = _TYPES.get(name, str)
            if not isinstance(value, kind):
                what = "True or False" if kind is bool else "a text"
                raise UsageError(f"protocol {name}={value!r} is not allowed: it is {what}")
        elif not isinstance(value, (str, bool, int)) and not (
            isinstance(value, float) and math.isfinite(value)
        ):
            raise UsageError(
                f"protocol {name}={value!r} is not allowed: it is a text, a finite number, True or "
                "False"
            )
    require_one_of("protocol resampling", values["resampling"], (GIVEN, "folds", "splits"))
    if (values["resampling"] == "folds") != (values.get("folds", 0) >= 2):
        raise UsageError(
            f"protocol folds={values.get('folds', 0)} is not allowed with "
            f"resampling={values['resampling']}: give at least 2 with resampling=folds alone"
        )
    common = {name: value for name, value in values.items() if name in COMMON_FIELDS}
    others = {name: value for name, value in values.items() if name not in COMMON_FIELDS}
    return DeclaredProtocol(**common, others=others)


def _rates(spec: RunSpec, protocol: DeclaredProtocol) -> list[float]:
    """The rate of each epoch's last update by the policy."""
    if spec.policy.reads is not None:
        raise UsageError(
            f"{spec.policy} lowers the rate by the {spec.policy.reads} of the run: give "
            "learning_rate, one value per epoch"
        )
    steps, epochs = protocol.steps_per_epoch, protocol.epochs
    return [float(epoch_rates(spec.policy, epoch, epochs, steps)[-1]) for epoch in range(epochs)]


def _epochs(curves: Mapping[str, Sequence[float]], epochs: int) -> tuple[EpochRecord, ...]:
    for name, values in curves.items():
        if len(values) != epochs:
            raise UsageError(f"{name} has {len(values)} values, but epochs={epochs}")
    return tuple(
        EpochRecord(
            epoch=epoch + 1,
            loss=_finite(curves, "loss", epoch),
            accuracy=real_number("accuracy of an epoch", curves["accuracy"][epoch]),
            val_loss=_finite(curves, "val_loss", epoch),
            val_accuracy=real_number("val_accuracy of an epoch", curves["val_accuracy"][epoch]),
            learning_rate=real_number("learning_rate of an epoch", curves["learning_rate"][epoch]),
        )
        for epoch in range(epochs)
    )


def _finite(curves: Mapping[str, Sequence[float]], name: str, epoch: int) -> float | None:
    """A loss as a record has it: None where it is not finite, which says that the run diverged."""
    value = real_number(f"{name} of an epoch", curves[name][epoch])
    return value if math.isfinite(value) else None


def _results(
    protocol: DeclaredProtocol,
    given: Mapping[str, ArrayLike | None],
    indices: ArrayLike | None,
    examples: int | None,
) -> ImageResults | None:
    """The results of the validation examples; given ones are numbered after the training set."""
    missing = [name for name, values in given.items() if values is None]
    if len(missing) == len(given):
        return None
    if missing:
        raise UsageError(f"{', '.join(missing)} is missing: {', '.join(given)} go together")
    of_folds = protocol.resampling == "folds"
    if (indices is not None, examples is not None) != (of_folds, of_folds):
        raise UsageError("indices and examples go together with resampling=folds, and only there")
    if indices is None:
        indices = protocol.train_size + np.arange(protocol.val_size)
    try:
        return ImageResults(
            images=examples or protocol.train_size + protocol.val_size,
            validated=np.asarray(indices),
            classes=np.asarray(given["labels"]),
            right=np.asarray(given["right"], bool),
            log_probability=log_probabilities(np.asarray(given["log_probability"])),
        )
    except (ValueError, TypeError) as error:
        raise UsageError(f"the results of validation examples are not allowed: {error}") from error


def _require_valid(record: RunRecord, protocol: DeclaredProtocol) -> None:
    """Refuse what a ranking would exclude, for the same reason."""
    row = {
        "curves": {name: [getattr(e, name) for e in record.epochs] for name in CURVES},
        "policy": str(record.spec.policy),
        "protocol": json.loads(protocol.to_json()),
        "diverged": record.diverged,
        "image_results": record.image_results,
        **record.metrics(),
    }
    reason = invalid_reasons(pd.DataFrame([row])).iloc[0]
    if reason is not None:
        raise UsageError(f"the run contradicts itself: {reason}")
