"""The rules that the calibration compares, behind one interface, and what each says of a study.

`old_rule` sees one accuracy a run: `lr_study.comparison.inference`, for ``--resampling splits``.
`new_rule` sees which images were right: `lr_study.comparison.fold_inference`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from calibration_studies import FOLDS, Study
from numpy.typing import NDArray

from lr_study.comparison.fold_inference import infer
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.inference import (
    LEVEL,
    TestConfig,
    all_pairs,
    assign_verdicts,
)

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Judgement:
    """What a rule says of the policies of a study.

    ``difference`` and ``half_width`` are (policies, policies): mean i less mean j, and the half of
    its simultaneous interval. ``outside`` marks policies that differ significantly from the best,
    by however little. ``regret_bound`` is None for a rule that has none.
    """

    best: int
    difference: Floats
    half_width: Floats
    outside: Mask
    verdicts: list[str]
    regret_bound: float | None


@dataclass(frozen=True)
class Setting:
    """How a rule is used: the margin of its verdicts, and the draws of a p-value."""

    margin: float = 0.005
    draws: int = 2000


Rule = Callable[[Study, int, Setting, np.random.Generator], Judgement]


def old_rule(study: Study, seeds: int, setting: Setting, rng: np.random.Generator) -> Judgement:
    """Nadeau and Bengio's variance, t with n - 1 degrees of freedom, Holm over all pairs."""
    images = _image_scores(study, seeds)
    scores = images.seed_means.reshape(images.policies, seeds)
    config = TestConfig(1 / (FOLDS - 1), FOLDS / images.images, setting.margin)
    pairs = all_pairs(scores, config)
    versus = [pairs.versus(reference) for reference in range(images.policies)]
    best = int(scores.mean(axis=1).argmax())
    return Judgement(
        best=best,
        difference=np.stack([each.mean for each in versus], axis=1),
        half_width=np.stack([each.margin_of_error for each in versus], axis=1),
        outside=versus[best].p_value < LEVEL,
        verdicts=assign_verdicts(versus[best], config, higher_is_better=True),
        regret_bound=None,
    )


def new_rule(study: Study, seeds: int, setting: Setting, rng: np.random.Generator) -> Judgement:
    """Images and seeds as the two sources of variance, sign flips, a confidence set."""
    scores = _image_scores(study, seeds)
    found = infer(scores, rng, margin=setting.margin, draws=setting.draws)
    return Judgement(
        best=found.best,
        difference=found.variances.difference,
        half_width=found.margin_of_error,
        outside=~found.in_set,
        verdicts=found.verdicts(),
        regret_bound=found.regret_bound,
    )


def _image_scores(study: Study, seeds: int) -> ImageScores:
    repetitions = seeds // FOLDS
    right, fold = study.right[:, :repetitions], study.fold[:repetitions]
    return ImageScores(right, fold, FOLDS, groups=study.groups)


RULES: dict[str, Rule] = {"old": old_rule, "new": new_rule}
