"""Which rule judges the runs of a protocol: by images where these are known, else by scores."""

import numpy as np

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.differences import known_size, test_config_for
from lr_study.comparison.fold_rule import FoldRule, UnfinishedRepetition
from lr_study.comparison.inference import LEVEL, TestConfig
from lr_study.comparison.messages import message
from lr_study.comparison.paired_images import COLUMN, IMAGE_METRICS, has_image_results
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.race_record import RaceRecord
from lr_study.comparison.rule import Rule
from lr_study.comparison.split_rule import SplitRule
from lr_study.runs import whole_repetitions
from lr_study.support import UsageError


def choose_rule(
    paired: PairedScores, criteria: ComparisonCriteria, race: RaceRecord | None = None
) -> tuple[Rule, TestConfig]:
    """Return the rule for these runs, and how it tests the ranking metric.

    The rule of folds needs runs on folds with per-image results of their last epoch; it ranks by a
    mean over images, and uses whole repetitions alone. Any other runs are judged by their scores.

    Parameters
    ----------
    race
        What a study that may end early decided about these runs. Where its last interim analysis
        was of just these repetitions, verdicts by folds have the error rate of that analysis, so
        that they hold at 5 % over all of them.
    """
    fields = paired.protocol
    metric, margin = criteria.by.val, criteria.margin_in_units
    config = test_config_for(metric, fields, margin)
    folds = known_size(fields.get("folds"))
    diverged = np.asarray(paired.values("diverged") > 0).any(axis=1)
    if (
        fields.get("resampling") != "folds"
        or folds < 2
        or criteria.at != "final"
        or metric not in IMAGE_METRICS
        or diverged.all()
        or not has_image_results(paired.select(np.flatnonzero(~diverged).tolist()))
    ):
        return SplitRule(paired, criteria, config), config
    seeds = whole_repetitions(paired.seeds, folds)
    if not seeds:
        return UnfinishedRepetition(paired, criteria, config), config
    unused = [str(seed) for seed in paired.seeds if seed not in seeds]
    notes = [message("unused", seeds=", ".join(unused), folds=folds)] if unused else []
    level = LEVEL
    if race is not None and race.repetitions == len(seeds) // folds:
        level = race.level
        if race.ended:
            planned = race.folds * race.planned
            notes.append(message("ended", seeds=len(seeds), planned=planned))
    used = paired.under(seeds)
    images = used.select([int(np.argmin(diverged))]).runs[COLUMN].iloc[0].images
    by_images = test_config_for(metric, {**fields, "val_size": images}, margin)
    try:
        return FoldRule(used, folds, criteria, by_images, notes, level), by_images
    except UsageError as error:
        note = message("not by images", reason=str(error))
        return SplitRule(paired, criteria, config, [note]), config
