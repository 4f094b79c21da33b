"""The loss of each step of a range test: one softmax head, whose rate rises from step to step."""

from collections.abc import Sequence

import numpy as np

from lr_study.support import Stream, generator, tf, warn_of_threads
from lr_study.training.batched import Batches, Examples
from lr_study.training.batched_program import borrow_program
from lr_study.training.history import initial_head


def step_losses(
    examples: Examples, seed: int, *, rates: Sequence[float], batch_size: int, optimizer: str
) -> tuple[float, ...]:
    """Train one head with a rate of its own for each step, and return the loss of each step.

    The head starts from the seed's initial weights and meets the batches of a run of the same
    seed, so that a range test sees what a run would. Heads of all seeds train by one compiled
    program, one after the other: they differ in their batches, which a block of heads shares. A
    loss that overflows is infinite or not a number, as are those after it; that is no error.

    Parameters
    ----------
    rates
        One for each step of whole epochs, in which the last batch may be smaller.

    Returns
    -------
    losses
        The mean cross-entropy of each batch, in nats, before its step.
    """
    warn_of_threads()
    batches = Batches(examples, batch_size)
    steps_per_epoch = batches.steps_per_epoch
    if len(rates) % steps_per_epoch:
        raise ValueError(f"{len(rates)} rates are no whole number of {steps_per_epoch} steps")
    features = examples.values.shape[1]
    head = initial_head(seed, features, examples.classes)
    order = generator(seed, Stream.BATCH_ORDER)
    losses: list[float] = []
    with borrow_program(optimizer, 1, features, examples.classes) as program:
        state = program.initial_state(head.kernel.T[None], head.bias[None, :, None])
        while len(losses) < len(rates):
            start = len(losses)
            of_epoch = np.array(rates[start : start + steps_per_epoch], np.float32)
            of_epoch = of_epoch.reshape(-1, 1, 1, 1)
            calls = batches(order.permutation(examples.train))
            for call, (x, y, weight, steps) in enumerate(calls):
                now = tf.constant(batches.of_call(call, of_epoch))
                sums = program.train_by_step(state, now, x, y, weight, steps).numpy()
                rows = weight.numpy().sum(axis=1)
                used = int(steps)
                losses += (sums[:used, 0, 0] / rows[:used]).tolist()
    return tuple(losses)
