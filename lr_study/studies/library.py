"""``lr_study.study``: what the command ``lr-study study`` does, as one call."""

import logging
import warnings
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from lr_study.comparison import Comparison
from lr_study.policies import KerasPolicy, Policy, PythonPolicy, parse
from lr_study.report import left_out_lines, plan_summary
from lr_study.runs import LOG_MODELS, Settings, requested_study
from lr_study.studies.own_workload import Workload
from lr_study.studies.subjects import Subject, model_settings, subject_of
from lr_study.studies.workload import StudyWorkload
from lr_study.support import UsageError, require_model_name, require_one_of
from lr_study.tracking import not_joined_lines, open_destination

_LOG = logging.getLogger("lr_study")


def study(
    workload: Workload | None = None,
    *,
    policies: Iterable[str | Policy | Callable[..., Any]] = (),
    grid: str | None = None,
    seeds: int | str | Iterable[int] | None = None,
    experiment: str | None = None,
    tracking_uri: str | None = None,
    rerun: str = "missing",
    log_models: str = "best",
    register: str = "",
    race: bool = False,
    until_regret: float | None = None,
    **settings: Any,
) -> Comparison:
    """Train a grid of policies over seeds, only what is missing, and return the ranking.

    This is ``lr-study study``: the same options, defaults, runs and files. What the command prints
    of images and progress is logged at level INFO by the logger ``lr_study``; what was left out or
    not logged is a warning.

    Parameters
    ----------
    workload
        A model of one's own with its examples; None for a softmax head on a frozen backbone,
        trained on images.
    policies
        Policies, their texts, functions of the epoch, from 0, and the number of epochs, or Keras's
        ``LearningRateSchedule`` objects. The source of a function, or the configuration of a
        schedule, is part of what a run is known by.
    grid
        ``seed``, ``modern``, or a YAML file; ``seed`` if neither it nor ``policies`` is given.
    seeds
        A number N for 0 to N - 1, or the seeds; by default those of the grid, or 10.
    experiment, tracking_uri
        Where the runs go; see ``lr-study study``.
    rerun, log_models, register, race
        See ``lr-study study``.
    until_regret
        The study ends when choosing the leader loses at most so many points of accuracy.
    **settings
        Fields of `lr_study.runs.Settings`, such as ``data``, ``epochs`` and ``engine``; with a
        workload of one's own, ``folds`` and ``stratify``.

    Returns
    -------
    Comparison
        The ranking of all finished runs of the same protocol.

    Raises
    ------
    UsageError
        If a value is not allowed, before anything is trained.
    LrStudyError
        If the study failed, or runs wait in the outbox because their store cannot be reached.

    Examples
    --------
    >>> study(policies=["fixed:lr=0"])
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: fixed: lr=0 is not allowed: lr is a finite number > 0, ...
    """
    require_one_of("log_models", log_models, LOG_MODELS)
    if register:
        require_model_name(register)
    known = [field.name for field in fields(Settings)]
    for name in settings:
        if name not in known:
            raise UsageError(f"{name} is not a setting: the settings are {', '.join(known)}")
    given = Settings(**settings)
    requested = requested_study(
        grid,
        [policy if isinstance(policy, str) else as_policy(policy) for policy in policies],
        given if workload is None else model_settings(workload, given),
        seeds=str(seeds) if isinstance(seeds, int) else seeds,
        rerun=rerun,
        typed=settings,
        race=race,
        until_regret=until_regret,
    )
    subject = subject_of(requested.settings, workload)
    subject.require_registrable(register)
    from lr_study.studies.models import register_classifier  # with TensorFlow, for seconds
    from lr_study.studies.study import run_study
    from lr_study.studies.winners import winner

    _log(subject.lines())
    destination = open_destination(tracking_uri, experiment, subject.name)
    for line in not_joined_lines(destination.client):
        warnings.warn(line, stacklevel=2)
    outcome = run_study(
        destination,
        requested,
        lambda: _prepared(subject),
        models=log_models,
        on_plan=lambda plan: _log(plan_summary(plan)),
        on_decision=lambda line: _log([line]),
    )
    _log(left_out_lines(outcome.left_out))
    if outcome.left_out:
        warnings.warn(
            f"{len(outcome.left_out)} images cannot be used and are left out: see left_out.json "
            "of the study's run",
            stacklevel=2,
        )
    for line in outcome.failed:
        warnings.warn(line, stacklevel=2)
    for what, why in outcome.unlogged.items():
        warnings.warn(f"{what} could not be logged: {why}", stacklevel=2)
    if register:
        chosen = winner(outcome.runs, outcome.ranking)
        register_classifier(destination.client, register, chosen.run_id, chosen=chosen)
    return outcome.ranking


def as_policy(given: str | Policy | Callable[..., Any]) -> Policy:
    """Return the policy that is given as such, as its text, as a function or as a schedule.

    Raises
    ------
    UsageError
        If it is no policy.
    """
    if isinstance(given, Policy):
        return given
    if isinstance(given, str):
        return parse(given)
    if not callable(given):
        raise UsageError(
            f"policies={given!r} is not allowed: a policy is a text such as fixed:lr=0.1, a "
            "function of epoch and epochs, or a LearningRateSchedule of Keras"
        )
    return KerasPolicy.of(given) if hasattr(given, "get_config") else PythonPolicy.of(given)


def _prepared(subject: Subject) -> StudyWorkload:
    workload = subject.prepare()
    _log(subject.notices(workload))
    return workload


def _log(lines: Iterable[str]) -> None:
    for line in lines:
        _LOG.info("%s", line)
