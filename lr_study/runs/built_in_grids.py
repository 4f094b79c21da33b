"""The grids that have a name."""

from lr_study.policies import (
    Composition,
    Cosine,
    ExpDecay,
    Fixed,
    Linear,
    OneCycle,
    Part,
    Plateau,
    Policy,
    StepDecay,
    Warmup,
    WarmupStableDecay,
)

SEED_GRID: tuple[Policy, ...] = (
    *(Fixed(lr) for lr in (0.1, 0.01, 0.001, 0.0001)),
    *(ExpDecay(initial_lr, k) for initial_lr in (0.1, 0.01) for k in (0.1, 0.2, 0.3)),
    ExpDecay(0.001, 0.1),
    *(StepDecay(initial_lr, 0.5, n) for initial_lr in (0.1, 0.01) for n in (10, 5, 3)),
    StepDecay(0.001, 0.5, 5),
)
"""The 18 policies of the study that this project grew from."""

_RATES = (0.1, 0.03, 0.01, 0.003, 0.001)


def _warm_cosine(initial_lr: float) -> Policy:
    return Composition((Part(Warmup(epochs="10%")), Part(Cosine(initial_lr=initial_lr))))


MODERN_GRID: tuple[Policy, ...] = (
    *(_warm_cosine(rate) for rate in _RATES),
    *(OneCycle(max_lr=rate) for rate in _RATES),
    *(WarmupStableDecay(max_lr=rate) for rate in _RATES),
    *(Linear(initial_lr=rate) for rate in _RATES),
    *(StepDecay(initial_lr=rate, drop=0.5, epochs_drop=10) for rate in _RATES),
    *(ExpDecay(initial_lr=rate, k=0.1) for rate in _RATES),
    *(Fixed(lr=rate) for rate in _RATES),
    # The factor and the patience of the example in Keras's documentation.
    *(Plateau(initial_lr=rate, factor=0.2, patience=5) for rate in _RATES),
)
"""40 policies: the schedules in use today, and three of the seed, each at five learning rates.

All fit into runs of any length: what depends on it is a part of the run.
"""

BUILT_IN = {"seed": SEED_GRID, "modern": MODERN_GRID}
