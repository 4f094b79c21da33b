"""Studies of real learners whose truth is known: folds, per-image results, accuracy on new images.

A `World` says where images come from and what learns from them. Its classes are the same in every
study, so the accuracy that a policy reaches on average over training sets is known: it is the mean
over all studies of the accuracy on images of which none was in the study.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from calibration_learners import Floats, Integers, Learner, initial_weights, judge, train
from numpy.typing import NDArray

FOLDS = 5
FEATURES = 20
CLASS_MEANS_SEED = {4: 3771539300, 20: 1781524230}
"""The same mixtures as in the simulations by which the rule was chosen."""

COPY_NOISE = 0.1
"""Standard deviation of what is added to each feature of a copy, a tenth of that in a class."""


@dataclass(frozen=True)
class World:
    """A source of images and what is trained on them.

    ``own_rate`` makes an A/A study: all names have this constant rate, and each its own initial
    weights and order under every seed. Otherwise the policies of a seed share both. Images come in
    groups of so many ``copies`` of one, nearly alike, which stay in one fold.
    """

    classes: int = 4
    images: int = 1000
    scale: float = 0.65
    noise: float = 0.0
    imbalance: float = 1.0
    learner: Learner = field(default_factory=Learner)
    policies: int = 18
    repetitions: int = 4
    constant_rates: tuple[float, ...] = ()
    own_rate: float | None = None
    new_images: int = 4000
    digits: bool = False
    copies: int = 1


@dataclass(frozen=True)
class HardImages:
    """Fixed models that differ on a few hard images alone, and judge each of them by chance.

    An image is hard with the probability ``hard / images``; policy i is right on it with the
    probability ``right[i]``, anew under every seed that validates it.
    """

    right: tuple[float, ...]
    hard: float
    images: int
    repetitions: int = 1

    @property
    def policies(self) -> int:
        return len(self.right)


@dataclass(frozen=True)
class Study:
    """What a study left behind.

    ``right`` is (policies, repetitions, images) and ``fold`` (repetitions, images); ``truth`` is
    (policies, seeds), the accuracy of each trained model on new images; ``groups`` is (images,),
    None if no two images are similar.
    """

    right: NDArray[np.bool_]
    fold: Integers
    truth: NDArray[np.float64]
    groups: Integers | None = None

    def permuted(self, rng: np.random.Generator) -> "Study":
        """Return the study with the names of the policies permuted within each seed.

        All names are then equally good, however much the policies differ and depend on the seed.
        """
        right, truth = np.empty_like(self.right), np.empty_like(self.truth)
        for repetition, fold in enumerate(self.fold):
            for held_out in range(FOLDS):
                order, images = rng.permutation(len(right)), fold == held_out
                right[:, repetition, images] = self.right[order][:, repetition, images]
                seed = repetition * FOLDS + held_out
                truth[:, seed] = self.truth[order, seed]
        return Study(right, self.fold, truth, self.groups)


def make_study(world: World | HardImages, rng: np.random.Generator) -> Study:
    """Draw the images of a study, train all its classifiers, and judge them."""
    if isinstance(world, HardImages):
        return _judged_by_chance(world, rng)
    x, y, new_x, new_y = _digits(world, rng) if world.digits else _mixture(world, rng)
    groups = world.images // world.copies
    fold = np.array([rng.permutation(groups) % FOLDS for _ in range(world.repetitions)])
    fold = np.repeat(fold, world.copies, axis=1)
    held_out = np.array([np.flatnonzero(row == f) for row in fold for f in range(FOLDS)])
    rows = np.array([np.flatnonzero(row != f) for row in fold for f in range(FOLDS)])
    rates, names = _rates(world), world.policies
    if world.own_rate is not None:  # a group is a name under a seed
        held_out, rows = np.repeat(held_out, names, axis=0), np.repeat(rows, names, axis=0)
        rates = rates[:1]
    weights = initial_weights(world.learner, x.shape[1], world.classes, len(rows), len(rates), rng)
    train(world.learner, weights, x, y, rows, rates, rng)
    seeds = FOLDS * world.repetitions
    judged = judge(weights, x[held_out], y[held_out]).reshape(seeds, names, -1)
    everywhere = np.broadcast_to(new_x, (len(rows), *new_x.shape))
    new = judge(weights, everywhere, np.broadcast_to(new_y, (len(rows), len(new_y))))
    right = np.empty((names, world.repetitions, world.images), bool)
    for seed in range(seeds):
        images = np.flatnonzero(fold[seed // FOLDS] == seed % FOLDS)
        right[:, seed // FOLDS, images] = judged[seed]
    of_image = np.arange(world.images) // world.copies if world.copies > 1 else None
    return Study(right, fold, new.reshape(seeds, names, -1).mean(axis=2).T, of_image)


def _judged_by_chance(world: HardImages, rng: np.random.Generator) -> Study:
    hard = rng.random(world.images) < world.hard / world.images
    chance = np.array(world.right)[:, None, None]
    right = rng.random((world.policies, world.repetitions, world.images)) < chance
    fold = np.array([rng.permutation(world.images) % FOLDS for _ in range(world.repetitions)])
    accuracy = 1 - world.hard / world.images * (1 - np.array(world.right))
    truth = np.repeat(accuracy[:, None], FOLDS * world.repetitions, axis=1)
    return Study(right | ~hard, fold, truth)


def _rates(world: World) -> Floats:
    """Return the learning rates of the policies, (policies, epochs): constant ones, then decays."""
    epochs = np.arange(world.learner.epochs)
    if world.own_rate is not None:
        return np.full((world.policies, len(epochs)), world.own_rate, np.float32)
    constants = world.constant_rates or (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    rates = [np.full(len(epochs), rate) for rate in constants]
    for initial, decays in (
        ((0.1, 0.3, 1.0), (0.1, 0.2, 0.3, 0.5)),
        ((0.03, 0.06, 0.2, 0.6, 2.0), (0.05, 0.15, 0.25, 0.4)),
    ):
        # A decay is of twelve epochs: with fewer, the same is passed through faster.
        rates += [r * np.exp(-d * epochs * 12 / len(epochs)) for r in initial for d in decays]
    rates += [np.full(len(epochs), rate) for rate in (0.05, 2.0)]
    if len(rates) < world.policies:
        raise ValueError(f"{world.policies} policies are wanted, but there are {len(rates)}")
    return np.array(rates[: world.policies], np.float32)


def _mixture(world: World, rng: np.random.Generator) -> tuple[Floats, Integers, Floats, Integers]:
    """Examples of a mixture of spherical Gaussians, one a class, with a constant input of 1."""
    means = np.random.default_rng(CLASS_MEANS_SEED[world.classes])
    means = means.standard_normal((world.classes, FEATURES)) * world.scale
    shares = world.imbalance ** np.arange(world.classes)
    total = world.images + world.new_images
    y = rng.choice(world.classes, total, p=shares / shares.sum())
    x = np.ones((total, FEATURES + 1), np.float32)
    x[:, :-1] = means[y] + rng.standard_normal((total, FEATURES))
    wrong = rng.random(total) < world.noise
    y[wrong] = (y[wrong] + rng.integers(1, world.classes, wrong.sum())) % world.classes
    if world.copies > 1:
        one = np.arange(world.images) // world.copies * world.copies
        copies, y[: world.images] = x[one], y[one]
        copies[:, :-1] += COPY_NOISE * rng.standard_normal((world.images, FEATURES))
        x[: world.images] = copies
    return x[: world.images], y[: world.images], x[world.images :], y[world.images :]


@cache
def _all_digits() -> tuple[Floats, Integers]:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x = np.ones((len(images), images.shape[1] + 1), np.float32)
    x[:, :-1] = (images - images.mean(axis=0)) / 16
    return x, labels.astype(np.int64)


def _digits(world: World, rng: np.random.Generator) -> tuple[Floats, Integers, Floats, Integers]:
    """A pool drawn from scikit-learn's digits; the others are the new images."""
    x, y = _all_digits()
    order = rng.permutation(len(y))
    pool, others = order[: world.images], order[world.images :]
    return x[pool], y[pool], x[others], y[others]


