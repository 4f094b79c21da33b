"""Which learning-rate policy should I train this classifier with?

``lr_study.load_runs(experiment)`` reads an experiment as a pandas DataFrame, and
``lr_study.compare(runs)`` ranks its policies.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["compare", "load_runs"]

if TYPE_CHECKING:
    from lr_study.comparison import compare
    from lr_study.tracking.reading import load_runs


def __getattr__(name: str) -> Any:
    """Import what was asked for, and only then: mlflow and pandas take seconds."""
    if name == "compare":
        from lr_study.comparison import compare

        return compare
    if name == "load_runs":
        from lr_study.tracking.reading import load_runs

        return load_runs
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
