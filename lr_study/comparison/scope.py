"""What the verdicts of a ranking apply to, and which of its intervals hold less well."""

from collections.abc import Mapping, Sequence
from typing import Any

from lr_study.comparison.advice_texts import MAX_NAMED
from lr_study.comparison.differences import known_size
from lr_study.comparison.messages import Message, message
from lr_study.comparison.results import Row

SEED_SHARE = 0.25
"""Share of the seeds in a variance above which intervals were found to hold 90 to 95 %.

See the unstable learners in docs/statistics.md: what a policy gains or loses by the images that it
is trained on is then not small, and cannot be estimated from one set of images.
"""


def scope_of(fields: Mapping[str, Any]) -> Message | None:
    """Return what verdicts under a protocol apply to; None if its training sets are unknown.

    >>> str(scope_of({"train_size": 800}))
    'Verdicts apply to training on 800 images from this source and classifying new images from it...
    >>> str(scope_of({"train_size": 800, "resampling": "given"}))
    'Verdicts apply to training on these 800 images and classifying these validation images: ...
    >>> scope_of({"train_size": "unknown"})
    """
    size = known_size(fields.get("train_size"))
    if not size:
        return None
    if fields.get("resampling") == "given":
        return message("scope of given", images=size)
    return message("scope of shares" if fields.get("stratified") else "scope", images=size)


def depends_on_seed(rows: Sequence[Row]) -> Message | None:
    """Return which policies differ from the best by an amount that depends on the seed."""
    unstable = [row.policy for row in rows if (row.seed_share or 0.0) > SEED_SHARE]
    if not unstable:
        return None
    more = f" (+{len(unstable) - MAX_NAMED})" if len(unstable) > MAX_NAMED else ""
    return message("depends on the seed", policies="; ".join(unstable[:MAX_NAMED]) + more)
