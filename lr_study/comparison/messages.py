"""What a comparison says of runs, in sentences that a report can say in another language."""

from collections.abc import Mapping
from typing import Any

Catalog = Mapping[str, str]

ENGLISH: Catalog = {
    # why a run is not ranked
    "study": "a study: its children hold the figures",
    "superseded": "superseded: its cell was trained again on request",
    "status": "status {status}, not FINISHED",
    "epochs": "{trained} epochs where its protocol declares {declared}",
    "no value": "no {name} at epoch {epoch}",
    "rate": (
        "its learning rate leaves {policy} at epoch {epoch}: "
        "{rate:.6g} where the policy says {wanted:.6g}"
    ),
    "duplicate": "a duplicate: {run_id} finished the same cell earlier",
    "seed unknown": (
        "its seed is unknown, and other runs of its protocol have seeds to be paired by"
    ),
    "seed not common": "seed {seed} of {policy} is not ranked: the common seeds are {seeds}",
    "seeds lacking": "{policy} lacks some of the common seeds {seeds}",
    # warnings
    "no baseline": "the baseline {baseline} has no runs under protocol {protocol}",
    "diverged": "{policy} diverged in {diverged} of {runs} runs of protocol {protocol}",
    "apart": "runs of different protocols are ranked apart; they differ in {fields}",
    # notes
    "unpaired": "the seeds are unknown: runs are not paired, and nothing is decided",
    "word": (
        "that these runs can be compared rests on the word of who imported them: "
        "unknown are {fields}"
    ),
    "disagree": "the views disagree on the first: {first}",
    "uneven": (
        "equal work took {low:.2g} to {high:.2g} s an epoch: "
        "wall-clock time tells of the machine here, not of the policies"
    ),
    # how a number was found
    "single runs": "difference of single runs",
    "paired t": "paired t with Nadeau and Bengio's variance",
    "holm": "Holm, and a simultaneous interval, over {comparisons} comparisons",
    "t": "t over {seeds} seeds with Nadeau and Bengio's variance",
    "wilson validation": "Wilson, {size} validation pictures",
    "wilson test": "Wilson, {size} test pictures",
}


class Message(str):
    """A sentence in English that remembers what it was made of."""

    key: str
    values: Mapping[str, Any]

    def __new__(
        cls, text: str, key: str = "", values: Mapping[str, Any] | None = None
    ) -> "Message":
        """Make a sentence of its text, the key of `ENGLISH`, and what fills the blanks."""
        made = super().__new__(cls, text)
        made.key, made.values = key, values or {}
        return made


def message(key: str, **values: Any) -> Message:
    """Return a sentence of `ENGLISH`, its blanks filled.

    >>> message("no value", name="val_loss", epoch=7)
    'no val_loss at epoch 7'
    """
    return Message(ENGLISH[key].format(**values), key, values)


def translate(text: str, catalog: Catalog) -> str:
    """Say a sentence in the catalog of another language; a text that is not one of ours stands.

    >>> translate(message("no value", name="val_loss", epoch=7), {"no value": "нет {name}"})
    'нет val_loss'
    """
    if isinstance(text, Message) and text.key in catalog:
        return catalog[text.key].format(**text.values)
    return text
