"""Runs read back as one table, with the reason why a run cannot be compared."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Experiment, Run

from lr_study.runs import required_metrics
from lr_study.support import UsageError
from lr_study.tracking.connection import connect, retry
from lr_study.tracking.deleted import require_active
from lr_study.tracking.experiments import find_experiment
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.run_rows import COLUMNS, row_of

_PAGE = 1000

_MAX_LISTED = 10
"""How many names of experiments an error lists."""


@own_settings()
def load_runs(experiment: str, tracking_uri: str | None = None) -> pd.DataFrame:
    """Return the runs of an experiment, one row per run.

    The columns are ``run_id``, ``name``, ``status``, ``start_time``, ``end_time`` (milliseconds
    since 1970), ``policy``, ``family``, ``seed`` (a number, or ``unknown`` of an imported run),
    ``protocol`` (a dictionary), ``protocol_id``, ``cell``, ``diverged``, ``curves`` (a dictionary
    of lists, one value per epoch), ``options`` (a dictionary of those that no protocol holds; None
    if they are unknown), ``image_results`` (which images were right after the last epoch, as
    `lr_study.runs.ImageResults`; None if the run did not store it), every metric of the run by its
    name, and ``excluded``: None for a finished run of lr-study, else the reason why it cannot be
    compared.

    Raises
    ------
    UsageError
        If there is no such experiment, or it was deleted. The message lists names of existing
        ones, those alike first, or says how to restore it.
    LrStudyError
        If the store cannot be used.
    """
    client = connect(tracking_uri)
    return runs_of_experiment(client, require_experiment(client, experiment).experiment_id)


def require_experiment(client: MlflowClient, name: str) -> Experiment:
    """Return the experiment of a name.

    Raises
    ------
    UsageError
        As `load_runs`.
    """
    found = find_experiment(client, name)
    if found is None:
        raise UsageError(
            f"there is no experiment {name!r} in {client.tracking_uri}: "
            f"{_names_alone(client, name)}"
        )
    return require_active(client, found)


def latest_experiment(client: MlflowClient) -> Experiment | None:
    """Return the experiment that was created last; None if the store has none."""
    page = client.search_experiments(max_results=1, order_by=["creation_time DESC"])
    return page[0] if page else None


@own_settings()
def runs_of_experiment(client: MlflowClient, experiment_id: str) -> pd.DataFrame:
    """Return what `load_runs` does, of an experiment that is known by its id."""
    return table_of(client, retry(lambda: list(all_runs(client, experiment_id))))


def table_of(client: MlflowClient, runs: Iterable[Run]) -> pd.DataFrame:
    """Return runs as the table of `load_runs`; the client reads curves that are in no tag."""
    rows = [row_of(client, run) for run in runs]
    columns = [*COLUMNS, *required_metrics(diverged=False)]
    columns += [name for row in rows for name in row]
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys(columns)))
    # pandas would turn None into NaN, and whole numbers beside it into floats.
    for name in "excluded", "seed", "options", "image_results":
        frame[name] = pd.Series([row.get(name) for row in rows], dtype=object)
    return frame


def _names_alone(client: MlflowClient, given: str) -> str:
    """Say which experiments there are, and which of them are named like the one that was given.

    Runs are not counted: a server may hold thousands of experiments, and this is for a typo.
    """
    names = [experiment.name for experiment in all_experiments(client)]
    if not names:
        return "there are no experiments that you may read"
    alike = _alike(given, names)
    guess = f"did you mean {' or '.join(map(repr, alike))}? " if alike else ""
    listed = [*alike, *(name for name in names if name not in alike)][:_MAX_LISTED]
    more = f", and {len(names) - len(listed)} more" if len(names) > len(listed) else ""
    return f"{guess}existing experiments: {', '.join(listed)}{more}"


def _alike(given: str, names: Sequence[str]) -> list[str]:
    """Return up to three names that differ from the one given by a typo or in case."""
    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    return [by_folded[near] for near in get_close_matches(given.casefold(), by_folded)]


def all_experiments(client: MlflowClient) -> Iterator[Experiment]:
    """Yield the experiments of a store that this user may read, from all pages."""
    token = None
    while True:
        page = client.search_experiments(max_results=_PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def all_runs(client: MlflowClient, experiment_id: str, query: str = "") -> Iterator[Run]:
    """Yield the runs of an experiment that match a filter, from all pages, the earliest first."""
    token = None
    while True:
        page = client.search_runs(
            [experiment_id],
            query,
            max_results=_PAGE,
            order_by=["attributes.start_time ASC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return
