"""The names of the tags that runs carry, in one place. They are stored: none may change."""

MAX_TAG_LENGTH = 8000
"""Characters that the MLflow of today takes as a tag."""

OLDER_MAX_TAG_LENGTH = 5000
"""Those that every server takes."""

KIND_TAG = "lr_study.kind"
"""What a run is that trains no policy: ``study``, or a range test."""

RANGE_TEST_KIND = "range_test"
PROTOCOL_TAG = "lr_study.protocol"
PROTOCOL_ID_TAG = "lr_study.protocol_id"
CELL_TAG = "lr_study.cell"

POLICY_TAG = "lr_study.policy"
"""The policy in its text form: `mlflow run` logs the param ``policy`` as typed."""

CURVES_TAG = "lr_study.curves"
IMAGE_RESULTS_TAG = "lr_study.image_results"
"""Which images a run had right after its last epoch, or in which artifact that is."""

DIVERGED_TAG = "lr_study.diverged"
TIMING_TAG = "lr_study.timing"
TIMING_SHARED_AMONG_TAG = "lr_study.timing_shared_among"
VERSION_TAG = "lr_study.version"
DEVICE_TAG = "lr_study.device"

BACKBONE_TAG = "lr_study.backbone"
"""The backbone that ran: `mlflow run` logs the param ``backbone`` as typed, which may be auto."""

RACE_TAG = "lr_study.race"
"""Of a study's run: what it decided after each whole repetition, as a `RaceRecord`."""

PARENT_TAG = "mlflow.parentRunId"

SUPERSEDED_TAG = "lr_study.superseded"
"""Of a finished run that was trained again on request: it no longer counts."""

DUPLICATE_OF_TAG = "lr_study.duplicate_of"
"""Of a finished run whose cell an earlier run had finished: that run's id."""

PROCESS_TAG = "lr_study.process"
"""The liveness token of the process that a run belongs to while it is RUNNING."""

OUTBOX_TAG = "lr_study.outbox"
"""The id of the outbox entry that a run was created for."""

SOURCE_TAG = "lr_study.source"
"""Of an imported run: the kind of its source."""

OPTIONS_TAG = "lr_study.options"
"""The options that a protocol does not hold, such as where the images lie, as JSON."""