LINEAR = Learner()
UNSTABLE = Learner(batch_size=16, epochs=10, hidden=8)

WORLDS = {
    "base": World(policies=40),
    "N = 200": World(images=200),
    "N = 4,000": World(images=4000, learner=Learner(epochs=8)),
    "accuracy .995, N = 200": World(images=200, scale=1.3),
    "accuracy .995": World(scale=1.3),
    "20 classes": World(classes=20, scale=0.6, repetitions=2),
    "label noise": World(noise=0.3),
    "unequal classes": World(imbalance=0.5),
    "unstable": World(
        images=400,
        scale=0.55,
        learner=UNSTABLE,
        policies=6,
        constant_rates=(0.03, 0.1, 0.3, 1.0, 1.7, 2.5),
    ),
    "digits": World(
        classes=10, images=400, learner=Learner(batch_size=16), digits=True, repetitions=2
    ),
    "A/A": World(images=200, own_rate=0.1),
    "A/A .995": World(images=200, scale=1.3, own_rate=0.3),
    "A/A unstable": World(images=400, scale=0.55, learner=UNSTABLE, own_rate=2.0, repetitions=2),
    "2 hard images": HardImages((1.0, 0.5), hard=2, images=200),
    "16 hard images": HardImages((1.0,) + 5 * (0.5,), hard=16, images=1000),
    "36 of 40 far behind": HardImages((0.95,) + 3 * (0.88,) + 36 * (0.2,), hard=400, images=1000),
    "similar": World(policies=6, copies=10, repetitions=2),
    "A/A similar": World(policies=6, copies=10, own_rate=0.3, repetitions=2),
}
