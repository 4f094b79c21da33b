"""A study in which all policies are the same must not call one worse: on real images and heads.

    python benchmarks/same_policy.py [--policy fixed:lr=0.1] [--repeats 20] [--permutations 20]

Six names stand for one policy. Under every seed they share the division into folds, but each has
its own initial weights and order of batches; otherwise their runs would be identical, and nothing
could go wrong. Each study has ten seeds, two whole repetitions, with divisions of its own; all
studies have the same images.

Which run has which name is arbitrary. So the names of a trained study are permuted within each
seed, again and again: each permutation is another study of equal policies, without more training.
How many studies call a name worse as they were trained is printed too.
The standard error of the rate of studies that call a name worse is from the differences between
trained studies. The exit code is 1 if the rate is above 5 % by more than two standard errors.
"""

import argparse
import sys
from typing import Any

import numpy as np
from calibration_cases import LEVEL, Case, rates
from calibration_rules import Setting, new_rule
from calibration_studies import FOLDS, Study

from lr_study.comparison.fold_inference import DRAWS

SETTING = Setting(draws=DRAWS)


def train_study(
    examples: list[Any], policy: str, settings: Any, names: int, first_own_seed: int
) -> Study:
    """Train each name under each seed; ``examples`` are divided under the seeds in order."""
    from lr_study.policies import parse
    from lr_study.runs import RunSpec
    from lr_study.training.batched import train_heads

    images = sum(len(of_seed.validation) for of_seed in examples[:FOLDS])
    repetitions = len(examples) // FOLDS
    right = np.zeros((names, repetitions, images), bool)
    fold = np.zeros((repetitions, images), np.int64)
    for seed, of_seed in enumerate(examples):
        repetition, held_out = divmod(seed, FOLDS)
        for name in range(names):
            own = RunSpec(parse(policy), first_own_seed + seed * names + name, settings)
            (history,) = train_heads(of_seed, [own])
            results = history.image_results
            fold[repetition, results.validated] = held_out
            right[name, repetition, results.validated] = results.right
    return Study(right, fold, truth=np.zeros((names, len(examples))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policy", default="fixed:lr=0.1")
    parser.add_argument("--names", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=20, help="studies to train, at least 2")
    parser.add_argument("--permutations", type=int, default=20, help="of the names of each of them")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--data", default="sample")
    chosen = parser.parse_args()

    from lr_study.runs import Settings
    from lr_study.studies import find_images, prepare
    from lr_study.support import use_one_thread_per_op

    use_one_thread_per_op()
    settings = Settings(
        data=chosen.data, image_size=chosen.image_size, epochs=chosen.epochs, folds=FOLDS
    )
    workload: Any = prepare(settings, find_images(settings))
    case = Case(chosen.policy, chosen.data, tuple(range(chosen.names)), null=True)
    alarms, as_trained = [], 0
    for repeat in range(chosen.repeats):
        first = repeat * chosen.seeds
        examples = [workload.examples(seed) for seed in range(first, first + chosen.seeds)]
        own = 1_000_000 + first * chosen.names
        trained = train_study(examples, chosen.policy, settings, chosen.names, own)
        rng = np.random.default_rng(repeat)
        studies = [trained.permuted(rng) for _ in range(chosen.permutations)]
        found = rates(case, studies, chosen.seeds, new_rule, SETTING, rng)
        alone = rates(case, [trained], chosen.seeds, new_rule, SETTING, rng)
        as_trained += round(alone.alarms)
        alarms.append(found.alarms)
        accuracy = 100 * trained.right.mean(axis=(1, 2))
        print(
            f"study {repeat + 1}: accuracies {accuracy.min():.2f} to {accuracy.max():.2f} %, "
            f"{100 * found.alarms:.0f} % of {found.studies} permutations call a name worse, "
            f"median bound of the regret {100 * found.regret_bound:.2f} points",
            flush=True,
        )
    rate, error = np.mean(alarms), np.std(alarms, ddof=1) / np.sqrt(len(alarms))
    print(f"as trained, {as_trained} of {chosen.repeats} studies call a name worse")
    print(f"permuted: {100 * rate:.1f} %, standard error {100 * error:.1f}; at most 5 %")
    return 0 if rate <= LEVEL + 2 * error else 1


if __name__ == "__main__":
    sys.exit(main())
