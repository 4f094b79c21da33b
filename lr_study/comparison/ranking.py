"""Ranking of one protocol's policies: estimates, differences, verdicts, required sample sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.differences import (
    compare_all_pairs,
    compare_with_baseline,
    difference_at,
    known_size,
    test_config_for,
)
from lr_study.comparison.families import compare_families
from lr_study.comparison.inference import (
    AllPairs,
    Differences,
    TestConfig,
    assign_verdicts,
    mean_interval,
    required_data_factor,
    required_seeds,
    wilson_interval,
)
from lr_study.comparison.messages import message
from lr_study.comparison.metric_ranks import disagreement, rank, rank_by_metric, uneven_seconds
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import (
    FamilyContrast,
    FamilyRow,
    Interval,
    ProtocolRanking,
    Row,
    SampleSize,
    first_of_each_family,
)
from lr_study.comparison.search_edges import find_edges, still_improves
from lr_study.policies import FAMILIES, family_of, policy_or_none
from lr_study.runs import UNKNOWN

ROW_METRICS = (
    "final_val_accuracy",
    "best_val_accuracy",
    "final_val_loss",
    "best_val_loss",
    "convergence_epoch",
    "val_accuracy_roughness",
    "val_loss_rise",
    "seconds_per_epoch",
)


@dataclass(frozen=True)
class _Standings:
    """Ranks and verdicts by the ranking metric, in the order of `PairedScores.policies`.

    ``diverged`` is (policies, seeds). ``order`` holds the indices of the policies, best first.
    """

    diverged: NDArray[np.bool_]
    ranks: Sequence[int]
    order: Sequence[int]
    vs_best: Differences
    verdicts: Sequence[str]


def rank_policies(
    protocol_id: str, paired: PairedScores, criteria: ComparisonCriteria
) -> ProtocolRanking:
    """Rank the policies of one protocol; the advice is left empty.

    A policy that diverged under any seed ranks after all that did not.
    """
    config = test_config_for(criteria.metric, paired.protocol, criteria.margin)
    pairs = compare_all_pairs(paired, criteria)
    standings = _standings(paired, pairs[criteria.metric], criteria, config)
    rows = _rows(paired, pairs, standings, criteria, config)
    return ProtocolRanking(
        id=protocol_id,
        fields=paired.protocol,
        runs=len(paired.runs),
        margin=config.equivalence_margin,
        target=criteria.target,
        rows=rows,
        families=_families(paired, rows, criteria.baseline),
        gains=_family_contrasts(paired.policies, rows, pairs),
        decisions=_sample_sizes(paired.policies, standings, config),
        seconds_per_seed=_known(paired.values("wall_clock_seconds").mean(axis=1).sum()),
        edges=find_edges([row.policy for row in rows], paired.protocol.get("epochs")),
        still_improving=_still_improving(paired, rows[0], criteria, config),
        notes=_notes(paired, rows),
        advice="",
    )


def _standings(
    paired: PairedScores, tested: AllPairs, criteria: ComparisonCriteria, config: TestConfig
) -> _Standings:
    diverged = np.asarray(paired.values("diverged") > 0)
    ranks = rank(
        tested.scores.mean(axis=1),
        np.asarray(diverged.any(axis=1)),
        higher_is_better=criteria.higher_is_better,
    )
    # Of policies with the same rank the baseline comes first: there is no reason to leave it.
    order = sorted(
        range(len(ranks)),
        key=lambda i: (ranks[i], paired.policies[i] != criteria.baseline, paired.policies[i]),
    )
    vs_best = tested.versus(order[0])
    verdicts = assign_verdicts(vs_best, config, higher_is_better=criteria.higher_is_better)
    return _Standings(
        diverged, ranks, order, vs_best, _with_divergence(verdicts, vs_best, diverged)
    )


def _with_divergence(
    verdicts: Sequence[str], vs_best: Differences, diverged: NDArray[np.bool_]
) -> list[str]:
    """Correct the verdicts of policies that diverged, whose loss cannot be tested.

    One that diverged under every seed is worse; under some seeds, neither best nor tied.
    """
    corrected = list(verdicts)
    best_diverged = diverged[vs_best.reference].any()
    for i, under_seeds in enumerate(diverged):
        if under_seeds.all() and vs_best.seeds > 1 and not best_diverged:
            corrected[i] = "worse"
        elif under_seeds.any() and corrected[i] in ("best", "tied"):
            corrected[i] = "undecided"
    return corrected


def _rows(
    paired: PairedScores,
    pairs: Mapping[str, AllPairs],
    standings: _Standings,
    criteria: ComparisonCriteria,
    config: TestConfig,
) -> tuple[Row, ...]:
    """The rows of the ranking, best first."""
    scores = pairs[criteria.metric].scores
    size = known_size(paired.protocol.get("val_size"))
    means = {name: paired.values(name).mean(axis=1) for name in ROW_METRICS}
    vs_baseline = compare_with_baseline(paired, pairs, criteria.baseline)
    any_diverged = np.asarray(standings.diverged.any(axis=1))
    by_metric = rank_by_metric(paired, any_diverged, criteria.baseline, criteria.target)
    epochs = by_metric.epochs_to_target

    def row(i: int) -> Row:
        interval, method = _own_interval(scores[i], criteria.metric, size, config)
        return Row(
            rank=standings.ranks[i],
            policy=paired.policies[i],
            family=family_of(paired.policies[i]),
            runs=paired.counts[i],
            seeds=paired.seeds,
            estimate=_known(scores[i].mean()),
            interval=interval,
            interval_method=method,
            metrics={name: _known(values[i]) for name, values in means.items()},
            vs_baseline={name: difference_at(d, i) for name, d in vs_baseline.items()} or None,
            vs_best=difference_at(standings.vs_best, i),
            verdict=standings.verdicts[i],
            diverged=int(standings.diverged[i].sum()),
            ranks={name: ranks[i] for name, ranks in by_metric.ranks.items()},
            epochs_to_target=_finite(epochs[i]) if epochs else None,
        )

    return tuple(row(i) for i in standings.order)


def _own_interval(
    scores: NDArray[np.float64], metric: str, val_size: int, config: TestConfig
) -> tuple[Interval | None, str | None]:
    """The interval of one policy's mean score, and its method.

    With several seeds, a t interval over ``scores``, (seeds,). With one, that of an accuracy by
    sampling ``val_size`` images; 0 is an unknown size.
    """
    is_accuracy = metric.endswith("accuracy")
    if np.isnan(scores).any():
        return None, None
    if len(scores) > 1:
        low, high = mean_interval(scores, config)
        if is_accuracy:
            low, high = max(low, 0.0), min(high, 1.0)
        return (low, high), message("t", seeds=len(scores))
    if is_accuracy and val_size:
        method = message("wilson validation", size=val_size)
        return wilson_interval(float(scores[0]), val_size), method
    return None, None


def _families(paired: PairedScores, rows: Sequence[Row], baseline: str) -> tuple[FamilyRow, ...]:
    """The families compared on the test set, whose size replaces that of the validation set."""
    test_size = paired.protocol.get("test_size")
    config = test_config_for("test_accuracy", {**paired.protocol, "val_size": test_size}, 0.0)
    return compare_families(rows, paired, baseline, known_size(test_size), config)


def _family_contrasts(
    policies: Sequence[str], rows: Sequence[Row], pairs: Mapping[str, AllPairs]
) -> tuple[FamilyContrast, ...]:
    """The best policy of each family versus that of each earlier family.

    Families are in the order of `FAMILIES`; compositions and own functions follow, best first.
    """
    best = {family: row.policy for family, row in first_of_each_family(rows).items()}
    ordered = [*(family for family in FAMILIES if family in best), *best]
    selected = [best[family] for family in dict.fromkeys(ordered) if policy_or_none(best[family])]
    return tuple(
        FamilyContrast(
            policy,
            over,
            {
                name: difference_at(tested.versus(policies.index(over)), policies.index(policy))
                for name, tested in pairs.items()
            },
        )
        for over, policy in combinations(selected, 2)
    )


def _sample_sizes(
    policies: Sequence[str], standings: _Standings, config: TestConfig
) -> tuple[SampleSize, ...]:
    """The seeds or images needed for each undecided policy, best first."""
    return tuple(
        _sample_size(policies[i], i, standings.vs_best, config)
        for i in standings.order
        if standings.verdicts[i] == "undecided"
    )


def _sample_size(policy: str, i: int, vs_best: Differences, config: TestConfig) -> SampleSize:
    mean, std_diff = float(vs_best.mean[i]), float(vs_best.std_diff[i])
    if np.isnan(mean) or np.isnan(std_diff):
        return SampleSize(policy, None, None)
    seeds = required_seeds(mean, std_diff, vs_best.comparisons, config)
    if seeds is not None:
        return SampleSize(policy, seeds, None)
    factor = required_data_factor(mean, float(vs_best.margin_of_error[i]), config)
    return SampleSize(policy, None, _finite(factor))


def _still_improving(
    paired: PairedScores, best: Row, criteria: ComparisonCriteria, config: TestConfig
) -> bool | None:
    if "curves" not in paired.runs or best.diverged:
        return None
    runs = paired.runs[paired.runs["policy"] == best.policy]
    curves = [curves.get(criteria.metric) or [None] for curves in runs["curves"]]
    return still_improves(
        np.array(curves, np.float64),
        config.equivalence_margin,
        higher_is_better=criteria.higher_is_better,
    )


def _notes(paired: PairedScores, rows: Sequence[Row]) -> tuple[str, ...]:
    """What a reader should know about the runs of this protocol."""
    unknown = sorted(name for name, value in paired.protocol.items() if value == UNKNOWN)
    names = rows[0].ranks
    notes = (
        None if paired.seeds else message("unpaired"),
        message("assumed", fields=", ".join(unknown)) if unknown else None,
        disagreement(
            [row.policy for row in rows], {n: [row.ranks[n] for row in rows] for n in names}
        ),
        uneven_seconds(paired.values("seconds_per_epoch")),
    )
    return tuple(note for note in notes if note)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
