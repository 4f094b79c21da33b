"""Runs made by hand, for tests of what happens after training."""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric

from lr_study.policies import parse
from lr_study.runs import EpochRecord, ImageProtocol, RunRecord, RunSpec, Settings
from lr_study.tracking.writing import log_batch, params_of, record_points, record_tags

PROTOCOL = ImageProtocol(
    backbone="efficientnet-lite0",
    weights="0123456789ab",
    image_size=64,
    data="sample",
    fingerprint="f" * 64,
    classes=10,
    train_size=1259,
    val_size=269,
    test_size=269,
    val_fraction=0.15,
    test_fraction=0.15,
    split_seed=0,
    engine="cached",
    precision="float32",
    optimizer="adam",
    batch_size=32,
    epochs=4,
    shuffle="full",
)


def make_record(
    policy: str = "fixed:lr=0.001",
    seed: int = 0,
    *,
    accuracies: tuple[float, ...] = (0.5, 0.75, 0.875, 0.8125),
    losses: tuple[float, ...] = (1.0, 0.75, 0.5, 0.625),
    diverges_at: int | None = None,
    **protocol: Any,
) -> RunRecord:
    """A finished run with these validation curves; its protocol is PROTOCOL with changes."""
    changed = replace(PROTOCOL, epochs=len(accuracies), **protocol)
    rate = parse(policy)
    epochs = tuple(
        EpochRecord(
            epoch=i + 1,
            loss=None if diverges_at and i + 1 >= diverges_at else loss * 1.5,
            accuracy=accuracy / 2,
            val_loss=None if diverges_at and i + 1 >= diverges_at else loss,
            val_accuracy=accuracy,
            learning_rate=rate.step_rates(i, changed.epochs, changed.steps_per_epoch, losses[:i])[
                -1
            ],
        )
        for i, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True))
    )
    settings = Settings(
        epochs=changed.epochs,
        batch_size=changed.batch_size,
        image_size=64,
        resampling=changed.resampling or "splits",
    )
    return RunRecord(
        spec=RunSpec(rate, seed, settings),
        protocol=changed,
        epochs=epochs,
        test_accuracy=0.8,
        wall_clock_seconds=2.0,
        feature_seconds=6.0,
    )


def row_of(number: int, record: RunRecord) -> dict[str, object]:
    """A row as `load_runs` would give it."""
    return {
        "run_id": f"run{number:03}",
        "end_time": number,
        "excluded": None,
        "policy": str(record.spec.policy),
        "family": record.spec.policy.family,
        "seed": record.spec.seed,
        "protocol": json.loads(record.protocol.to_json()),
        "protocol_id": record.protocol.id,
        "cell": record.cell,
        "diverged": record.diverged,
        **record.metrics(),
    }


def frame(*records: RunRecord) -> pd.DataFrame:
    """Finished runs as `load_runs` would give them."""
    return pd.DataFrame([row_of(i, record) for i, record in enumerate(records)])


def close(left: float, right: float) -> bool:
    """Whether two floats are equal but for their last bits."""
    return math.isclose(left, right, rel_tol=1e-12)


def log_record(
    client: MlflowClient, run_id: str, record: RunRecord, tags: Mapping[str, str] | None = None
) -> None:
    """Log what a finished run has to say, without files, to a run that is open."""
    log_batch(
        client,
        run_id,
        params=params_of(record.spec, record.protocol),
        metrics=[Metric(*point) for point in record_points(record, int(time.time() * 1000))],
        tags={**(tags or {}), **record_tags(record)},
    )
