"""An imported run as it is stored: its params, metrics and tags."""

from collections.abc import Mapping
from dataclasses import dataclass

import lr_study
from lr_study.importing.curves import Curves
from lr_study.importing.declarations import Value
from lr_study.importing.policy_choice import Choice
from lr_study.importing.rates import READINGS
from lr_study.importing.read_runs import ReadRun
from lr_study.runs import (
    CONVERGENCE_TOLERANCE,
    UNKNOWN,
    canonical_json,
    convergence_tolerance,
    short_hash,
)
from lr_study.tracking import (
    CELL_TAG,
    CURVES_TAG,
    DIVERGED_TAG,
    MAX_TAG_LENGTH,
    PROTOCOL_ID_TAG,
    PROTOCOL_TAG,
    VERSION_TAG,
)

# As for runs of lr-study, but without `epochs`: a run may grow, and a param cannot change.
_PARAMS = (
    "data",
    "backbone",
    "image_size",
    "engine",
    "optimizer",
    "batch_size",
    "val_fraction",
    "test_fraction",
)


@dataclass(frozen=True)
class ImportedRun:
    """A run to store.

    Attributes
    ----------
    read
        What was read of it.
    choice
        Its policy.
    protocol
        Every field of its protocol, ``unknown`` where it was not declared.
    seed
        Its seed, or None if that is not known.
    """

    read: ReadRun
    choice: Choice
    protocol: Mapping[str, Value]
    seed: int | None = None

    @property
    def name(self) -> str:
        """Its name in its source."""
        return self.read.name

    @property
    def curves(self) -> Curves:
        """Its curves."""
        return self.read.curves

    @property
    def source_id(self) -> str:
        """The identity of the training, wherever it is read from."""
        return self.read.source_id

    @property
    def seed_text(self) -> str:
        """The seed as it is logged."""
        return UNKNOWN if self.seed is None else str(self.seed)

    def params(self) -> dict[str, str]:
        """Return the params by name, as text."""
        parameters = self.choice.policy.texts() if self.choice.policy else {}
        values: dict[str, Value] = {"policy": self.choice.text, **parameters}
        values |= {"seed": self.seed_text}
        values |= {name: self.protocol[name] for name in _PARAMS}
        return {name: str(value) for name, value in values.items()}

    def metrics(self) -> dict[str, float]:
        """Return the metrics of the whole run by name."""
        size = self.protocol["val_size"]
        tolerance = convergence_tolerance(size) if isinstance(size, int) else CONVERGENCE_TOLERANCE
        metrics = self.curves.summarize(tolerance)
        seconds = self.curves.seconds_per_epoch()
        return metrics if seconds is None else {**metrics, "seconds_per_epoch": seconds}

    def tags(self) -> dict[str, str]:
        """Return the tags of a finished run.

        Its cell is that of a run of ours if its seed is known: two trainings of one seed count
        once. Otherwise its source distinguishes runs of one policy.
        """
        protocol = canonical_json(dict(self.protocol))
        cell: dict[str, object] = {
            "policy": self.choice.text,
            "protocol": short_hash(protocol),
            "seed": self.seed,
        }
        if self.seed is None:
            source = [self.read.source, self.name, self.source_id]
            cell |= {"seed": UNKNOWN, "source": source}
        tags = {
            PROTOCOL_TAG: protocol,
            PROTOCOL_ID_TAG: short_hash(protocol),
            CELL_TAG: short_hash(canonical_json(cell)),
            DIVERGED_TAG: str(self.curves.diverged).lower(),
            "lr_study.policy_from": self.choice.source,
            VERSION_TAG: lr_study.__version__,
            **self.read.tags,
        }
        if self.choice.reading:
            tags["lr_study.rates_logged"] = READINGS[self.choice.reading]
        if self.choice.stated:
            tags["lr_study.name_states"] = self.choice.stated
        curves = canonical_json(self.curves.lists())
        return tags if len(curves) > MAX_TAG_LENGTH else {**tags, CURVES_TAG: curves}
