"""A study in which all policies are the same must not call one worse: on real images and heads.

    python benchmarks/same_policy.py [--policy fixed:lr=0.1] [--repeats 20]

Six names stand for one policy. Under every seed they share the division into folds, but each has
its own initial weights and order of batches; otherwise their runs would be identical, and nothing
could go wrong. Each study has ten seeds, two whole repetitions, with divisions of its own; all
studies have the same images. The exit code is 1 if more than 1 in 20 studies calls a name worse.
"""

import argparse
import sys
from typing import Any

import numpy as np

from lr_study.comparison.fold_inference import infer
from lr_study.comparison.image_scores import ImageScores

MARGIN = 0.005


def scores_of_study(
    examples: list[Any], policy: str, settings: Any, names: int, first_own_seed: int, folds: int
) -> ImageScores:
    """Train each name under each seed; ``examples`` are divided under the seeds in order."""
    from lr_study.policies import parse
    from lr_study.runs import RunSpec
    from lr_study.training.batched import train_heads

    images = sum(len(of_seed.validation) for of_seed in examples[:folds])
    repetitions = len(examples) // folds
    right = np.zeros((names, repetitions, images))
    fold = np.zeros((repetitions, images), np.int64)
    for seed, of_seed in enumerate(examples):
        repetition, held_out = divmod(seed, folds)
        for name in range(names):
            own = RunSpec(parse(policy), first_own_seed + seed * names + name, settings)
            (history,) = train_heads(of_seed, [own])
            results = history.image_results
            fold[repetition, results.validated] = held_out
            right[name, repetition, results.validated] = results.right
    return ImageScores(right, fold, folds, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policy", default="fixed:lr=0.1")
    parser.add_argument("--names", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--data", default="sample")
    chosen = parser.parse_args()

    from lr_study.runs import Settings
    from lr_study.studies import find_images, prepare
    from lr_study.support import use_one_thread_per_op

    use_one_thread_per_op()
    settings = Settings(data=chosen.data, image_size=chosen.image_size, epochs=chosen.epochs)
    workload: Any = prepare(settings, find_images(settings))
    called = 0
    for repeat in range(chosen.repeats):
        first = repeat * chosen.seeds
        examples = [workload.examples(seed) for seed in range(first, first + chosen.seeds)]
        own = 1_000_000 + first * chosen.names
        scores = scores_of_study(
            examples, chosen.policy, settings, chosen.names, own, settings.folds
        )
        found = infer(scores, np.random.default_rng(repeat), margin=MARGIN)
        verdicts = found.verdicts()
        worse = sum(verdict.endswith("worse") for verdict in verdicts)
        called += worse > 0
        print(
            f"study {repeat + 1}: accuracies {100 * scores.means.min():.2f} to "
            f"{100 * scores.means.max():.2f} %, {worse} worse, smallest p "
            f"{found.set_p_value.min():.3f}, regret at most {100 * found.regret_bound:.2f} points",
            flush=True,
        )
    print(f"{called} of {chosen.repeats} studies call a name worse (at most 1 in 20)")
    return 0 if called <= chosen.repeats / 20 else 1


if __name__ == "__main__":
    sys.exit(main())
