"""Logged rates against declared policies: by step, by the own curve, and without a formula."""

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compared_runs import with_curves
from records import make_record

from lr_study.comparison.guards import invalid_reasons

EPOCHS = 8
LOSSES = tuple(1 - i / 100 for i in range(EPOCHS))
STEPS = 40  # of 1,259 images in batches of 32


def a_run(policy: str, rates: list[float], **protocol: object) -> pd.DataFrame:
    accuracies = tuple(0.5 + i / 100 for i in range(EPOCHS))
    runs = with_curves(make_record("fixed", accuracies=accuracies, losses=LOSSES))
    runs["policy"] = policy
    runs.at[0, "protocol"] |= protocol
    runs.at[0, "curves"]["learning_rate"] = rates
    return runs


def warmup_cosine(part: float) -> list[float]:
    """Two epochs of warmup and a cosine, when ``part`` of each epoch has passed."""

    def rate(time: float) -> float:
        return 0.05 * time if time < 2 else 0.05 * (1 + math.cos(math.pi * (time - 2) / 6))

    return [rate(epoch + part) for epoch in range(EPOCHS)]


WARMUP_COSINE = "warmup:epochs=2+cosine:initial_lr=0.1"
LAST_STEP = (STEPS - 1) / STEPS


def test_a_rate_by_step_is_held_to_that_of_the_last_step_of_its_epoch() -> None:
    assert list(invalid_reasons(a_run(WARMUP_COSINE, warmup_cosine(LAST_STEP)))) == [None]
    (reason,) = invalid_reasons(a_run(WARMUP_COSINE, warmup_cosine(0.0)))
    assert reason == (
        f"learning rate deviates from {WARMUP_COSINE} at epoch 1: logged 0, expected 0.04875"
    )
    off = warmup_cosine(LAST_STEP)
    off[5] *= 1 + 5e-6
    (reason,) = invalid_reasons(a_run(WARMUP_COSINE, off))
    assert "at epoch 6" in reason


def test_a_cosine_that_was_computed_in_32_bits_is_what_it_declares() -> None:
    end = np.float32(0.05) + np.float32(0.05) * np.cos(np.float32(math.pi * 7.9999 / 8))
    exact = 0.05 * (1 + math.cos(math.pi * 7.9999 / 8))
    assert abs(float(end) - exact) > 1e-3 * exact  # rounding is all that is left of it
    piecewise = f"piecewise:milestones=7,values=0.1/{exact!r}"
    held = a_run(piecewise, [0.1] * 7 + [float(end)])
    assert list(invalid_reasons(held)) == [None]
    (reason,) = invalid_reasons(a_run(piecewise, [0.1] * 7 + [exact + 1e-7]))
    assert "at epoch 8" in reason


@pytest.mark.parametrize("unknown", [{"train_size": "unknown"}, {"batch_size": "unknown"}])
def test_a_rate_by_step_is_not_checked_if_the_steps_are_not_known(unknown: dict) -> None:
    assert list(invalid_reasons(a_run(WARMUP_COSINE, [9.0] * EPOCHS, **unknown))) == [None]
    by_epoch = "cosine:initial_lr=0.1,final_lr=0.0,every=epoch"
    (reason,) = invalid_reasons(a_run(by_epoch, [9.0] * EPOCHS, **unknown))
    assert "at epoch 1: logged 9, expected 0.1" in reason


PLATEAU = "plateau:initial_lr=0.1,factor=0.5,patience=2,min_delta=0.1"
LOWERED = [0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125]


def test_a_plateau_is_replayed_from_the_run_s_own_curve() -> None:
    assert list(invalid_reasons(a_run(PLATEAU, LOWERED))) == [None]
    (reason,) = invalid_reasons(a_run(PLATEAU, [*LOWERED[:3], *[0.1] * 5]))
    assert "at epoch 4: logged 0.1, expected 0.05" in reason
    # With another loss the same rates are wrong: it had improved in the third epoch.
    runs = a_run(PLATEAU, LOWERED)
    runs.at[0, "curves"]["val_loss"] = [1.0, 0.99, 0.5, *LOSSES[3:]]
    (reason,) = invalid_reasons(runs)
    assert "at epoch 4: logged 0.05, expected 0.1" in reason


def test_a_plateau_without_the_curve_that_it_reads_is_not_checked() -> None:
    runs = a_run(PLATEAU, [9.0] * EPOCHS).drop(columns=["final_val_loss", "best_val_loss"])
    runs.at[0, "curves"]["val_loss"] = []
    runs["diverged"] = False
    assert list(invalid_reasons(runs)) == [None]


def test_a_function_that_a_store_names_is_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "named_by_a_store.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for policy in (
        "python:named_by_a_store:rate",
        "warmup:epochs=1+python:named_by_a_store:rate@0123456789ab,every=step",
        "keras:CosineDecay@0123456789ab",
    ):
        assert list(invalid_reasons(a_run(policy, [9.0] * EPOCHS))) == [None]
    assert "named_by_a_store" not in sys.modules


def test_a_policy_that_no_run_can_have_does_not_stop_a_ranking() -> None:
    assert list(invalid_reasons(a_run("warmup:epochs=8+cosine", [9.0] * EPOCHS))) == [None]
