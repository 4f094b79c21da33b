"""Kill -9 of a study at twenty seeded moments, and the same command again after each.

    python benchmarks/kills.py [SELECTION_RULES] [SEED]

Before each kill a seeded choice of finished cells is deleted, so that other heads train together
each time. Each kill is asserted to land in the stage it is meant for. After the same command every
cell must exist exactly once, FINISHED, with the figures of a study that nobody disturbed to the
last digit, and nothing that was finished may have been trained again. The table has a line per
moment; the exit code is 1 if anything was not as it should be. Takes a quarter
of an hour on two cores.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from killing import (
    MissedError,
    Process,
    Stage,
    Study,
    in_extraction,
    in_publishing,
    in_training,
    problems,
    whole,
    write_digits,
)

POLICIES = ("fixed:lr=0.1", "fixed:lr=0.001", "step_decay:", "exp_decay:", "exp_decay:k=0.1")
SEEDS = 3
STAGES = ("extraction", "training", "publishing")
ATTEMPTS = 3
"""A run lacks nothing but its status for some milliseconds only: a study may pass unseen."""

Moment = tuple[Callable[[Study, Process], Stage], float]
"""How to tell a stage, and how many seconds after it is seen to strike."""

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
    chosen = rng.choice(sorted(study.finished()), missing, replace=False).tolist()
    moment = choose_moment(stage_name, chosen, expected, rng)
    try:
        for _ in range(ATTEMPTS):
            study.forget(chosen)
            kept = study.finished()
            if stage_name == "extraction":
                shutil.rmtree(study.features)
            where = killed_at(study, moment)
            if where:
                break
        assert where, f"missed {ATTEMPTS} times"
        left = study.runs()
        study.finish()
        wrong = problems(study, expected, left)
    except AssertionError as error:
        print(f"{number + 1:>2}  {stage_name:<10}  FAILED: {error}", flush=True)
        return [str(error)]
    before, after = whole(left), study.finished()
    again = sum(after.get(cell) != run_ids for cell, run_ids in before.items())
    counts = " > ".join(f"{len(cells):>2}" for cells in (kept, before, after))
    line = f"{number + 1:>2}  {stage_name:<10}  {where:<48}  {counts:<16}  {again:>5}"
    print(f"{line}  {'; '.join(wrong) or 'nothing'}", flush=True)
    return wrong


def choose_moment(
    stage_name: str, missing: Collection[str], expected: Mapping[str, Any], rng: np.random.Generator
) -> Moment:
    """Choose a moment of a stage, given the cells that are missing."""
    seeds = [int(expected[cell]["params"]["seed"]) for cell in missing]
    groups = [seeds.count(seed) for seed in sorted(set(seeds))]  # as they are trained
    if stage_name == "extraction":
        batches = int(rng.integers(1, 20))
        return partial(in_extraction, batches=batches), 0
    if stage_name == "training":
        which, share = int(rng.integers(len(groups))), rng.uniform(0.02, 0.5)
        before, among = sum(groups[:which]), groups[which]
        return partial(in_training, before=before, among=among, share=share), 0
    # Not the last ones: the next may have begun when it strikes.
    finished, lacks_only_status = int(rng.integers(len(missing) - 2)), bool(rng.integers(2))
    # And it does so for some milliseconds.
    delay = 0 if lacks_only_status else rng.uniform(0, 0.15)
    return partial(in_publishing, finished=finished, whole=lacks_only_status), delay


def killed_at(study: Study, moment: Moment) -> str:
    """Start the command and kill it; return where, or nothing if the moment was missed."""
    stage, delay = moment
    with study.start() as process:
        try:
            return process.kill_in(stage(study, process), after_seconds=delay)
        except MissedError:
            return ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("moments", type=int, nargs="?", default=20)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    chosen = parser.parse_args()
    sys.exit(main(chosen.moments, chosen.seed))
