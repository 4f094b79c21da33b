"""Keras ``fit`` at the rates of a policy, which goes on after the last epoch of a checkpoint."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord, RunSpec
from lr_study.support import Stream, generator, keras
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import reported_loss
from lr_study.training.rates import epoch_rates
from lr_study.training.schedule import EpochSchedule, PolicySchedule, schedule
from lr_study.training.trainer import EpochEnd, OnEpoch


class Figures(NamedTuple):
    """What an epoch gave besides its loss; ``others`` are further metrics by name."""

    accuracy: float | None
    val_loss: float
    val_accuracy: float | None
    others: Mapping[str, float] = MappingProxyType({})


def schedule_of(
    spec: RunSpec, steps_per_epoch: int, batches_per_step: int = 1
) -> PolicySchedule | EpochSchedule:
    """Return the rates of a run; of a policy that reads a metric they are set epoch by epoch.

    Parameters
    ----------
    spec
        The run.
    steps_per_epoch
        Updates of the weights in an epoch.
    batches_per_step
        How many batches an update accumulates: Keras asks a schedule for the rate of a batch, also
        where it updates the weights only after several of them.
    """
    if spec.policy.reads is not None:
        return EpochSchedule(steps_per_epoch, batches_per_step)
    rates = schedule(spec.policy, epochs=spec.settings.epochs, steps_per_epoch=steps_per_epoch)
    return PolicySchedule(rates.rates, rates.steps_per_rate * batches_per_step, rates.policy)


@dataclass
class ResumableFit:
    """One run of a compiled model in Keras ``fit``.

    Attributes
    ----------
    model
        Compiled with ``rates`` as its learning rate.
    train
        The rows of the training set.
    steps
        Batches in an epoch.
    changing
        The variables that training changes, by name: what a checkpoint keeps.
    kept
        Where each epoch is kept as it ends. One of a model with other variables is discarded.
    on_epoch
        Called as each epoch ends, before the next one starts; first with those of the checkpoint.
    """

    model: Any
    spec: RunSpec
    rates: PolicySchedule | EpochSchedule
    train: NDArray[np.int64]
    steps: int
    changing: Mapping[str, Any]
    kept: Checkpoint
    on_epoch: OnEpoch

    def run(
        self,
        batches: Any,
        figures: Callable[[int, Mapping[str, float]], Figures],
        *,
        begin_epoch: Callable[[int], None] = lambda epoch: None,
        **options: Any,
    ) -> None:
        """Train the epochs that the checkpoint does not have.

        Parameters
        ----------
        batches
            A ``PyDataset`` whose ``rows`` become the training set in the order of each epoch.
        figures
            Called at the end of an epoch with its number, from 0, and Keras's logs.
        begin_epoch
            Called before an epoch, with its number.
        **options
            Of ``fit``.
        """
        restore(self.changing, self.kept)
        order = generator(self.spec.seed, Stream.BATCH_ORDER)
        for record, time_ms in zip(self.kept.epochs, self.kept.times, strict=True):
            order.permutation(self.train)  # drawn for each epoch after the one before
            self.on_epoch(EpochEnd(self.spec, record, time_ms))

        def begin(epoch: int, logs: Mapping[str, float] | None) -> None:
            self._set_rates(epoch)
            # No thread fetches batches at this moment. The hooks of PyDataset would be too late, or
            # run once too often, because Keras starts with an `on_epoch_end`.
            batches.rows = order.permutation(self.train)
            begin_epoch(epoch)

        def end(epoch: int, logs: Mapping[str, float]) -> None:
            record = EpochRecord(
                epoch=epoch + 1,
                loss=reported_loss(logs["loss"]),
                learning_rate=self._last_rate(),
                **_reported(figures(epoch, logs)),
            )
            seconds = before + time.perf_counter() - started
            self.kept.add(record, seconds, state_of(self.changing))
            self.on_epoch(EpochEnd(self.spec, record, self.kept.times[-1]))

        hooks = keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end)
        before, started = self.kept.seconds, time.perf_counter()
        self.model.fit(
            batches,
            initial_epoch=len(self.kept.epochs),
            epochs=self.spec.settings.epochs,
            shuffle=False,
            callbacks=[hooks],
            verbose=0,
            **options,
        )

    def _set_rates(self, epoch: int) -> None:
        if isinstance(self.rates, EpochSchedule):
            epochs = self.spec.settings.epochs
            self.rates.set_rates(
                epoch_rates(self.spec.policy, epoch, epochs, self.steps, self.kept.epochs)
            )

    def _last_rate(self) -> float:
        # What `optimizer.learning_rate` says now is the rate of the next step.
        return float(self.rates(self.model.optimizer.iterations - 1))


def state_of(changing: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the values of variables, by name."""
    return {name: variable.numpy().copy() for name, variable in changing.items()}


def restore(changing: Mapping[str, Any], kept: Checkpoint) -> None:
    """Restore variables; discard the checkpoint if it is of a model with others."""
    if not kept.epochs:
        return
    shapes = {name: tuple(variable.shape) for name, variable in changing.items()}
    if {name: array.shape for name, array in kept.state.items()} != shapes:
        kept.restart()
        return
    for name, variable in changing.items():
        variable.assign(kept.state[name])


def exact_share(share: float, examples: int) -> float:
    """Return a share as one of whole examples, without the rounding error of 32 bits.

    >>> exact_share(0.33333334, 3) == 1 / 3
    True
    """
    return round(share * examples) / examples


def numbered(**parts: Any) -> dict[str, Any]:
    """Return variables by what they are of and their number.

    >>> numbered(layer=["kernel", "bias"], seed=[])
    {'layer0': 'kernel', 'layer1': 'bias'}
    """
    return {f"{name}{i}": v for name, variables in parts.items() for i, v in enumerate(variables)}


def _reported(figures: Figures) -> dict[str, Any]:
    others = {name: reported_loss(value) for name, value in figures.others.items()}
    return {**figures._asdict(), "val_loss": reported_loss(figures.val_loss), "others": others}
