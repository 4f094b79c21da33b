"""What a study costs: training against Keras and against the machine, publishing, memory.

    python benchmarks/study.py

Training: seconds per epoch on 8,944 x 1,280 features of 20 classes in batches of 16, each
contestant in a process of its own, in turns, medians; the same as `benchmarks/heads.py`, with 90
heads too. The limit is what the two matrix products of each step would take at the speed that a
large single-precision product reaches here on all cores.

Publishing: a real study of 18 policies x 5 seeds x 50 epochs on the sample into a new database
file; what counts is the time from the end of the last training until all 90 runs are finished.

The exit code is 1 if the ratio to tuned Keras is below 12 for 18 heads, or publishing takes more
than 5 s beyond training.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import heads
import numpy as np

GOAL = 12
MOST_SECONDS_BEYOND = 5.0


def peak_mebibytes() -> float:
    """The most memory that this process ever had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sgemm_gflops() -> float:
    """The speed of a large single-precision product on all cores, in GFLOP/s, the best of some."""
    size = 2048
    matrix = np.random.default_rng(0).random((size, size), dtype=np.float32)
    seconds = []
    for _ in range(12):
        start = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / min(seconds) / 1e9


def publish() -> dict[str, float]:
    """Run the study; return its seconds in all and beyond training, and the peak of memory."""
    from lr_study import load_runs
    from lr_study.runs import SEED_GRID, Settings, StudySpec
    from lr_study.studies import find_images, prepare, run_study
    from lr_study.support import use_one_thread_per_op
    from lr_study.tracking import Sender, connect, open_destination
    from lr_study.training import batched as trainer

    use_one_thread_per_op()
    settings = Settings(image_size=64)
    image_set = find_images(settings)
    prepare(settings, image_set)
    train_heads, ends = trainer.train_heads, []

    def timed(*args, **kwargs):
        histories = train_heads(*args, **kwargs)
        ends.append(time.time())
        return histories

    require_sent, sent = Sender.require_sent, []

    def timed_sending(*args, **kwargs):
        require_sent(*args, **kwargs)
        sent.append(time.time())

    trainer.train_heads = timed
    Sender.require_sent = timed_sending
    with TemporaryDirectory() as folder:
        uri = f"sqlite:///{folder}/mlflow.db"
        client = connect(uri, create=True)
        # Artifacts go beside the database, and with it.
        client.create_experiment("study", artifact_location=(Path(folder) / "files").as_uri())
        start = time.time()
        run_study(
            open_destination(uri, "study", "sample"),
            StudySpec(settings, SEED_GRID, tuple(range(5))),
            lambda: prepare(settings, image_set),
            models="none",
        )
        seconds = time.time() - start
        runs = load_runs("study", uri)
        runs = runs[runs["excluded"].isna()]
        assert len(runs) == 90, len(runs)
    return {
        "seconds": seconds,
        "beyond": sent[-1] - ends[-1],
        "peak": peak_mebibytes(),
    }


def train(name: str) -> dict[str, float]:
    return {"seconds": TRAINERS[name](np.random.default_rng(0)), "peak": peak_mebibytes()}


TRAINERS = {
    "Keras, as usually written": heads.KERAS["Keras, as usually written"],
    "Keras, 64 steps a call": heads.KERAS["Keras, 64 steps a call"],
    "18 heads together": partial(heads.together, heads=18),
    "90 heads together": partial(heads.together, heads=90),
}


def in_own_process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, __file__, *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=[*TRAINERS, "publish"])
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(publish() if chosen.only == "publish" else train(chosen.only)))
        return 0

    answers: dict[str, list[dict[str, float]]] = {name: [] for name in TRAINERS}
    gflops = sgemm_gflops()
    for _ in range(chosen.repeats):
        for name, runs in answers.items():
            runs.append(in_own_process("--only", name))
    seconds = {n: statistics.median(run["seconds"] for run in runs) for n, runs in answers.items()}
    flops = 4 * heads.ROWS * heads.FEATURES * heads.CLASSES  # two products, a head and epoch
    print(f"{'':28}{'s/epoch':>9}{'s/head-epoch':>14}{'of the sgemm limit':>20}{'peak MiB':>10}")
    for name, runs in answers.items():
        count = int(name.split()[0]) if name[0].isdigit() else 1
        share = count * flops / (gflops * 1e9) / seconds[name]
        peak = max(run["peak"] for run in runs)
        print(
            f"{name:28}{seconds[name]:9.3f}{seconds[name] / count:14.4f}{share:20.1%}{peak:10.0f}"
        )
    tuned = seconds["Keras, 64 steps a call"]
    ratio = 18 * tuned / seconds["18 heads together"]
    print(f"\nsgemm on all cores: {gflops:.0f} GFLOP/s")
    print(f"18 epochs of tuned Keras to one of 18 heads: {ratio:.1f} (goal {GOAL})")
    print(f"90 epochs of tuned Keras to one of 90: {90 * tuned / seconds['90 heads together']:.1f}")

    published = in_own_process("--only", "publish")
    print(
        f"\na study of 90 runs x 50 epochs on the sample: {published['seconds']:.1f} s; "
        f"all runs finished {published['beyond']:.1f} s after the last training ended "
        f"(at most {MOST_SECONDS_BEYOND:.0f}); peak {published['peak']:.0f} MiB"
    )
    return 0 if ratio >= GOAL and published["beyond"] <= MOST_SECONDS_BEYOND else 1


if __name__ == "__main__":
    sys.exit(main())
