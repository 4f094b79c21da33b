"""What the shell completes: policies, and the experiments of the store."""

import os
from collections.abc import Iterable

from lr_study.policies import FAMILIES
from lr_study.runs import BUILT_IN


def policy_names(incomplete: str) -> Iterable[str]:
    """Return the families and the policies of the built-in grids that begin with a text.

    After a ``+``, what may follow it in a composition.
    """
    earlier, plus, last = incomplete.rpartition("+")
    built_in = dict.fromkeys(str(policy) for grid in BUILT_IN.values() for policy in grid)
    known = dict.fromkeys([*FAMILIES, "warmup", *built_in])
    begun = [f"{earlier}{plus}{name}" for name in known if plus and name.startswith(last)]
    return list(dict.fromkeys([*(n for n in known if n.startswith(incomplete)), *begun]))


def grid_names(incomplete: str) -> Iterable[str]:
    """Return the built-in grids that begin with a text; shells complete files by themselves."""
    return [name for name in BUILT_IN if name.startswith(incomplete)]


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
