"""Simulated studies that may end early: false alarms of the race, the bound, and what is saved.

A policy is right on an image where the sum of five effects is above 0: the image's ease, the
policy's strength, how well the two suit each other in every training, the seed and noise. So true
accuracies are known.

    python benchmarks/race.py [STUDIES]
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from lr_study.comparison import ImageScores, InterimAnalysis, decide, infer

FOLDS = 5
DRAWS = 4_000
EASE, SPREAD, LASTING, NOISE = 1.5, 1.2, 0.3, 1.5
"""Mean and standard deviations of what an image's answer is made of."""


@dataclass(frozen=True)
class Case:
    """Policies of given strengths; ``permuted`` exchanges their names within each seed."""

    name: str
    strengths: tuple[float, ...]
    repetitions: int
    of_seeds: float
    images: int = 400
    permuted: bool = False

    @property
    def accuracies(self) -> np.ndarray:
        """The true accuracies, over new images and seeds."""
        deviation = np.sqrt(SPREAD**2 + LASTING**2 + self.of_seeds**2 + NOISE**2)
        found = norm.cdf((EASE + np.array(self.strengths)) / deviation)
        return np.full(len(found), found.mean()) if self.permuted else found

    def study(self, rng: np.random.Generator) -> ImageScores:
        """One study, with images of its own."""
        policies, images = len(self.strengths), self.images
        ease = rng.normal(EASE, SPREAD, images)
        lasting = rng.normal(0, LASTING, (policies, images))
        values = np.empty((policies, self.repetitions, images))
        fold = np.stack([rng.permutation(images) % FOLDS for _ in range(self.repetitions)])
        for r, row in enumerate(fold):
            seeds = self.of_seeds * rng.standard_normal((policies, FOLDS))
            noise = rng.normal(0, NOISE, (policies, images))
            level = np.array(self.strengths)[:, None] + ease + lasting + noise + seeds[:, row]
            values[:, r] = level > 0
            if self.permuted:
                for f in range(FOLDS):
                    of_fold = values[:, r, row == f]
                    values[:, r, row == f] = of_fold[rng.permutation(policies)]
        return ImageScores(values, fold, FOLDS)


CASES = (
    Case("equal, stable, 6 policies", (0,) * 6, 4, 0.02),
    Case("equal, stable, 18 policies", (0,) * 18, 2, 0.02),
    Case("equal, unstable, 6 policies", (0,) * 6, 4, 0.4),
    Case("equal, unstable, 6 policies", (0,) * 6, 2, 0.4),
    Case("names permuted, 6 policies", (0, 0, -0.2, -0.4, -1, -2), 4, 0.3, permuted=True),
    Case("3 equal, 3 worse", (0, 0, 0, -0.1, -0.3, -1), 4, 0.05, 1000),
    Case("18, most near-ties", (0,) * 4 + tuple(-0.02 * i for i in range(14)), 4, 0.05, 1000),
)


def measure(
    case: Case, studies: int, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """Return shares of studies: a best policy dropped; runs trained; bounds held; bound early."""
    truth = case.accuracies
    best = truth >= truth.max() - 1e-12
    alarms = trained = held = ended = 0.0
    bounds = np.random.default_rng(0)

    def bound(scores: ImageScores, level: float) -> float:
        return infer(scores, bounds, margin=0.0, level=level, draws=2_000).regret_bound

    for _ in range(studies):
        scores = case.study(rng)
        planned = case.repetitions
        everything = [planned] * scores.policies
        found = decide(scores, everything, planned, race=True, bound=bound, draws=DRAWS)
        alarms += any(best[i] for analysis in found.analyses for i in analysis.dropped)
        trained += (
            np.mean([found.stopped.get(i, planned) for i in range(scores.policies)]) / planned
        )
        held += all(
            truth.max() - truth[leader(scores, analysis)] <= analysis.regret_bound
            for analysis in found.analyses
        )
        ended += any(
            analysis.regret_bound <= 0.01 and analysis.repetitions < planned
            for analysis in found.analyses
        )
    return alarms / studies, trained / studies, held / studies, ended / studies


def leader(scores: ImageScores, analysis: InterimAnalysis) -> int:
    """The remaining policy with the best mean."""
    means = scores.first(analysis.repetitions).means[list(analysis.remaining)]
    return analysis.remaining[int(means.argmax())]


if __name__ == "__main__":
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print(f"{studies} studies each; % of studies, and of runs")
    print("| case | seeds | a best policy dropped | bound held | runs trained | bound <= 1 early |")
    print("|---|---|---|---|---|---|")
    for case in CASES:
        started = time.perf_counter()
        dropped, runs, held, early = measure(case, studies, np.random.default_rng(16))
        print(
            f"| {case.name} | {case.repetitions * FOLDS} | {100 * dropped:.1f} | {100 * held:.0f} "
            f"| {100 * runs:.0f} | {100 * early:.0f} |",
            flush=True,
        )
        print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
