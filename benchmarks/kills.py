"""Kill -9 of a study at twenty seeded moments, and the same command again after each.

    python benchmarks/kills.py [MOMENTS] [SEED]

Before each kill a seeded choice of finished cells is deleted, so that other heads train together
each time. Each kill is asserted to land in the stage it is meant for. After the same command every
cell must exist exactly once, FINISHED, with the figures of a study that nobody disturbed to the
last digit, and nothing that was finished may have been trained again. The table has a line per
moment; the exit code is 1 if anything was not as it should be. Takes about ten minutes.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from killing import (
    Process,
    Stage,
    Study,
    in_extraction,
    in_publishing,
    in_training,
    problems,
    write_digits,
)

POLICIES = ("fixed:lr=0.1", "fixed:lr=0.001", "step_decay:", "exp_decay:", "exp_decay:k=0.1")
SEEDS = 3
STAGES = ("extraction", "training", "publishing")
HEADER = f"{'':>2}  {'stage':<10}  {'killed at':<48}  {'finished':<16}  again  wrong"


def main(moments: int, seed: int) -> int:
    rng = np.random.default_rng(seed)
    failures = 0
    with TemporaryDirectory(prefix="lr-study-kills-") as temporary:
        folder = Path(temporary)
        data = write_digits(folder / "digits", "01234")
        undisturbed = Study(folder / "undisturbed", data, POLICIES, SEEDS, epochs=40)
        undisturbed.finish()
        expected = undisturbed.figures()
        assert len(expected) == len(POLICIES) * SEEDS
        study = Study(folder / "killed", data, POLICIES, SEEDS, epochs=40)
        study.finish()
        print(f"{len(expected)} cells; finished: left by the deletion > at the kill > in the end")
        print(HEADER, flush=True)
        for i in range(moments):
            wrong = one_moment(i, study, expected, STAGES[i % len(STAGES)], rng)
            failures += bool(wrong)
    print(f"{moments - failures} of {moments} moments as they should be")
    return 1 if failures else 0


def one_moment(
    number: int,
    study: Study,
    expected: Mapping[str, Any],
    stage_name: str,
    rng: np.random.Generator,
) -> list[str]:
    """Delete, kill and go on once; print a line and return what was wrong."""
    missing = rng.integers(4, len(expected), endpoint=True)
    study.forget(rng.choice(sorted(study.finished()), missing, replace=False).tolist())
    kept = study.finished()
    if stage_name == "extraction":
        shutil.rmtree(study.features)
    try:
        with study.start() as process:
            stage, delay = chosen(stage_name, study, process, kept, expected, rng)
            where = process.kill_in(stage, after_seconds=delay)
        before = study.finished()
        study.finish()
        after = study.finished()
        wrong = problems(study, expected, before)
    except AssertionError as error:
        print(f"{number + 1:>2}  {stage_name:<10}  FAILED: {error}", flush=True)
        return [str(error)]
    again = sum(after.get(cell) != run_ids for cell, run_ids in before.items())
    counts = " > ".join(f"{len(cells):>2}" for cells in (kept, before, after))
    line = f"{number + 1:>2}  {stage_name:<10}  {where:<48}  {counts:<16}  {again:>5}"
    print(f"{line}  {'; '.join(wrong) or 'nothing'}", flush=True)
    return wrong


def chosen(
    name: str,
    study: Study,
    process: Process,
    kept: Mapping[str, Any],
    expected: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[Stage, float]:
    """Choose a moment of a stage, and how long after it is seen to strike."""
    groups = list(missing_by_seed(kept, expected))
    if name == "extraction":
        return in_extraction(study, process, int(rng.integers(1, 20))), 0
    if name == "training":
        which = int(rng.integers(len(groups)))
        share = rng.uniform(0.02, 0.5)
        return in_training(study, process, sum(groups[:which]), groups[which], share), 0
    # Not the last ones: the next may have begun when it strikes.
    return in_publishing(study, process, int(rng.integers(sum(groups) - 2))), rng.uniform(0, 0.15)


def missing_by_seed(kept: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[int]:
    """How many cells of each seed are missing, in the order in which seeds are trained."""
    seeds = [int(found["params"]["seed"]) for cell, found in expected.items() if cell not in kept]
    for seed in sorted(set(seeds)):
        yield seeds.count(seed)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*[*numbers, *(20, 0)[len(numbers) :]]))
