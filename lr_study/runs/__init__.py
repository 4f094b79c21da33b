"""Runs as plain values: their settings, the protocol they share, and the record they leave.

In: policies, and options from the command line or a grid file. Out: checked `Settings`, a
`RunSpec` for each run, the `Plan` of a study, the `Protocol` with its hashes, and the `RunRecord`
of a finished run with the summary of its curves. The only files it reads are grids.
"""

from lr_study.runs.built_in_grids import BUILT_IN, SEED_GRID
from lr_study.runs.gaps import VALIDATED_EVERY, first_gap, validated_every
from lr_study.runs.grids import (
    DEFAULT_SEEDS,
    load_grid,
    parse_points,
    parse_seeds,
    requested_study,
)
from lr_study.runs.image_results import LEAST_LOG_PROBABILITY, ImageResults, log_probabilities
from lr_study.runs.metric import (
    ACCURACY,
    LOSS,
    Metric,
    direction_of,
    four_digits,
    is_share,
    metric_of,
)
from lr_study.runs.plan import LOG_MODELS, RERUNS, Plan, StudySpec, make_plan, seeds_text
from lr_study.runs.protocol import (
    FINE_TUNING,
    PROTOCOL_VERSION,
    UNKNOWN,
    ImageProtocol,
    ModelProtocol,
    Protocol,
    canonical_json,
    digest_of_groups,
    model_of,
    short_hash,
)
from lr_study.runs.rate_range import RangeSpec, RateRange
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
from lr_study.runs.repetitions import seeds_beyond_repetitions, whole_repetitions
from lr_study.runs.scripts import COMMON_FIELDS, GIVEN, DeclaredProtocol, ScriptSettings
from lr_study.runs.settings import (
    AUGMENTATIONS,
    BACKBONES,
    DUPLICATES,
    ENGINES,
    KERAS_PREFIX,
    MIN_IMAGE_SIZE,
    OPTIMIZERS,
    RESAMPLINGS,
    TASKS,
    ModelSettings,
    RunSettings,
    RunSpec,
    Settings,
    image_settings,
)
from lr_study.runs.tabular_settings import TABULAR, TabularSettings, tabular_settings

__all__ = [
    "ACCURACY",
    "AUGMENTATIONS",
    "BACKBONES",
    "BUILT_IN",
    "COMMON_FIELDS",
    "CONVERGENCE_TOLERANCE",
    "CURVES",
    "DEFAULT_SEEDS",
    "DUPLICATES",
    "ENGINES",
    "FINE_TUNING",
    "GIVEN",
    "KERAS_PREFIX",
    "LEAST_LOG_PROBABILITY",
    "LOG_MODELS",
    "LOSS",
    "MIN_IMAGE_SIZE",
    "OPTIMIZERS",
    "PROTOCOL_VERSION",
    "RERUNS",
    "RESAMPLINGS",
    "SEED_GRID",
    "TABULAR",
    "TASKS",
    "UNKNOWN",
    "VALIDATED_EVERY",
    "DeclaredProtocol",
    "EpochRecord",
    "ImageProtocol",
    "ImageResults",
    "Metric",
    "ModelProtocol",
    "ModelSettings",
    "Plan",
    "Protocol",
    "RangeSpec",
    "RateRange",
    "RunRecord",
    "RunSettings",
    "RunSpec",
    "ScriptSettings",
    "Settings",
    "StudySpec",
    "TabularSettings",
    "canonical_json",
    "convergence_epoch",
    "convergence_tolerance",
    "digest_of_groups",
    "direction_of",
    "first_gap",
    "four_digits",
    "has_diverged",
    "image_settings",
    "is_share",
    "load_grid",
    "log_probabilities",
    "make_plan",
    "metric_of",
    "model_of",
    "parse_points",
    "parse_seeds",
    "requested_study",
    "required_metrics",
    "seeds_beyond_repetitions",
    "seeds_text",
    "short_hash",
    "summarize_curves",
    "tabular_settings",
    "validated_every",
    "whole_repetitions",
]
