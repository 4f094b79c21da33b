"""Error rates and power of the tests on one score a run, for ``--resampling splits``.

In each case of the first table, all policies are equally good in expectation. Counted are

- false positives: studies with any policy significantly worse than the best, without a margin;
- the same for comparisons with a baseline fixed beforehand;
- coverage: studies in which all simultaneous intervals versus the best contain the true value.

The cases: (a) equal noise, and a seed effect shared by all policies; (b) unequal variances; (c) one
policy with exponential noise: reported, not bounded; (d) finite data: classifiers on features of
their own of the same 1,000 examples, trained and validated on repeated random splits; (e)
accuracies in whole images out of 270. The second table is the power: how often a policy 1, 2 or 4
noise standard deviations below the others is called worse, by the paired and by an unpaired test.

The rates do not hold if, in a, b, d or e, false positives exceed 5 % or coverage falls below 95 %
by more than two standard errors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from lr_study.comparison.inference import LEVEL, TestConfig, all_pairs, holm, many_to_one

SEEDS = (3, 5, 10, 20)
POLICIES = (6, 18)
TEST_TRAIN_RATIO = 0.15 / 0.70
NOISE = 0.01
EXAMPLES, FEATURES = 1000, 3

Scores = NDArray[np.float64]
Case = Callable[[int, int, np.random.Generator], Scores]


def equal_noise(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case a: each seed shifts the scores of all policies together."""
    seed_effect = rng.normal(0, 2 * NOISE, seeds)
    return 0.8 + seed_effect + rng.normal(0, NOISE, (policies, seeds))


