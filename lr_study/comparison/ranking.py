"""One protocol's runs ranked: estimates, differences with what they allow to say, verdicts."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.families import compare_families
from lr_study.comparison.inference import (
    AllPairs,
    Differences,
    TestConfig,
    all_pairs,
    assign_verdicts,
    many_to_one,
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
    Interval,
    ProtocolRanking,
    Row,
    SampleSize,
    first_of_each_family,
)
from lr_study.policies import FAMILIES
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


def rank_policies(
    protocol_id: str, paired: PairedScores, criteria: ComparisonCriteria
) -> ProtocolRanking:
    """Rank the policies of one protocol.

    A policy that diverged under any seed comes after all that did not, whatever its figures.
    """
    fields = paired.protocol
    config = test_config_for(criteria.metric, fields, criteria.margin)
    diverged = np.asarray(paired.values("diverged") > 0)
    any_diverged = np.asarray(diverged.any(axis=1))
    pairs = _all_pairs(paired, criteria)
    scores = pairs[criteria.metric].scores
    places = rank(scores.mean(axis=1), any_diverged, higher_is_better=criteria.higher_is_better)
    # Among equals the baseline stands first: nothing is gained by leaving it.
    order = sorted(
        range(len(places)),
        key=lambda i: (places[i], paired.policies[i] != criteria.baseline, paired.policies[i]),
    )
    to_best = pairs[criteria.metric].versus(order[0])
    to_baseline = _from_baseline(paired, pairs, criteria.baseline)
    verdicts = _verdicts(to_best, diverged, config, higher_is_better=criteria.higher_is_better)
    views = rank_by_metric(paired, any_diverged, criteria.baseline, criteria.target)
    means = {name: paired.values(name).mean(axis=1) for name in ROW_METRICS}
    rows = tuple(
        Row(
            rank=places[i],
            policy=paired.policies[i],
            family=paired.policies[i].partition(":")[0],
            runs=paired.counts[i],
            seeds=paired.seeds,
            estimate=_known(scores[i].mean()),
            **_own_interval(scores[i], criteria.metric, fields, config),
            metrics={name: _known(values[i]) for name, values in means.items()},
            vs_baseline={name: found.at(i) for name, found in to_baseline.items()} or None,
            vs_best=to_best.at(i),
            verdict=verdicts[i],
            diverged=int(diverged[i].sum()),
            ranks={name: ranks[i] for name, ranks in views.ranks.items()},
            epochs_to_target=_finite(views.epochs_to_target[i]) if views.epochs_to_target else None,
        )
        for i in order
    )
    return ProtocolRanking(
        id=protocol_id,
        fields=fields,
        runs=len(paired.runs),
        margin=config.equivalence_margin,
        target=criteria.target,
        rows=rows,
        families=compare_families(
            rows,
            paired,
            criteria.baseline,
            _whole(fields.get("test_size")),
            test_config_for("test_accuracy", {**fields, "val_size": fields.get("test_size")}, 0.0),
        ),
        gains=_gains(paired.policies, rows, pairs),
        decisions=tuple(
            _decision(paired.policies[i], i, to_best, config)
            for i in order
            if verdicts[i] == "undecided"
        ),
        seconds_per_seed=_known(paired.values("wall_clock_seconds").mean(axis=1).sum()),
        notes=_notes(paired, rows),
        advice="",
    )


def test_config_for(metric: str, fields: Mapping[str, Any], margin_points: float) -> TestConfig:
    """Return the config for a metric: an accuracy is never known better than to one picture."""
    size, train = _whole(fields.get("val_size")), _whole(fields.get("train_size"))
    picture = 1 / size if size and metric.endswith("accuracy") else 0.0
    epoch = 1.0 if metric == "convergence_epoch" else 0.0
    return TestConfig(
        test_train_ratio=size / train if train else 0.0,
        min_std=max(picture, epoch),
        equivalence_margin=max(margin_points / 100, picture),
    )


def _all_pairs(paired: PairedScores, criteria: ComparisonCriteria) -> dict[str, AllPairs]:
    """All policies compared in accuracy, loss and epochs, each by its own config."""
    columns = {
        "val_accuracy": f"{criteria.at}_val_accuracy",
        "val_loss": f"{criteria.at}_val_loss",
        "convergence_epoch": "convergence_epoch",
    }
    return {
        name: all_pairs(paired.values(column), test_config_for(name, paired.protocol, 0.0))
        for name, column in columns.items()
    }


def _from_baseline(
    paired: PairedScores, pairs: Mapping[str, AllPairs], baseline: str
) -> dict[str, Differences]:
    """The differences from the baseline, which was named beforehand; none if it has no runs."""
    if baseline not in paired.policies:
        return {}
    reference = paired.policies.index(baseline)
    return {name: many_to_one(all_.scores, reference, all_.config) for name, all_ in pairs.items()}


def _gains(
    policies: Sequence[str], rows: Sequence[Row], pairs: Mapping[str, AllPairs]
) -> tuple[FamilyContrast, ...]:
    """The best of each family over that of each family that comes earlier in `FAMILIES`."""
    best = first_of_each_family(rows)
    chosen = [best[family].policy for family in FAMILIES if family in best]
    return tuple(
        FamilyContrast(
            policy,
            over,
            {
                name: all_.versus(policies.index(over)).at(policies.index(policy))
                for name, all_ in pairs.items()
            },
        )
        for over, policy in combinations(chosen, 2)
    )


def _verdicts(
    compared: Differences,
    diverged: NDArray[np.bool_],
    config: TestConfig,
    *,
    higher_is_better: bool,
) -> list[str]:
    """The verdicts; a policy that diverged under every seed is worse: it has no loss to test."""
    verdicts = assign_verdicts(compared, config, higher_is_better=higher_is_better)
    best_diverged = diverged[compared.reference].any()
    for i, under_seeds in enumerate(diverged):
        if under_seeds.all() and compared.seeds > 1 and not best_diverged:
            verdicts[i] = "worse"
        elif under_seeds.any() and verdicts[i] in ("best", "tied"):
            verdicts[i] = "undecided"
    return verdicts


def _decision(policy: str, i: int, compared: Differences, config: TestConfig) -> SampleSize:
    mean, std_diff = float(compared.mean[i]), float(compared.std_diff[i])
    if np.isnan(mean) or np.isnan(std_diff):
        return SampleSize(policy, None, None)
    seeds = required_seeds(mean, std_diff, compared.comparisons, config)
    if seeds is not None:
        return SampleSize(policy, seeds, None)
    pictures = required_data_factor(mean, float(compared.margin_of_error[i]), config)
    return SampleSize(policy, None, _finite(pictures))


def _own_interval(
    scores: NDArray[np.float64], metric: str, fields: Mapping[str, Any], config: TestConfig
) -> dict[str, Any]:
    """The interval of a policy alone: over seeds, or of a single run by sampling pictures."""
    interval: Interval | None = None
    method: str | None = None
    size = _whole(fields.get("val_size"))
    accuracy = metric.endswith("accuracy")
    if np.isnan(scores).any():
        pass
    elif len(scores) > 1:
        low, high = mean_interval(scores, config)
        interval = (max(low, 0.0), min(high, 1.0)) if accuracy else (low, high)
        method = message("t", seeds=len(scores))
    elif accuracy and size:
        interval = wilson_interval(float(scores[0]), size)
        method = message("wilson validation", size=size)
    return {"interval": interval, "interval_method": method}


def _notes(paired: PairedScores, rows: tuple[Row, ...]) -> tuple[str, ...]:
    notes: list[str] = []
    if not paired.seeds:
        notes.append(message("unpaired"))
    unknown = sorted(name for name, value in paired.protocol.items() if value == UNKNOWN)
    if unknown:
        notes.append(message("word", fields=", ".join(unknown)))
    names = rows[0].ranks
    disagree = disagreement(
        [row.policy for row in rows], {name: [row.ranks[name] for row in rows] for name in names}
    )
    notes += [
        note for note in (disagree, uneven_seconds(paired.values("seconds_per_epoch"))) if note
    ]
    return tuple(notes)


def _whole(value: Any) -> int:
    """A size of the protocol; 0 where it is not known."""
    return value if isinstance(value, int) else 0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
