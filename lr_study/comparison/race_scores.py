"""From runs read back from a store to the scores that decisions of a race are based on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lr_study.comparison.guards import duplicate_reasons, invalid_reasons
from lr_study.comparison.image_scores import ImageScores, Integers
from lr_study.comparison.paired_images import (
    class_of_each_image,
    fold_of_each_image,
    group_of_each_image,
)
from lr_study.runs import ImageResults
from lr_study.support import UsageError


@dataclass(frozen=True)
class RaceScores:
    """The results of each policy on each image, as far as its runs are there.

    Attributes
    ----------
    scores
        Right or wrong in the repetitions that some policy has; None before the first.
    available
        (policies,): how many whole repetitions each policy has, from the first one on.
    lacking
        (policies,): what the next repetition of each policy lacks, in words.
    """

    scores: ImageScores | None
    available: Integers
    lacking: tuple[str, ...]


def race_scores(
    runs: pd.DataFrame,
    policies: Sequence[str],
    rounds: Sequence[Sequence[int]],
    *,
    stratified: bool = False,
) -> RaceScores:
    """Return the scores of a study's policies from the runs of its protocol.

    A run counts if a ranking would take it. Under one seed all policies must have validated on the
    same images, and the seeds of a round on each image once; an image must have the same class and
    be similar to the same others in all runs. What does not fit is lacking.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`, of one protocol.
    policies
        In text form.
    rounds
        The seeds of each whole repetition, one per fold, in the order of the folds.
    stratified
        Whether each class was divided by itself. The scores then have the classes.
    """
    results = _results(runs)
    divisions = [_division(results, policies, seeds) for seeds in rounds]
    first = divisions[0] if divisions else None
    available = np.zeros(len(policies), np.int64)
    lacking = []
    for i, policy in enumerate(policies):
        why = ""
        for seeds, division in zip(rounds, divisions, strict=True):
            why = _lacking(results, policy, seeds, division, first)
            if why:
                break
            available[i] += 1
        lacking.append(why)
    repetitions = int(available.max(initial=0))
    known = [division for division in divisions[:repetitions] if division is not None]
    if not known or first is None:
        return RaceScores(None, available, tuple(lacking))
    _, classes, groups = first
    values = np.zeros((len(policies), repetitions, len(classes)))
    for i, policy in enumerate(policies):
        for r in range(available[i]):
            for seed in rounds[r]:
                found = results[policy, seed]
                if found is not None:  # always, in a repetition that is available
                    values[i, r, found.validated] = found.right
    scores = ImageScores(
        values,
        np.stack([fold for fold, _, _ in known]),
        len(rounds[0]),
        classes=classes if stratified else None,
        groups=groups,
    )
    return RaceScores(scores, available, tuple(lacking))


def _results(runs: pd.DataFrame) -> dict[tuple[str, int], ImageResults | None]:
    """The results of the runs that a ranking would take, by policy and seed."""
    valid = runs[runs["excluded"].isna()]
    for reasons_of in (invalid_reasons, duplicate_reasons):
        valid = valid[reasons_of(valid).isna()]
    columns = (valid[name] for name in ("policy", "seed", "image_results"))
    return {
        (policy, seed): found if isinstance(found, ImageResults) else None
        for policy, seed, found in zip(*columns, strict=True)
    }


def _division(
    results: Mapping[tuple[str, int], ImageResults | None],
    policies: Sequence[str],
    seeds: Sequence[int],
) -> tuple[Integers, Integers, Integers] | None:
    """The fold, class and group of each image, by the first run of each seed that has results.

    None if a seed has no such run, or if the seeds do not validate each image once.
    """
    of_seeds = []
    for seed in seeds:
        known = (results.get((policy, seed)) for policy in policies)
        found = next((each for each in known if each is not None), None)
        if found is None:
            return None
        of_seeds.append(found)
    try:
        fold: Integers = fold_of_each_image(of_seeds, len(seeds))[0]
    except UsageError:
        return None
    images = len(fold)
    return fold, class_of_each_image(of_seeds, images), group_of_each_image(of_seeds, images)


def _lacking(
    results: Mapping[tuple[str, int], ImageResults | None],
    policy: str,
    seeds: Sequence[int],
    division: tuple[Integers, Integers, Integers] | None,
    first: tuple[Integers, Integers, Integers] | None,
) -> str:
    """Say what a policy lacks of a repetition; nothing if it is whole.

    Classes and groups are to be those of the ``first`` repetition.
    """
    for f, seed in enumerate(seeds):
        if (policy, seed) not in results:
            return f"no finished run of {policy} under seed {seed}"
        found = results[policy, seed]
        if found is None:
            return f"no results per image in the run of {policy} under seed {seed}"
        if division is None or first is None:
            continue
        _, classes, groups = first
        if not np.array_equal(np.flatnonzero(division[0] == f), found.validated):
            return f"other images validated in the run of {policy} under seed {seed}"
        if not np.array_equal(classes[found.validated], found.classes):
            return f"images have other classes in the run of {policy} under seed {seed}"
        if not np.array_equal(groups[found.validated], found.groups):
            return f"other images are similar in the run of {policy} under seed {seed}"
    shown = ", ".join(map(str, seeds))
    return "" if division is not None else f"seeds {shown} do not validate each image once"
