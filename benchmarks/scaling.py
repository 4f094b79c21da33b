"""How cost grows with images and with heads.

    python benchmarks/scaling.py

trains on memory-mapped features of 20 classes in batches of 16, each case in its own process,
and prints seconds per epoch and the peak of resident memory: 18 heads on 1, 2, 5 and 10 times
8,944 rows and on 100,000; and 1, 18 and 90 heads on 8,944. It draws the same as `scaling.svg`
beside itself. The exit code is 1 if ten times the images cost more than 10.5 times, 90 heads more
than 4.5 times 18, or 100,000 rows take more than the stated bound of memory.

All cases train for about equally long, in turns; of the rounds the fastest counts, as whatever else
the machine does only adds.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

ROWS, FEATURES, CLASSES, BATCH_SIZE = 8944, 1280, 20, 16
BOUND_MEBIBYTES = 1536
"""TensorFlow and its programs take about 900; features in memory or mapped at most 512."""

CASES = [(rows, 18) for rows in (ROWS, 2 * ROWS, 5 * ROWS, 10 * ROWS, 100_000)]
CASES += [(ROWS, 1), (ROWS, 90)]
MOST_ROWS_AND_HEADS = 10 * ROWS * 18


def write_features(file: Path, rows: int, rng: np.random.Generator) -> None:
    """Write random features in pieces, so that writing needs no memory either."""
    values = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=(rows, FEATURES))
    for start in range(0, rows, ROWS):
        part = values[start : start + ROWS]
        part[:] = rng.standard_normal(part.shape, dtype=np.float32)
    values.flush()


def train(file: Path, heads: int) -> dict[str, float]:
    """Train in this process; return the mean seconds of an epoch and the peak of memory."""
    from lr_study.policies import parse
    from lr_study.runs import RunSpec, Settings
    from lr_study.support import use_one_thread_per_op
    from lr_study.training.batched import Examples, train_heads

    use_one_thread_per_op()
    values = np.load(file, mmap_mode="r")
    rows = np.arange(len(values))
    labels = np.random.default_rng(0).integers(0, CLASSES, len(values), dtype=np.int32)
    examples = Examples(values, labels, CLASSES, rows, rows[:1], rows[:0])
    epochs = 1 + min(40, round(MOST_ROWS_AND_HEADS * 3 / (len(rows) * heads)))
    specs = [RunSpec(parse("fixed"), 0, Settings(epochs=epochs, batch_size=BATCH_SIZE))] * heads
    done, ends = 0, []

    def on_epoch(event: object) -> None:
        nonlocal done
        done += 1
        if done >= heads * (len(ends) + 1):
            ends.append(time.perf_counter())

    train_heads(examples, specs, on_epoch=on_epoch)
    return {
        "seconds": (ends[-1] - ends[0]) / (epochs - 1),  # the first compiles, too
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def draw(answers: dict[tuple[int, int], dict[str, float]]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    by_rows = [(rows, answers[rows, heads]) for rows, heads in CASES if heads == 18]
    by_heads = sorted((heads, answers[rows, heads]) for rows, heads in CASES if rows == ROWS)
    left.plot([rows for rows, _ in by_rows], [a["seconds"] for _, a in by_rows], "o-")
    left.set(xlabel="rows, 18 heads", ylabel="seconds per epoch", xlim=0, ylim=0)
    middle.plot([heads for heads, _ in by_heads], [a["seconds"] for _, a in by_heads], "o-")
    middle.set(xlabel="heads, 8,944 rows", ylabel="seconds per epoch", xlim=0, ylim=0)
    right.plot([rows for rows, _ in by_rows], [a["peak"] for _, a in by_rows], "o-")
    right.axhline(BOUND_MEBIBYTES, linestyle="--", color="black")
    right.set(xlabel="rows, 18 heads", ylabel="peak resident memory, MiB", xlim=0, ylim=0)
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs=2, metavar=("FILE", "HEADS"))
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(train(Path(chosen.only[0]), int(chosen.only[1]))))
        return 0
    runs: dict[tuple[int, int], list[dict[str, float]]] = {case: [] for case in CASES}
    with TemporaryDirectory() as folder:
        for rows in sorted({rows for rows, _ in CASES}):
            write_features(Path(folder) / f"{rows}.npy", rows, np.random.default_rng(rows))
        for _ in range(chosen.repeats):
            for (rows, heads), answers in runs.items():
                command = [sys.executable, __file__, "--only", f"{folder}/{rows}.npy", str(heads)]
                answer = subprocess.run(
                    command, check=True, stdout=subprocess.PIPE, encoding="utf-8"
                )
                answers.append(json.loads(answer.stdout))
    found = {
        case: {"seconds": min(run["seconds"] for run in answers)}
        | {"peak": max(run["peak"] for run in answers)}
        for case, answers in runs.items()
    }
    base = found[ROWS, 18]["seconds"]
    print(f"{'rows':>8}{'heads':>7}{'s/epoch':>10}{'to 8,944 x 18':>15}{'peak MiB':>10}")
    for (rows, heads), answer in found.items():
        print(
            f"{rows:8}{heads:7}{answer['seconds']:10.3f}{answer['seconds'] / base:15.2f}"
            f"{answer['peak']:10.0f}"
        )
    draw(found)
    images = found[10 * ROWS, 18]["seconds"] / base
    heads_ratio = found[ROWS, 90]["seconds"] / base
    peak = found[100_000, 18]["peak"]
    print(f"\n10 times the images: {images:.2f} times the time (at most 10.5)")
    print(f"5 times the heads: {heads_ratio:.2f} times the time (at most 4.5)")
    print(f"100,000 rows: {peak:.0f} MiB (at most {BOUND_MEBIBYTES})")
    return 0 if images <= 10.5 and heads_ratio <= 4.5 and peak <= BOUND_MEBIBYTES else 1


if __name__ == "__main__":
    sys.exit(main())
