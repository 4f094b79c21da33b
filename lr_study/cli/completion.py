"""What the shell completes: policies, and the experiments of the store."""

import os
from collections.abc import Iterable

from lr_study.policies import FAMILIES
from lr_study.runs import SEED_GRID


def policy_names(incomplete: str) -> Iterable[str]:
    """Return the families and the policies of the built-in grid that begin with a text."""
    known = [*FAMILIES, *map(str, SEED_GRID)]
    return [name for name in known if name.startswith(incomplete)]


def experiment_names(incomplete: str) -> Iterable[str]:
    """Return the experiments of the default store that begin with a text.

    An empty list where there is no such store, or it does not answer: a shell has no place for an
    error.
    """
    try:
        from lr_study.tracking import connect

        os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = "2"  # seconds; a person is typing
        experiments = connect(None, create=False).search_experiments(max_results=1000)
    except Exception:
        return []
    return [found.name for found in experiments if found.name.startswith(incomplete)]
