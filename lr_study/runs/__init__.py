"""Runs as values: what is to be trained, what must be equal to compare it, and what it gave.

In: policies, and options that a person or a grid file gives. Out: checked `Settings`, a `RunSpec`
for each run, the `Plan` of a study, the `Protocol` and its hashes, and the `RunRecord` of a
finished run with the summaries of its curves. No file but a grid is read, nothing is trained.
"""

from lr_study.runs.grids import SEED_GRID, load_grid, parse_seeds
from lr_study.runs.plan import RERUNS, Plan, StudySpec, make_plan
from lr_study.runs.protocol import UNKNOWN, Protocol, canonical_json, short_hash
from lr_study.runs.records import (
    CONVERGENCE_TOLERANCE,
    CURVES,
    EpochRecord,
    RunRecord,
    convergence_epoch,
    convergence_tolerance,
    has_diverged,
    required_metrics,
    summarize_curves,
)
from lr_study.runs.settings import BACKBONES, ENGINES, OPTIMIZERS, RunSpec, Settings

__all__ = [
    "BACKBONES",
    "CONVERGENCE_TOLERANCE",
    "CURVES",
    "ENGINES",
    "OPTIMIZERS",
    "RERUNS",
    "SEED_GRID",
    "UNKNOWN",
    "EpochRecord",
    "Plan",
    "Protocol",
    "RunRecord",
    "RunSpec",
    "Settings",
    "StudySpec",
    "canonical_json",
    "convergence_epoch",
    "convergence_tolerance",
    "has_diverged",
    "load_grid",
    "make_plan",
    "parse_seeds",
    "required_metrics",
    "short_hash",
    "summarize_curves",
]
