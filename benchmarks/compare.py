"""How long comparing and reporting take beyond importing MLflow.

    python benchmarks/compare.py [--runs 1000] [--repeats 3]

writes runs of 18 policies x 50 epochs into a new sqlite store, as a study of 1,000 images in folds
publishes them, each with the results of its images, and times as whole processes, in turns:
`python -c "import mlflow"`, `lr-study compare` over all runs, and `lr-study report` over 180 of
them. The exit code is 1 if comparing takes more than 2 s beyond the import, or the report more than
10 s.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

POLICIES, EPOCHS, REPORTED = 18, 50, 180
IMAGES, TESTED, FOLDS = 1000, 200, 5


def write_runs(uri: str, experiment: str, count: int, rng: np.random.Generator) -> None:
    """Publish ``count`` finished runs with noisy curves, seed by seed."""
    from records import log_record

    from lr_study.data import Folds
    from lr_study.runs import (
        SEED_GRID,
        EpochRecord,
        ImageProtocol,
        ImageResults,
        RunRecord,
        RunSpec,
        Settings,
        log_probabilities,
    )
    from lr_study.tracking.connection import connect
    from lr_study.tracking.experiments import choose_experiment

    validated = IMAGES // FOLDS
    protocol = ImageProtocol(
        "efficientnet-lite0", "w" * 12, 224, "made", "f" * 64, 20, IMAGES - validated, validated,
        TESTED, 0.0, 0.15, 0, "cached", "float32", "adam", 16, EPOCHS, "full",
        resampling="folds", folds=FOLDS,
    )  # fmt: skip
    folds = Folds(np.zeros(IMAGES, np.int32), np.arange(IMAGES), FOLDS, stratify=False)
    client = connect(uri, create=True)
    chosen = choose_experiment(client, experiment, experiment)
    for number in range(count):
        policy = SEED_GRID[number % POLICIES]
        spec = RunSpec(policy, number // POLICIES, Settings(epochs=EPOCHS, batch_size=16))
        truth = rng.beta(3, 1, validated + TESTED)
        right, logs = truth > 0.5, log_probabilities(np.log(truth))
        images = ImageResults(
            IMAGES,
            folds.split(spec.seed).validation,
            np.zeros(validated, np.uint16),
            right[:validated],
            logs[:validated],
            right[validated:],
            logs[validated:],
        )
        accuracy = 0.73 - 0.3 * np.exp(-np.arange(EPOCHS) / 5) + rng.normal(0, 0.003, EPOCHS)
        accuracy[-1] = images.accuracy
        losses = [*(1.1 - accuracy[:-1] / 2), images.loss]
        epochs = tuple(
            EpochRecord(i + 1, 1 - a / 2, a, float(losses[i]), a, policy(i))
            for i, a in enumerate(accuracy.tolist())
        )
        run = client.create_run(chosen.experiment_id)
        record = RunRecord(
            spec, protocol, epochs, images.test_accuracy, 1.0, POLICIES, 60.0, images
        )
        log_record(client, run.info.run_id, record)
        client.set_terminated(run.info.run_id, "FINISHED")


def seconds(command: list[str], uri: str) -> float:
    """Run a command to its end; return how long it took."""
    started = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "MLFLOW_TRACKING_URI": uri},
    )
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    lr_study = [sys.executable, "-m", "lr_study"]
    with TemporaryDirectory() as folder:
        uri = f"sqlite:///{folder}/mlflow.db"
        write_runs(uri, "many", chosen.runs, np.random.default_rng(0))
        write_runs(uri, "study", REPORTED, np.random.default_rng(1))
        commands = {
            "import mlflow": [sys.executable, "-c", "import mlflow"],
            f"compare, {chosen.runs} runs": [*lr_study, "compare", "--experiment", "many"],
            f"report, {REPORTED} runs": [
                *lr_study, "report", "--experiment", "study", "--output", f"{folder}/report.html",
            ],
        }  # fmt: skip
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(chosen.repeats):
            for name, command in commands.items():
                times[name].append(seconds(command, uri))
        size = Path(folder, "report.html").stat().st_size
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, value in medians.items():
        print(f"{name:20} {value:6.2f} s  of {', '.join(f'{one:.2f}' for one in times[name])}")
    base, compared, reported = medians.values()
    print(f"\ncompare beyond the import: {compared - base:.2f} s (at most 2)")
    print(f"report: {reported:.2f} s (at most 10), {size / 1e6:.1f} MB")
    return 0 if compared - base <= 2 and reported <= 10 else 1


if __name__ == "__main__":
    sys.exit(main())
