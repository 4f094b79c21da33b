"""Messages about runs and results: English text with a key, so that a report can translate it."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Catalog = Mapping[str, str]
T = TypeVar("T")

EXAMPLES: Catalog = {
    "classifying new images": "predicting new examples",
    "images": "examples",
    "image": "example",
}
"""Words for what runs of a model of one's own are trained on, by the words for images."""

ENGLISH: Catalog = {
    # why a run is not ranked
    "study": "Study run; see its child runs",
    "range test": "Range test; see its figure and its suggestions",
    "superseded": "Superseded: trained again on request",
    "status": "status {status}, not FINISHED",
    "edited": "tag {tag} does not match its policy, seed and protocol: one of them was edited",
    "value": "{name} is {value:.6g} at epoch {epoch}, which is not an accuracy from 0 to 1",
    "summary": "metric {name} is {value:.6g}, but its curve gives {expected:.6g}",
    "not an accuracy": "metric {name} is {value:.6g}, which is not an accuracy from 0 to 1",
    "epochs": "trained for {trained} epochs, but the protocol declares {declared}",
    "no value": "no {name} at epoch {epoch}",
    "rate": (
        "learning rate deviates from {policy} at epoch {epoch}: "
        "logged {rate:.6g}, expected {expected:.6g}"
    ),
    "images sized": (
        "{validated} of {images} images validated, which is not as its protocol divides them"
    ),
    "images tested": "image results of {tested} test images, but the protocol has {size}",
    "images right": (
        "{name} is {value:.6g}, but {right} of {images} images were right after the last epoch"
    ),
    "images lost": (
        "val_loss ends at {value:.6g}, but the log-loss of its images is {loss:.6g} on average"
    ),
    "no metric": "no {name}: its runs are ranked by another metric",
    "duplicate": ("Duplicate: same policy, seed and settings as {run_id}, which finished first"),
    "seed unknown": "unknown seed: it cannot be paired with the other runs of its protocol",
    "seed not common": "seed {seed} of {policy} is not ranked: the common seeds are {seeds}",
    "seeds missing": "{policy} has no run for some of the common seeds {seeds}",
    # warnings
    "no baseline": "the baseline {baseline} has no runs under protocol {protocol}",
    "diverged": "{policy} diverged in {diverged} of {runs} runs of protocol {protocol}",
    "other draws": "the same seed draws other random numbers: train the earlier runs again",
    "apart": "runs of different protocols are ranked separately; they differ in {fields}",
    # notes
    "unpaired": "Seeds are unknown: runs are not paired, and every verdict is undecided",
    "assumed": "Comparability is assumed, not verified: unknown {fields}",
    "disagree": "Metrics disagree on the winner: {first}",
    "uneven": (
        "Timing differences reflect the machine, not the policy: "
        "equal work took {low:.3g} to {high:.3g} s per epoch"
    ),
    "no margin": (
        "Without a margin no policy is tied: --margin takes the smallest difference of {name} that "
        "matters"
    ),
    "unused": "Seeds {seeds} do not complete a repetition of the {folds} folds and are not used",
    "not by images": "Runs are ranked by one score each, not image by image: {reason}",
    "depends on the seed": (
        "The difference from the best depends on the seed; its interval holds in 90 to 95 % of "
        "studies rather than 95 %: {policies}"
    ),
    "stopped": (
        "Stopped by the race: {policies}. Their means are over fewer seeds and biased low, because "
        "bad luck contributes to being stopped; do not compare them with those of the others"
    ),
    "ended": (
        "Ended after {seeds} of {planned} seeds, because the bound was reached; intervals, "
        "verdicts and the bound hold at 95 % over all interim analyses"
    ),
    # what verdicts apply to
    "scope": (
        "Verdicts apply to training on {images} images from this source and classifying new images "
        "from it; not to other sources, nor to other numbers of images"
    ),
    "scope of shares": (
        "Verdicts apply to training on {images} images from this source and classifying new images "
        "from it, at these class shares; not to other sources, nor to other numbers of images"
    ),
    "scope of given": (
        "Verdicts apply to training on these {images} images and classifying these validation "
        "images: what others would give was not measured"
    ),
    # how a number was computed
    "by folds": "which images each run classified correctly, on folds (rule folds)",
    "by splits": "one score per run (rule splits)",
    "per image": "differences on each image, with the variance between seeds",
    "max-t": "sign-flip max-T p-value and simultaneous interval over {comparisons} comparisons",
    "t of images": "t interval over {images} images and {seeds} seeds",
    "single runs": "difference of single runs",
    "paired t": "paired t with the Nadeau-Bengio variance",
    "holm": "Holm p-value and simultaneous interval over {comparisons} comparisons",
    "t": "t over {seeds} seeds with the Nadeau-Bengio variance",
    "wilson validation": "Wilson, {size} validation images",
    "wilson test": "Wilson, {size} test images",
}


class Message(str):
    """English text that keeps its key and values, for translation."""

    key: str
    values: Mapping[str, Any]

    def __new__(
        cls, text: str, key: str = "", values: Mapping[str, Any] | None = None
    ) -> "Message":
        """Store the text, its key in `ENGLISH`, and the values of its placeholders."""
        made = super().__new__(cls, text)
        made.key, made.values = key, values or {}
        return made


def message(key: str, **values: Any) -> Message:
    """Return the message `key` of `ENGLISH`, its placeholders filled with `values`.

    >>> message("no value", name="val_loss", epoch=7)
    'no val_loss at epoch 7'
    """
    return Message(ENGLISH[key].format(**values), key, values)


def translate(text: str, catalog: Catalog) -> str:
    """Translate a `Message` by a catalog; return any other text unchanged.

    >>> translate(message("no value", name="val_loss", epoch=7), {"no value": "нет {name}"})
    'нет val_loss'
    """
    if isinstance(text, Message) and text.key in catalog:
        return catalog[text.key].format(**text.values)
    return text


def of_examples(catalog: Catalog, words: Catalog = EXAMPLES) -> Catalog:
    """Return a catalog whose texts speak of examples; names in braces stay.

    >>> of_examples({"tested": "{images} test images"})
    {'tested': '{images} test examples'}
    """
    pattern = re.compile(rf"(?<!{{)\b({'|'.join(words)})\b(?!}})")
    return {key: pattern.sub(lambda found: words[found[0]], text) for key, text in catalog.items()}


def is_of_images(protocol: Mapping[str, Any]) -> bool:
    """Whether runs with these fields of a protocol are trained on images, as far as is known."""
    return "workload" not in protocol


def about_examples(value: T) -> T:
    """Return a value in whose parts every `Message` speaks of examples."""
    made: Any = value
    if isinstance(value, Message):
        if value.key in ENGLISH:
            made = Message(_OF_EXAMPLES[value.key].format(**value.values), value.key, value.values)
    elif is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        made = replace(value, **{name: about_examples(getattr(value, name)) for name in names})
    elif isinstance(value, tuple):
        made = tuple(map(about_examples, value))
    elif isinstance(value, dict):
        made = {name: about_examples(part) for name, part in value.items()}
    return made  # type: ignore[no-any-return]


_OF_EXAMPLES = of_examples(ENGLISH)
