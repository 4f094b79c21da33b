"""How often the rules of a ranking are wrong, and what they find: simulated studies.

    python benchmarks/calibration.py [--studies 2000]

prints one table, kept in docs/statistics.md. Each case makes studies in which every policy is
equally good in expectation, and counts

- false alarms: studies that call any policy worse than the best, whatever the margin;
- the same for the comparisons with a baseline that was named beforehand;
- cover: studies in which all simultaneous intervals against the best hold the truth.

The cases: (a) equal noise and an effect of the seed that all share; (b) unequal variances; (c)
one policy with exponential noise: reported, not bounded; (d) finite data: classifiers, each of
which sees its own features of the same 1,000 examples, trained and validated on new divisions of
these; (e) accuracies that are whole pictures of 270. A second table gives the power: how often a
policy 1, 2 or 4 deviations of the noise below the others is called worse, beside an unpaired test.

The exit code is 1 if false alarms exceed 5 % in a, b, d or e, or cover falls short of 95 %, by more
than two standard errors.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from lr_study.comparison.inference import LEVEL, TestConfig, all_pairs, holm, many_to_one

SEEDS = (3, 5, 10, 20)
POLICIES = (6, 18)
RESPLIT = 0.15 / 0.70
NOISE = 0.01
EXAMPLES, FEATURES = 1000, 3

Scores = NDArray[np.float64]
Case = Callable[[int, int, np.random.Generator], Scores]


def equal_noise(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case a: each seed makes all policies better or worse together."""
    seed_effect = rng.normal(0, 2 * NOISE, seeds)
    return 0.8 + seed_effect + rng.normal(0, NOISE, (policies, seeds))


