"""Ranking of one protocol's policies: estimates, differences, verdicts, required sample sizes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from lr_study.comparison.choose_rule import choose_rule
from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.differences import known_size, test_config_for, tested_metrics
from lr_study.comparison.families import compare_families
from lr_study.comparison.inference import TestConfig
from lr_study.comparison.messages import message
from lr_study.comparison.metric_ranks import disagreement, rank, rank_by_metric, uneven_seconds
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.race_record import RaceRecord
from lr_study.comparison.results import (
    Difference,
    FamilyContrast,
    FamilyRow,
    ProtocolRanking,
    Row,
    first_of_each_family,
)
from lr_study.comparison.rule import Judgement, Rule
from lr_study.comparison.scope import depends_on_seed, scope_of
from lr_study.comparison.search_edges import find_edges, still_improves
from lr_study.comparison.stopped_rows import stopped_rows
from lr_study.policies import FAMILIES, family_of, policy_or_none
from lr_study.runs import UNKNOWN, metric_of

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


def rank_policies(
    protocol_id: str,
    paired: PairedScores,
    criteria: ComparisonCriteria,
    race: RaceRecord | None = None,
) -> ProtocolRanking:
    """Rank the policies of one protocol; the advice is left empty.

    A policy that diverged under any seed ranks after all that did not, and one that a race stopped
    after these.

    Parameters
    ----------
    race
        What a study that may end early decided about these runs.
    """
    rule, config = choose_rule(paired, criteria, race)
    paired = rule.paired
    ranks, order = _order(rule, criteria)
    judgement = _with_divergence(rule, rule.judge(order[0]), order[0])
    rows = _rows(rule, ranks, order, judgement, criteria)
    stopped = tuple(stopped_rows(paired, rows, criteria))
    fields = paired.protocol
    return ProtocolRanking(
        id=protocol_id,
        fields=fields,
        runs=len(paired.runs) + len(paired.stopped),
        margin=config.equivalence_margin,
        target=criteria.target,
        rows=(*rows, *stopped),
        families=_families(paired, rows, criteria.baseline),
        gains=_family_contrasts(paired.policies, rows, rule, tested_metrics(fields, criteria)),
        decisions=tuple(
            rule.needed(i, order[0]) for i in order if judgement.verdicts[i] == "undecided"
        ),
        seconds_per_seed=_known(paired.values("wall_clock_seconds").mean(axis=1).sum()),
        edges=find_edges([row.policy for row in (*rows, *stopped)], fields.get("epochs")),
        still_improving=_still_improving(paired, rows[0], criteria, config),
        notes=_notes(rule, rows, stopped, criteria),
        advice="",
        rule=rule.name,
        resampling=_resampling(fields.get("resampling", ""), fields.get("val_fraction")),
        folds=known_size(fields.get("folds")) or None,
        regret_bound=judgement.regret_bound,
        gain_corrected=judgement.gain_corrected,
        variance_shares=judgement.variance_shares,
        scope=scope_of(fields),
        level=rule.level,
    )


def _order(rule: Rule, criteria: ComparisonCriteria) -> tuple[Sequence[int], Sequence[int]]:
    """The rank of each policy, and the policies from the best on."""
    ranks = rank(
        np.asarray(rule.estimates, np.float64),
        np.asarray((rule.paired.values("diverged") > 0).any(axis=1)),
        higher_is_better=criteria.by.higher_is_better,
    )
    policies = rule.paired.policies
    # Of policies with the same rank the baseline comes first: there is no reason to leave it.
    order = sorted(
        range(len(ranks)),
        key=lambda i: (ranks[i], policies[i] != criteria.baseline, policies[i]),
    )
    return ranks, order


def _with_divergence(rule: Rule, judgement: Judgement, best: int) -> Judgement:
    """Correct the verdicts of policies that diverged, whose loss cannot be tested.

    One that diverged under every seed is worse; under some seeds, neither best nor tied.
    """
    corrected = list(judgement.verdicts)
    diverged = np.asarray(rule.paired.values("diverged") > 0)
    for i, under_seeds in enumerate(diverged):
        if under_seeds.all() and rule.decides and not diverged[best].any():
            corrected[i] = "worse"
        elif under_seeds.any() and corrected[i] in ("best", "tied"):
            corrected[i] = "undecided"
    return replace(judgement, verdicts=corrected)


def _rows(
    rule: Rule,
    ranks: Sequence[int],
    order: Sequence[int],
    judgement: Judgement,
    criteria: ComparisonCriteria,
) -> tuple[Row, ...]:
    """The rows of the ranking, best first."""
    paired, best = rule.paired, order[0]
    own = metric_of(paired.protocol)
    of_own = (own.column("final"), own.column("best"), f"{own.val}_roughness")
    shown = dict.fromkeys((*ROW_METRICS, *of_own))
    means = {name: paired.values(name).mean(axis=1) for name in shown}
    tested = tested_metrics(paired.protocol, criteria)
    diverged = np.asarray(paired.values("diverged") > 0)
    any_diverged = np.asarray(diverged.any(axis=1))
    by_metric = rank_by_metric(paired, any_diverged, criteria.baseline, criteria.target)
    epochs = by_metric.epochs_to_target

    def row(i: int) -> Row:
        interval, method = rule.interval(i)
        return Row(
            rank=ranks[i],
            policy=paired.policies[i],
            family=family_of(paired.policies[i]),
            runs=paired.counts[i],
            seeds=paired.seeds,
            estimate=_known(rule.estimates[i]),
            interval=interval,
            interval_method=method,
            metrics={name: _known(values[i]) for name, values in means.items()},
            vs_baseline=_from_baseline(rule, i, criteria.baseline, tested),
            vs_best=rule.difference(criteria.by.val, i, best),
            verdict=judgement.verdicts[i],
            diverged=int(diverged[i].sum()),
            ranks={name: ranks[i] for name, ranks in by_metric.ranks.items()},
            epochs_to_target=_finite(epochs[i]) if epochs else None,
            estimate_corrected=judgement.estimate_corrected if i == best else None,
            seed_share=judgement.seed_share[i],
        )

    return tuple(row(i) for i in order)


def _from_baseline(
    rule: Rule, policy: int, baseline: str, metrics: Sequence[str]
) -> dict[str, Difference] | None:
    if baseline not in rule.paired.policies:
        return None
    reference = rule.paired.policies.index(baseline)
    return {metric: rule.from_baseline(metric, policy, reference) for metric in metrics}


def _families(paired: PairedScores, rows: Sequence[Row], baseline: str) -> tuple[FamilyRow, ...]:
    """The families compared on the test set, whose size replaces that of the validation set."""
    test_size = paired.protocol.get("test_size")
    metric = f"test_{metric_of(paired.protocol).name}"
    config = test_config_for(metric, {**paired.protocol, "val_size": test_size}, 0.0)
    return compare_families(rows, paired, baseline, known_size(test_size), config)


def _family_contrasts(
    policies: Sequence[str], rows: Sequence[Row], rule: Rule, metrics: Sequence[str]
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
                metric: rule.difference(metric, policies.index(policy), policies.index(over))
                for metric in metrics
            },
        )
        for over, policy in combinations(selected, 2)
    )


def _still_improving(
    paired: PairedScores, best: Row, criteria: ComparisonCriteria, config: TestConfig
) -> bool | None:
    if "curves" not in paired.runs or best.diverged:
        return None
    runs = paired.runs[paired.runs["policy"] == best.policy]
    curves = [curves.get(criteria.by.val) or [None] for curves in runs["curves"]]
    return still_improves(
        np.array(curves, np.float64),
        config.equivalence_margin,
        higher_is_better=criteria.by.higher_is_better,
    )


def _notes(
    rule: Rule, rows: Sequence[Row], stopped: Sequence[Row], criteria: ComparisonCriteria
) -> tuple[str, ...]:
    """What a reader should know about the runs of this protocol."""
    paired = rule.paired
    unknown = sorted(name for name, value in paired.protocol.items() if value == UNKNOWN)
    names = rows[0].ranks
    notes = (
        *rule.notes,
        None
        if criteria.is_in_points or criteria.margin is not None
        else message("no margin", name=criteria.by.val),
        depends_on_seed(rows),
        message("stopped", policies="; ".join(row.policy for row in stopped)) if stopped else None,
        None if paired.seeds else message("unpaired"),
        message("assumed", fields=", ".join(unknown)) if unknown else None,
        disagreement(
            [row.policy for row in rows], {n: [row.ranks[n] for row in rows] for n in names}
        ),
        uneven_seconds(paired.values("seconds_per_epoch")),
    )
    return tuple(note for note in notes if note)


def _resampling(name: str, val_fraction: object) -> str | None:
    """How validation sets were drawn; protocols before folds do not name splits."""
    return name or (None if val_fraction == UNKNOWN else "splits")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