def unequal_variances(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case b: standard deviations differ by a factor of ten."""
    noise = NOISE * np.geomspace(0.3, 3, policies)[:, None]
    return 0.8 + rng.normal(0, 1, (policies, seeds)) * noise


def one_exponential(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case c: the noise of one policy is exponential, skewed towards low scores."""
    scores = rng.normal(0.8, NOISE, (policies, seeds))
    scores[0] = 0.8 + NOISE - rng.exponential(NOISE, seeds)
    return scores


def whole_images(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case e: accuracies rounded to whole images out of 270; most differences are 0 to 2 images."""
    right = 220 + rng.normal(0, 2, seeds) + rng.normal(0, 0.7, (policies, seeds))
    return np.round(right) / 270


def finite_data(policies: int, seeds: int, rng: np.random.Generator) -> Scores:
    """Case d: linear discriminants of equal expected accuracy on random splits of one data set.

    Each policy has its own features, drawn from the same distribution: no policy is better in
    expectation, although one is on the given examples.
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
    """Train Fisher's linear discriminant of every policy on ``x``; predict the classes of ``new``.

    ``x`` and ``new`` are (policies, examples, features); the predictions (policies, examples).
    """
    low, high = (x[:, classes == c] for c in (0, 1))
    means = low.mean(axis=1), high.mean(axis=1)
    centred = np.concatenate([low - means[0][:, None], high - means[1][:, None]], axis=1)
    covariance = centred.transpose(0, 2, 1) @ centred
    direction = np.linalg.solve(covariance, (means[1] - means[0])[..., None])
    middle = (means[0] + means[1]) / 2
    return ((new - middle[:, None]) @ direction)[..., 0] > 0


CASES: dict[str, tuple[Case, TestConfig]] = {
    "a equal noise": (equal_noise, TestConfig(TEST_TRAIN_RATIO)),
    "b unequal variances": (unequal_variances, TestConfig(TEST_TRAIN_RATIO)),
    "c one exponential": (one_exponential, TestConfig(TEST_TRAIN_RATIO)),
    "d finite data": (finite_data, TestConfig(TEST_TRAIN_RATIO, 1 / (0.15 * EXAMPLES))),
    "e whole images": (whole_images, TestConfig(TEST_TRAIN_RATIO, 1 / 270)),
}
NOT_BOUNDED = "c one exponential"


@dataclass(frozen=True)
class Rates:
    """Proportions of the studies with false positives, and with all intervals correct."""

    worse_than_best: float
    worse_than_baseline: float
    coverage: float

    def holds(self, studies: int) -> bool:
        """Whether the rates are within two standard errors of their bounds."""
        slack = 2 * np.sqrt(LEVEL * (1 - LEVEL) / studies)
        false_positives = max(self.worse_than_best, self.worse_than_baseline)
        return false_positives <= LEVEL + slack and self.coverage >= 1 - LEVEL - slack


def simulate(
    case: str, policies: int, seed_counts: tuple[int, ...], studies: int, rng: np.random.Generator
) -> Iterator[Rates]:
    """Yield the rates for each number of seeds, taking the first seeds of the same studies."""
    make, config = CASES[case]
    counts = np.zeros((len(seed_counts), 3))
    for _ in range(studies):
        scores = make(policies, max(seed_counts), rng)
        for i, seeds in enumerate(seed_counts):
            counts[i] += _errors(scores[:, :seeds], config)
    for sums in counts / studies:
        yield Rates(*sums.tolist())


def _errors(scores: Scores, config: TestConfig) -> tuple[bool, bool, bool]:
    """Whether any policy is worse than the best, or the baseline; whether all intervals cover 0."""
    best = all_pairs(scores, config).versus(int(scores.mean(axis=1).argmax()))
    baseline = many_to_one(scores, 0, config)
    return (
        bool((best.p_value < LEVEL).any()),
        bool((baseline.p_value < LEVEL).any()),
        bool((np.abs(best.mean) <= best.margin_of_error).all()),
    )


def power(policies: int, seeds: int, below: float, studies: int, rng: np.random.Generator):
    """Rates at which policy 0 is called worse than the best, by the paired and an unpaired test."""
    config = TestConfig(TEST_TRAIN_RATIO)
    paired = unpaired = 0
    for _ in range(studies):
        scores = equal_noise(policies, seeds, rng)
        scores[0] -= below * NOISE
        best = int(scores.mean(axis=1).argmax())
        paired += bool(best != 0 and all_pairs(scores, config).p_value[0, best] < LEVEL)
        unpaired += bool(best != 0 and _unpaired_p_value(scores, best) < LEVEL)
    return paired / studies, unpaired / studies


def _unpaired_p_value(scores: Scores, best: int) -> float:
    """P-value of policy 0 versus the best: Welch's test, same variance term and Holm correction."""
    seeds = scores.shape[1]
    i, j = np.triu_indices(len(scores), k=1)
    variance = scores.var(axis=1, ddof=1)
    total = variance[i] + variance[j]
    freedom = total**2 / ((variance[i] ** 2 + variance[j] ** 2) / (seeds - 1))
    error = np.sqrt(total * (1 / seeds + TEST_TRAIN_RATIO))
    mean = scores.mean(axis=1)
    adjusted = holm(2 * stdtr(freedom, -np.abs((mean[i] - mean[j]) / error)))
    return float(adjusted[(i == 0) & (j == best)][0])


def print_tables(studies: int) -> bool:
    """Print both tables; return whether all bounded rates hold."""
    held = True
    columns = " | ".join(f"n = {seeds}" for seeds in SEEDS)
    print(f"{studies} studies in which all policies are equal, in %: false positives versus the")
    print("best / versus the baseline / coverage of all intervals.\n")
    print(f"| case | policies | {columns} |")
    print("|---|---|" + "---|" * len(SEEDS))
    for number, case in enumerate(CASES):
        for policies in POLICIES:
            rng = np.random.default_rng([number, policies])
            rates_by_seeds = list(simulate(case, policies, SEEDS, studies, rng))
            held &= case == NOT_BOUNDED or all(rates.holds(studies) for rates in rates_by_seeds)
            cells = " | ".join(
                f"{100 * rates.worse_than_best:.1f} / {100 * rates.worse_than_baseline:.1f} / "
                f"{100 * rates.coverage:.1f}"
                for rates in rates_by_seeds
            )
            print(f"| {case} | {policies} | {cells} |", flush=True)
    print(
        "\nPower, in %: a policy so many noise standard deviations below the others is called worse"
    )
    print("by the paired test / by an unpaired test with the same corrections.\n")
    print(f"| below | policies | {columns} |")
    print("|---|---|" + "---|" * len(SEEDS))
    for below in (1, 2, 4):
        for policies in POLICIES:
            rng = np.random.default_rng([below, policies])
            results = [power(policies, seeds, below, studies, rng) for seeds in SEEDS]
            cells = " | ".join(
                f"{100 * paired:.0f} / {100 * unpaired:.0f}" for paired, unpaired in results
            )
            print(f"| {below} | {policies} | {cells} |", flush=True)
    return held
