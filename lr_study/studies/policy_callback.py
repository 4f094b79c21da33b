"""A learning-rate policy in a script of one's own: a callback of Keras's ``fit``."""

import sys
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lr_study.policies import Policy
from lr_study.runs import GIVEN, EpochRecord, ModelProtocol, RunRecord, RunSpec, ScriptSettings
from lr_study.studies.fit_call import FitCall, arguments_of_fit, fingerprint_of, read_fit_call
from lr_study.studies.library import as_policy
from lr_study.studies.model_workload import model_fields
from lr_study.studies.script_run import ScriptRun, results_of_given
from lr_study.support import LrStudyError, UsageError, device_name, keras, text, whole_number
from lr_study.tracking import environment_tags, open_destination
from lr_study.training import (
    EpochEnd,
    EpochSchedule,
    Predictions,
    TrainedRun,
    classified,
    curve_files,
    epoch_rates,
    exact_share,
    gives_logits,
    reported_loss,
    require_share,
    schedule_of,
)

T = TypeVar("T")


class PolicyCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Trains a model at the rates of a policy, and logs the run.

    It belongs into ``model.fit(callbacks=[...])`` of a model that classifies and has just been
    compiled, with validation data and a metric of accuracy. Runs are compared by
    ``lr_study.compare`` only if all else is equal: the model, the optimizer but for its rate, the
    data, the length of the run, and the version of Keras. The optimizer keeps the schedule.

    Parameters
    ----------
    policy
        A policy, its text, a function of the epoch, or a schedule of Keras.
    seed
        What the script sets its random generators by, before it builds the model, such as with
        ``keras.utils.set_random_seed``. The callback draws nothing; runs of two policies with the
        same seed are compared as a pair.
    experiment
        The name of the MLflow experiment.
    data
        The training examples as arrays, ``(x, y)``, which are hashed together with the validation
        set; or a text that names both, which is taken on trust.
    validation
        The validation set as arrays, ``(x, y)``, where ``fit`` has it in another form.
    batch_size
        Examples per batch, where ``fit`` is given batches.
    name
        What rankings call the model and its data; by default the experiment.
    metric
        The name that the model's accuracy has among its metrics.
    rerun
        Whether the run replaces a finished one of the same policy, seed and protocol.
    tracking_uri
        The store; see ``lr-study study``.

    Raises
    ------
    UsageError
        If a value is not allowed; from ``fit``, if nothing comparable can be trained so.
    LrStudyError
        From ``fit``, if the store cannot be used.

    Examples
    --------
    >>> PolicyCallback("fixed:lr=0", seed=0, experiment="mine", data="digits")
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: fixed: lr=0 is not allowed: lr is a finite number > 0, ...
    """

    _call: FitCall
    _run: ScriptRun
    _protocol: ModelProtocol
    _spec: RunSpec
    _predicted: Predictions

    def __init__(
        self,
        policy: str | Policy | Callable[..., Any],
        *,
        seed: int,
        experiment: str,
        data: Any,
        validation: tuple[Any, Any] | None = None,
        batch_size: int | None = None,
        name: str | None = None,
        metric: str = "accuracy",
        rerun: bool = False,
        tracking_uri: str | None = None,
    ) -> None:
        super().__init__()
        self._policy = as_policy(policy).loaded()
        self._seed = whole_number("seed", seed, 0)
        self._data, self._validation = data, validation
        fingerprint_of(data, [])
        self._batch_size = batch_size and whole_number("batch_size", batch_size, 1)
        self._name, self._metric = text("name", name or experiment), text("metric", metric)
        self._where = tracking_uri, text("experiment", experiment)
        self._rerun = rerun

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Set the rates, and open the run."""
        given = arguments_of_fit(self.model)
        self._call = call = read_fit_call(
            self, given, self._data, validation=self._validation, batch_size=self._batch_size
        )
        accumulated = self.model.optimizer.gradient_accumulation_steps or 1
        self._updates, rest = divmod(call.batches, accumulated)
        if rest:
            raise UsageError(
                f"gradient_accumulation_steps={accumulated} is not allowed with the "
                f"{call.batches} batches of an epoch, which it does not divide"
            )
        self._protocol = self._protocol_of(call, accumulated)
        self._spec = RunSpec(self._policy, self._seed, ScriptSettings.of(self._protocol))
        self._rates = schedule_of(self._spec, self._updates, accumulated)
        self._records: list[EpochRecord] = []
        self._times_ms: list[int] = []
        destination = open_destination(*self._where, self._name)
        self._run = ScriptRun(destination, self._spec, self._protocol, rerun=self._rerun)
        # Keras tells callbacks of no error; but its list of them goes once `fit` was left.
        weakref.finalize(given["callbacks"], _end_if_left, self._run)
        self.model.optimizer.learning_rate = self._rates
        self.model.make_train_function(force=True)  # one that was traced keeps its rates
        self.model.train_function = _ending_by_errors(self._run, self.model.train_function)
        self._started = time.perf_counter()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Set the rates of a policy that reads a metric."""
        if isinstance(self._rates, EpochSchedule):
            epochs = self._call.epochs
            self._rates.set_rates(
                epoch_rates(self._policy, epoch, epochs, self._updates, self._records)
            )

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the epoch."""
        _ending_by_errors(self._run, self._log_epoch)(epoch, logs or {})

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Finish the run."""
        predicted, is_whole = self._predicted, len(self._records) == self._call.epochs
        record = RunRecord(
            spec=self._spec,
            protocol=self._protocol,
            epochs=tuple(self._records),
            test_accuracy=None,
            wall_clock_seconds=self._seconds,
            image_results=results_of_given(
                self._call.train_size,
                self._call.labels,
                predicted.right,
                predicted.log_probability,
            )
            if is_whole
            else None,
        )
        trained = TrainedRun(record, curve_files(record), tuple(self._times_ms))
        self._run.finish(trained, environment_tags(device_name()))

    def _log_epoch(self, epoch: int, logs: Mapping[str, Any]) -> None:
        call = self._call
        missing = {self._metric, f"val_{self._metric}", "val_loss"} - logs.keys()
        if missing:
            raise UsageError(
                f"fit reports no {' and no '.join(sorted(missing))}: compile the model with "
                "metrics=['accuracy'], or name its accuracy with metric=, and give fit "
                "validation_data and no validation_freq"
            )
        val_accuracy = exact_share(logs[f"val_{self._metric}"], len(call.labels))
        if epoch in (0, call.epochs - 1):  # after the first one, so that a wrong metric shows early
            outputs = self.model.predict(call.inputs, batch_size=call.batch_size, verbose=0)
            logits = gives_logits(self.model.loss)
            self._predicted = classified(outputs, call.labels, from_logits=logits)
            require_share(self._metric, val_accuracy, self._predicted)
            val_accuracy = self._predicted.accuracy
        record = EpochRecord(
            epoch=epoch + 1,
            loss=reported_loss(logs["loss"]),
            accuracy=float(logs[self._metric]),
            val_loss=reported_loss(logs["val_loss"]),
            val_accuracy=val_accuracy,
            # What the optimizer says now is the rate of the next batch.
            learning_rate=float(self._rates((epoch + 1) * call.batches - 1)),
        )
        self._seconds = time.perf_counter() - self._started
        self._records.append(record)
        self._times_ms.append(int(time.time() * 1000))
        self._run.log_epoch(EpochEnd(self._spec, record, self._times_ms[-1]))

    def _protocol_of(self, call: FitCall, accumulated: int) -> ModelProtocol:
        fields = model_fields(self.model)
        if call.weights:
            fields["loss"] += f" with class_weight={call.weights}"
        return ModelProtocol(
            data=self._name,
            fingerprint=call.fingerprint,
            classes=max(int(call.labels.max()) + 1, 2),
            train_size=call.train_size,
            val_size=len(call.labels),
            test_size=0,
            batch_size=call.batch_size * accumulated,
            epochs=call.epochs,
            shuffle=call.shuffle,
            resampling=GIVEN,
            workload=self._name,
            metric=self._metric,
            **fields,
        )


def _end_if_left(run: ScriptRun) -> None:
    """End a run that is not finished, when ``fit`` was left by an error or the process ends."""
    error = sys.exc_info()[1] or getattr(sys, "last_value", None)
    run.end(error or LrStudyError("fit was left"))


def _ending_by_errors(run: ScriptRun, call: Callable[..., T]) -> Callable[..., T]:
    """Let an error of a call end the run at once: a notebook keeps what it came from."""

    def call_or_end(*arguments: Any) -> T:
        try:
            return call(*arguments)
        except StopIteration:  # how Keras learns that an epoch has ended
            raise
        except BaseException as error:
            run.end(error)
            raise

    return call_or_end
