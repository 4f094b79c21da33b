"""Read the runs that anybody logged to MLflow. The store is only read.

Nothing that it says is trusted: names become one printable line of bounded length, params are
numbers where they count, and a run that is not as it should be is skipped with the reason.
"""

from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Experiment, Run
from mlflow.exceptions import MlflowException

from lr_study.importing.declarations import Declared, declared_for
from lr_study.importing.event_files import MAX_POINTS, Point
from lr_study.importing.joining import Wanted, curves_of
from lr_study.importing.layouts import printable
from lr_study.importing.metric_names import marks_epochs
from lr_study.importing.read_runs import Read, ReadRun
from lr_study.support import progress_bar, without_credentials
from lr_study.tracking import PROTOCOL_TAG, SOURCE_TAG, all_runs, own_settings, retry

_MAX_NAME = 200
_MAX_VALUE = 500
_MAX_PARAMS = 500
_MAX_LISTED = 12
_MAX_STEP = 10_000_000


@own_settings()
def read_mlflow(
    client: MlflowClient,
    experiment: Experiment,
    mapping: Mapping[str, Declared],
    metrics: Mapping[str, str],
) -> Read:
    """Read the runs of an experiment, which is not changed.

    Parameters
    ----------
    client, experiment
        Where the runs are.
    mapping
        What is declared of single runs.
    metrics
        The metric of a curve, by the curve, for runs that declare no other.

    Returns
    -------
    tuple
        The runs, the names of all metrics, and a line for each run that is skipped.
    """
    found = retry(lambda: list(all_runs(client, experiment.experiment_id)))
    runs: list[ReadRun] = []
    warnings: list[str] = []
    names: dict[str, None] = {}
    with progress_bar("reading", len(found), "runs") as bar:
        for run in found:
            name = _name(run)
            reason = _reason_skipped(run)
            if reason is None:
                names |= dict.fromkeys(sorted(run.data.metrics))
                wanted = Wanted({**metrics, **declared_for(mapping, name).metrics})
                try:
                    runs.append(_read(client, run, name, wanted))
                except MlflowException as error:
                    reason = f"its metrics cannot be read: {printable(str(error))[:200]}"
            if reason is not None:
                warnings.append(f"{name}: not imported: {reason}")
            bar.advance(1)
    return runs, list(names), warnings


def _name(run: Run) -> str:
    return printable(str(run.info.run_name or run.info.run_id))[:_MAX_NAME]


def _reason_skipped(run: Run) -> str | None:
    if PROTOCOL_TAG in run.data.tags and SOURCE_TAG not in run.data.tags:
        return "it is a run of lr-study already"
    if SOURCE_TAG in run.data.tags:
        return "it was imported itself"
    if run.info.status != "FINISHED":
        return f"it is {run.info.status}"
    return None


def _read(client: MlflowClient, run: Run, name: str, wanted: Wanted) -> ReadRun:
    keys = [key for key in sorted(run.data.metrics) if key in wanted]
    scalars = {
        "epoch" if marks_epochs(key) else key: _history(client, run.info.run_id, key)
        for key in keys
    }
    curves = curves_of({key: points for key, points in scalars.items() if points}, wanted)
    if not curves.points["val_accuracy"]:
        listed = [printable(key)[:60] for key in sorted(run.data.metrics)]
        shown = ", ".join(listed[:_MAX_LISTED]) or "none"
        curves = curves.refused(
            f"it has no val_accuracy: its metrics are {shown}; name one with "
            "--metric-name val_accuracy=METRIC"
        )
    params = dict(sorted(run.data.params.items())[:_MAX_PARAMS])
    return ReadRun(
        "mlflow",
        name,
        curves,
        identity=str(run.info.run_id),
        params={str(k)[:_MAX_NAME]: str(v)[:_MAX_VALUE] for k, v in params.items()},
        tags=_tags(client.tracking_uri, run),
    )


def _history(client: MlflowClient, run_id: str, key: str) -> dict[int, Point]:
    """Return the points of a metric by step; of several at one step, the last that was logged."""
    history = retry(lambda: list(client.get_metric_history(run_id, key)))
    points: dict[int, Point] = {}
    for metric in sorted(history[:MAX_POINTS], key=lambda metric: metric.timestamp):
        if 0 <= metric.step < _MAX_STEP:
            seconds = max(metric.timestamp / 1000, 0.0)
            points[metric.step] = Point(key, metric.step, seconds, float(metric.value))
    return points


def _tags(uri: str, run: Run) -> dict[str, str]:
    """Return the tags that say where a run comes from: its store, without credentials, and id."""
    store = printable(without_credentials(uri))[:_MAX_VALUE]
    tags = {"lr_study.source_store": store, "lr_study.source_run": str(run.info.run_id)}
    if store.startswith(("http://", "https://")):
        where = f"experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
        tags["lr_study.source_link"] = f"{store.rstrip('/')}/#/{where}"
    return tags
