"""A run of a script of one's own: opened, logged as it goes, and ended whatever happens."""

import warnings
from collections.abc import Mapping
from contextlib import ExitStack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.runs import ImageResults, Protocol, RunSpec, log_probabilities
from lr_study.studies.publishing import keep_run, run_name
from lr_study.support import LrStudyError
from lr_study.tracking import (
    Destination,
    Entry,
    RunIdentity,
    Sender,
    finished_runs,
    log_epochs,
    log_start,
    own_settings,
    reap_stale_runs,
    tracked_run,
)
from lr_study.training import EpochEnd, TrainedRun


class ScriptRun:
    """A run that is RUNNING while the script trains it.

    Parameters
    ----------
    rerun
        Whether it replaces finished runs of the same policy, seed and protocol.
    """

    @own_settings()
    def __init__(
        self, destination: Destination, spec: RunSpec, protocol: Protocol, *, rerun: bool
    ) -> None:
        client, experiment = destination.client, destination.experiment
        self._destination, self._rerun = destination, rerun
        self._sender = Sender(client, experiment)
        self._sender.send_waiting()
        reap_stale_runs(client, experiment.experiment_id)
        earlier = earlier_run(destination, spec, protocol)
        if earlier and not rerun:
            warnings.warn(
                f"{spec.policy} under seed {spec.seed} is finished already, as run {earlier}: this "
                "one is logged beside it, and rankings count the earlier; rerun=True replaces it",
                stacklevel=2,
            )
        self._name, self._stack = run_name(spec), ExitStack()
        self.run_id = self._stack.enter_context(tracked_run(destination, self._name))
        self._sender.try_call(lambda: log_start(client, self.run_id, spec, protocol))

    @own_settings()
    def log_epoch(self, event: EpochEnd) -> None:
        """Log an epoch that ended, unless the store cannot be reached."""
        client, epoch = self._destination.client, ([event.record], [event.time_ms])
        self._sender.try_call(lambda: log_epochs(client, self.run_id, *epoch))

    @own_settings()
    def finish(self, trained: TrainedRun, tags: Mapping[str, str]) -> None:
        """Keep the finished run in the outbox, and upload it."""
        identity = RunIdentity(self._name, self.run_id, replaces=self._rerun)
        upload(
            self._sender,
            self._destination,
            keep_run(self._destination, trained, identity, tags=tags),
        )
        self._stack.close()  # an entry that waits will end the run

    @own_settings()
    def end(self, error: BaseException) -> None:
        """End the run KILLED after an interrupt, or else FAILED; nothing if it has ended."""
        self._stack.__exit__(type(error), error, error.__traceback__)


def earlier_run(destination: Destination, spec: RunSpec, protocol: Protocol) -> str | None:
    """Return the id of the finished run of a policy, seed and protocol that counts, or None."""
    experiment_id = destination.experiment.experiment_id
    cell = protocol.cell(spec.policy, spec.seed)
    return next(iter(finished_runs(destination.client, experiment_id, cell)), None)


def upload(sender: Sender, destination: Destination, entry: Entry) -> None:
    """Upload a finished run; warn if it waits in the outbox, since the script goes on."""
    sender.send(entry)
    try:
        sender.require_sent(destination.experiment, [entry.cell] if entry.cell else [])
    except LrStudyError as error:
        warnings.warn(str(error), stacklevel=2)


def results_of_given(
    train_size: int,
    labels: NDArray[np.int32],
    right: ArrayLike,
    log_probability: ArrayLike,
) -> ImageResults:
    """Return the results of given validation examples, which are numbered after the training set.

    >>> results_of_given(3, np.array([0, 1]), [True, False], [-0.5, -2.0]).validated.tolist()
    [3, 4]
    """
    return ImageResults(
        images=train_size + len(labels),
        validated=np.arange(train_size, train_size + len(labels)),
        classes=labels.astype(np.uint16),
        right=np.asarray(right, bool),
        log_probability=log_probabilities(log_probability),
    )