def unequal_variances(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case b: the noisiest policy varies ten times as much as the calmest."""
    noise = NOISE * np.geomspace(0.3, 3, policies)[:, None]
    return 0.8 + rng.normal(0, 1, (policies, seeds)) * noise


def one_exponential(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case c: one policy is mostly a little above its mean and sometimes far below."""
    scores = rng.normal(0.8, NOISE, (policies, seeds))
    scores[0] = 0.8 + NOISE - rng.exponential(NOISE, seeds)
    return scores


def whole_pictures(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case e: policies differ by less than a picture of 270, or by one or two, or by none."""
    right = 220 + rng.normal(0, 2, seeds) + rng.normal(0, 0.7, (policies, seeds))
    return np.round(right) / 270


def finite_data(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case d: linear discriminants of equal expected accuracy on divisions of the same examples.

    Each policy has features of its own, all drawn in the same way, so that before the examples are
    drawn no policy is better; on the examples that there are, one is.
    """
    classes = rng.integers(0, 2, EXAMPLES)
    shift = np.where(classes == 1, 0.5, -0.5)[None, :, None]
    x = rng.standard_normal((policies, EXAMPLES, FEATURES)) + shift
    train, validate = int(0.70 * EXAMPLES), int(0.15 * EXAMPLES)
    scores = np.empty((policies, seeds))
    for seed in range(seeds):
        order = rng.permutation(EXAMPLES)
        rows, held_out = order[:train], order[train : train + validate]
        guesses = _discriminants(x[:, rows], classes[rows], x[:, held_out])
        scores[:, seed] = (guesses == classes[held_out]).mean(axis=1)
    return scores


def _discriminants(x: Scores, classes: NDArray[np.int64], new: Scores) -> NDArray[np.bool_]:
    """Fisher's linear discriminant of every policy: trained on x, asked for the classes of new."""
    low, high = (x[:, classes == c] for c in (0, 1))
    means = low.mean(axis=1), high.mean(axis=1)
    centred = np.concatenate([low - means[0][:, None], high - means[1][:, None]], axis=1)
    covariance = centred.transpose(0, 2, 1) @ centred
    direction = np.linalg.solve(covariance, (means[1] - means[0])[..., None])
    middle = (means[0] + means[1]) / 2
    return ((new - middle[:, None]) @ direction)[..., 0] > 0


CASES: dict[str, tuple[Case, TestConfig]] = {
    "a equal noise": (equal_noise, TestConfig(RESPLIT)),
    "b unequal variances": (unequal_variances, TestConfig(RESPLIT)),
    "c one exponential": (one_exponential, TestConfig(RESPLIT)),
    "d finite data": (finite_data, TestConfig(RESPLIT, 1 / (0.15 * EXAMPLES))),
    "e whole pictures": (whole_pictures, TestConfig(RESPLIT, 1 / 270)),
}
NOT_BOUNDED = "c one exponential"


@dataclass(frozen=True)
class Shares:
    """Of the studies, how many called an equal policy worse, and how many intervals all held."""

    worse_than_best: float
    worse_than_baseline: float
    cover: float

    def holds(self, studies: int) -> bool:
        """Whether the shares are within two standard errors of what they ought to be."""
        slack = 2 * np.sqrt(LEVEL * (1 - LEVEL) / studies)
        alarms = max(self.worse_than_best, self.worse_than_baseline)
        return alarms <= LEVEL + slack and self.cover >= 1 - LEVEL - slack


def simulate(
    case: str, policies: int, seed_counts: tuple[int, ...], studies: int, rng: np.random.Generator
) -> Iterator[Shares]:
    """Yield the shares for each number of seeds, from the first seeds of the same studies."""
    make, config = CASES[case]
    found = np.zeros((len(seed_counts), 3))
    for _ in range(studies):
        scores = make(policies, max(seed_counts), rng)
        for i, seeds in enumerate(seed_counts):
            found[i] += _alarms(scores[:, :seeds], config)
    for sums in found / studies:
        yield Shares(*sums.tolist())


def _alarms(scores: Scores, config: TestConfig) -> tuple[bool, bool, bool]:
    """Whether anything is worse than the best, or than the baseline; whether all intervals hold."""
    best = all_pairs(scores, config).versus(int(scores.mean(axis=1).argmax()))
    baseline = many_to_one(scores, 0, config)
    return (
        bool((best.p_value < LEVEL).any()),
        bool((baseline.p_value < LEVEL).any()),
        bool((np.abs(best.mean) <= best.margin_of_error).all()),
    )


def power(policies: int, seeds: int, below: float, studies: int, rng: np.random.Generator):
    """The shares of studies that call policy 0 worse than the best: ours, and an unpaired t."""
    config = TestConfig(RESPLIT)
    ours = unpaired = 0
    for _ in range(studies):
        scores = equal_noise(policies, seeds, rng)
        scores[0] -= below * NOISE
        best = int(scores.mean(axis=1).argmax())
        ours += bool(best != 0 and all_pairs(scores, config).p_value[0, best] < LEVEL)
        unpaired += bool(best != 0 and _unpaired_p_value(scores, best) < LEVEL)
    return ours / studies, unpaired / studies


def _unpaired_p_value(scores: Scores, best: int) -> float:
    """Policy 0 against the best by Welch's test, with the same allowance and correction as ours."""
    seeds = scores.shape[1]
    i, j = np.triu_indices(len(scores), k=1)
    variance = scores.var(axis=1, ddof=1)
    total = variance[i] + variance[j]
    freedom = total**2 / ((variance[i] ** 2 + variance[j] ** 2) / (seeds - 1))
    error = np.sqrt(total * (1 / seeds + RESPLIT))
    mean = scores.mean(axis=1)
    adjusted = holm(2 * stdtr(freedom, -np.abs((mean[i] - mean[j]) / error)))
    return float(adjusted[(i == 0) & (j == best)][0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    studies = parser.parse_args().studies
    held = True
    columns = " | ".join(f"n = {seeds}" for seeds in SEEDS)
    print(f"Of {studies} studies in which all policies are equal, in %: false alarms against the")
    print("best / against the baseline / all intervals hold.\n")
    print(f"| case | policies | {columns} |")
    print("|---|---|" + "---|" * len(SEEDS))
    for number, case in enumerate(CASES):
        for policies in POLICIES:
            rng = np.random.default_rng([number, policies])
            shares = list(simulate(case, policies, SEEDS, studies, rng))
            held &= case == NOT_BOUNDED or all(share.holds(studies) for share in shares)
            cells = " | ".join(
                f"{100 * share.worse_than_best:.1f} / {100 * share.worse_than_baseline:.1f} / "
                f"{100 * share.cover:.1f}"
                for share in shares
            )
            print(f"| {case} | {policies} | {cells} |", flush=True)
    print(
        "\nPower, in %: a policy so many deviations of the noise below the others is called worse,"
    )
    print("by the paired rule / by an unpaired test with the same corrections.\n")
    print(f"| below | policies | {columns} |")
    print("|---|---|" + "---|" * len(SEEDS))
    for below in (1, 2, 4):
        for policies in POLICIES:
            rng = np.random.default_rng([below, policies])
            found = [power(policies, seeds, below, studies, rng) for seeds in SEEDS]
            cells = " | ".join(f"{100 * ours:.0f} / {100 * other:.0f}" for ours, other in found)
            print(f"| {below} | {policies} | {cells} |", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
