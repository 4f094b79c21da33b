"""Whether suggested rates are good: full runs at each, and at rates around it, ranked together."""

from collections.abc import Mapping
from dataclasses import dataclass

from lr_study.comparison.range_test import RangeTest
from lr_study.comparison.results import Difference, ProtocolRanking, Row
from lr_study.policies import Policy

TOP_GROUP = ("best", "tied", "undecided")
"""Verdicts of the policies that may be the best; `undecided` is lack of evidence, not a proof."""


@dataclass(frozen=True)
class CheckedSuggestion:
    """How the full runs at a suggested rate rank among those at all candidates.

    Attributes
    ----------
    rule, rate
        The suggestion.
    policy
        What was trained at it.
    rank, verdict, vs_best
        As in the ranking.
    neighbours
        The verdict of the policy at each of the other rates to train, by rate.
    """

    rule: str
    rate: float
    policy: str
    rank: int
    verdict: str
    vs_best: Difference | None
    neighbours: Mapping[float, str]

    @property
    def in_top_group(self) -> bool:
        """Whether the suggestion may be the best of the candidates."""
        return self.verdict in TOP_GROUP


@dataclass(frozen=True)
class SuggestionCheck:
    """The ranking of all candidates, and what it says about each suggestion.

    Attributes
    ----------
    best_rate
        The learning rate of the policy that ranks first.
    at_edge
        ``lowest`` or ``highest`` if that is the lowest or highest rate that was trained, so that a
        still better one may lie beyond; else None.
    """

    ranking: ProtocolRanking
    suggestions: tuple[CheckedSuggestion, ...]
    best_rate: float
    at_edge: str | None

    @property
    def top_group(self) -> tuple[str, ...]:
        """The policies that may be the best."""
        return tuple(row.policy for row in self.ranking.rows if row.verdict in TOP_GROUP)


def check_suggestions(test: RangeTest, policy: Policy, ranking: ProtocolRanking) -> SuggestionCheck:
    """Return what a ranking of the policies at all rates to train says about the suggestions.

    Parameters
    ----------
    policy
        What was trained at each of the rates.
    ranking
        Of exactly the policies that `RangeTest.policies` returns.
    """
    rows = {row.policy: row for row in ranking.rows}

    def row_at(rate: float) -> Row:
        return rows[str(policy.with_learning_rate(rate))]

    checked = []
    for suggestion in test.suggestions:
        if suggestion.rate is None:
            continue
        row = row_at(suggestion.rate)
        checked.append(
            CheckedSuggestion(
                rule=suggestion.rule,
                rate=suggestion.rate,
                policy=row.policy,
                rank=row.rank,
                verdict=row.verdict,
                vs_best=row.vs_best,
                neighbours={
                    rate: row_at(rate).verdict
                    for rate in suggestion.around()
                    if rate != suggestion.rate
                },
            )
        )
    rates = {str(p): p.learning_rate for p in test.policies(policy)}
    best = rates[ranking.rows[0].policy]
    edges = {min(rates.values()): "lowest", max(rates.values()): "highest"}
    return SuggestionCheck(ranking, tuple(checked), best, edges.get(best))
