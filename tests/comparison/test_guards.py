"""Runs that are not ranked, or not together: as functions, and by the command on a real store."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from compared_runs import with_curves
from forked import lr_study
from records import log_record, make_record

from lr_study.comparison.guards import duplicate_reasons, fields_that_differ, invalid_reasons
from lr_study.runs import RunRecord
from lr_study.tracking.connection import connect
from lr_study.tracking.experiments import choose_experiment

EPOCHS = 8
CURVE = tuple(0.5 + i / 100 for i in range(EPOCHS))
LOSSES = tuple(1 - i / 100 for i in range(EPOCHS))
POLICIES = ("fixed:lr=0.001", "fixed:lr=0.01", "exp_decay:initial_lr=0.01,k=0.3")


def record(policy: str, seed: int = 0, **more) -> RunRecord:
    return make_record(policy, seed, accuracies=CURVE, losses=LOSSES, **more)


def with_rate(made: RunRecord, epoch: int, factor: float) -> RunRecord:
    """The record with one logged rate off by a factor."""
    changed = [
        replace(e, learning_rate=e.learning_rate * factor) if e.epoch == epoch else e
        for e in made.epochs
    ]
    return replace(made, epochs=tuple(changed))


@pytest.mark.parametrize(
    ("factor", "found"),
    [
        (1 + 5e-7, None),  # rounding of a 32-bit number
        (1 + 5e-6, "learning rate deviates from fixed:lr=0.01 at epoch 7: logged 0.01"),
        (
            0.5,
            "learning rate deviates from fixed:lr=0.01 at epoch 7: logged 0.005, expected 0.01",
        ),
    ],
)
def test_logged_rates_must_match_the_policy(factor: float, found: str | None) -> None:
    (reason,) = invalid_reasons(with_curves(with_rate(record("fixed:lr=0.01"), 7, factor)))
    assert reason == found or reason.startswith(found)


def test_rates_of_a_policy_without_formula_are_not_checked() -> None:
    runs = with_curves(with_rate(record("fixed:lr=0.01"), 7, 0.5))
    runs["policy"] = "unnamed:name=fifth try"
    assert list(invalid_reasons(runs)) == [None]


def test_missing_epochs_and_values_are_reported() -> None:
    short = with_curves(record("fixed:lr=0.01"), record("fixed:lr=0.001"), record("fixed:lr=0.1"))
    short.at[0, "protocol"] = {"epochs": 50}
    short.at[1, "curves"]["val_accuracy"][2] = None
    short.at[2, "curves"]["learning_rate"][7] = None
    assert list(invalid_reasons(short)) == [
        "trained for 8 epochs, but the protocol declares 50",
        "no val_accuracy at epoch 3",
        "no learning_rate at epoch 8",
    ]


def test_accuracies_and_metrics_must_be_possible() -> None:
    runs = with_curves(*(record("fixed", seed) for seed in range(3)))
    runs.at[0, "curves"]["val_accuracy"][2] = 1.46
    runs["test_accuracy"] = [0.5, -1.0, float("nan")]
    assert list(invalid_reasons(runs)) == [
        "val_accuracy is 1.46 at epoch 3, which is not an accuracy from 0 to 1",
        "metric test_accuracy is -1, which is not an accuracy from 0 to 1",
        None,
    ]


def test_a_run_is_as_long_as_its_longest_curve() -> None:
    runs = with_curves(record("fixed"), record("fixed"), record("fixed"), record("fixed"))
    for name in ("accuracy", "loss"):
        runs.at[0, "curves"][name] = [0.5] * (9 if name == "loss" else 7)
    runs.at[1, "curves"]["learning_rate"] = [0.001] * 5
    runs.at[2, "curves"]["val_loss"] = []  # an imported run may lack a curve
    runs.at[3, "curves"].clear()
    assert list(invalid_reasons(runs.drop(columns="final_val_loss"))) == [
        "trained for 9 epochs, but the protocol declares 8",
        "no learning_rate at epoch 6",
        None,
        "trained for 0 epochs, but the protocol declares 8",
    ]


@pytest.mark.parametrize(
    ("factor", "is_invalid"), [(1 + 0.9e-6, False), (1 - 0.9e-6, False), (1 + 1.1e-6, True)]
)
def test_a_metric_is_what_its_curve_gives_to_one_in_a_million(
    factor: float, is_invalid: bool
) -> None:
    runs = with_curves(record("fixed"))
    runs["best_val_loss"] *= factor
    (reason,) = invalid_reasons(runs)
    assert (reason is not None) is is_invalid
    runs["best_val_loss"] = 0.5
    (reason,) = invalid_reasons(runs)
    assert reason == "metric best_val_loss is 0.5, but its curve gives 0.93"


def test_a_loss_is_missed_only_by_a_run_that_says_it_diverged() -> None:
    runs = with_curves(record("fixed", diverges_at=3), record("fixed:lr=0.01"))
    assert runs["diverged"].tolist() == [True, False]
    assert list(invalid_reasons(runs)) == [None, None]
    # It was the best, and the run goes on to say what it was.
    runs.at[0, "best_val_loss"] = 0.1
    runs.at[1, "final_val_loss"] = float("nan")
    assert list(invalid_reasons(runs)) == [
        "metric best_val_loss is 0.1, but its curve gives 0.99",
        "metric final_val_loss is nan, but its curve gives 0.93",
    ]


def test_the_best_loss_of_a_run_that_diverged_at_first_is_that_of_its_other_epochs() -> None:
    runs = with_curves(record("fixed", diverges_at=8))
    runs.at[0, "curves"]["val_loss"] = [None, *LOSSES[1:]]
    runs["best_val_loss"] = LOSSES[-1]
    assert list(invalid_reasons(runs)) == [None]
    runs["best_val_loss"] = 0.1
    assert list(invalid_reasons(runs)) == ["metric best_val_loss is 0.1, but its curve gives 0.93"]


@pytest.mark.parametrize("missing", [0, 3, len(LOSSES) - 1])
def test_the_best_loss_is_checked_whichever_epoch_of_an_import_lacks_one(missing: int) -> None:
    runs = with_curves(record("fixed"))
    losses: list[float | None] = list(LOSSES)
    losses[missing] = None
    runs.at[0, "curves"]["val_loss"] = losses
    runs["diverged"] = False  # an imported run says so
    runs["best_val_loss"] = lowest = min(loss for loss in losses if loss is not None)
    assert list(invalid_reasons(runs)) == [None]
    runs["best_val_loss"] = 0.1
    assert list(invalid_reasons(runs)) == [
        f"metric best_val_loss is 0.1, but its curve gives {lowest:.6g}"
    ]


def test_all_but_the_earliest_run_of_a_cell_are_duplicates() -> None:
    runs = with_curves(record("fixed"), record("fixed"), record("fixed", seed=1))
    runs["end_time"] = [2, 1, 3]
    reason = "Duplicate: same policy, seed and settings as run001, which finished first"
    assert list(duplicate_reasons(runs)) == [reason, None, None]


def test_fields_that_differ_are_counted() -> None:
    protocols = [{"batch_size": 16, "epochs": 5}] * 9 + [{"batch_size": 32, "epochs": 5}] * 3
    assert fields_that_differ(protocols) == "batch_size: 16 in 9 runs, 32 in 3"


def test_runs_that_draw_otherwise_are_told_what_to_do() -> None:
    protocols = [{"epochs": 5}] * 2 + [{"epochs": 5, "protocol_version": 2}]
    assert fields_that_differ(protocols) == (
        "protocol_version: 1 in 2 runs, 2 in 1 "
        "(the same seed draws other random numbers: train the earlier runs again)"
    )
    assert fields_that_differ(protocols[:2]) == ""
    assert fields_that_differ([{"a": 1}, {"a": 2}]) == "a: 1 in 1 run, 2 in 1"


def test_a_field_that_only_some_protocols_have_is_none_in_the_others() -> None:
    protocols = [{"epochs": 5}] * 2 + [{"epochs": 5, "copies": 7}]
    assert fields_that_differ(protocols) == "copies: none in 2 runs, 7 in 1"


@pytest.fixture(scope="module")
def problem_store(tmp_path_factory, empty_database) -> str:
    """Twelve runs: three with another batch size, and four with problems."""
    uri = f"sqlite:///{shutil.copy(empty_database, tmp_path_factory.mktemp('store'))}"
    client = connect(uri)
    experiment = choose_experiment(client, "oregon", "oregon")

    def log(made: RunRecord, status: str | None = "FINISHED") -> None:
        run = client.create_run(experiment.experiment_id)
        log_record(client, run.info.run_id, made)
        if status:
            client.set_terminated(run.info.run_id, status)

    for policy in POLICIES:
        log(record(policy, batch_size=16))
        log(record(policy))
    log(record(POLICIES[0]))  # duplicate
    log(record("fixed:lr=0.1", diverges_at=3))
    log(with_rate(record("fixed:lr=0.0001"), 7, 0.5))
    log(record("fixed:lr=0.02"), status=None)  # RUNNING
    log(record("step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5"))
    log(record("step_decay:initial_lr=0.01,drop=0.5,epochs_drop=3"))
    return uri


def compared(uri: str, *options: str) -> subprocess.CompletedProcess:
    return lr_study("compare", "--experiment", "oregon", "--tracking-uri", uri, *options)


def test_compare_prints_one_table_per_protocol_and_every_problem(problem_store: str) -> None:
    answer = compared(problem_store)
    assert answer.returncode == 0, answer.stderr
    text = " ".join(answer.stdout.split())
    assert text.count("oregon, protocol") == 2
    for expected in (
        "batch_size: 32 in 6 runs, 16 in 3",
        "learning rate deviates from fixed:lr=0.0001 at epoch 7: logged 5e-05, expected 0.0001",
        "status RUNNING, not FINISHED",
        "Duplicate:",
        "fixed:lr=0.1 diverged in 1 of 1 runs",
    ):
        assert expected in text, expected
    # With one run per policy no difference is significant.
    assert "worse" not in text.replace("val_loss", "")
    assert "One run per policy" in text


def test_strict_fails_on_any_problem(problem_store: str) -> None:
    answer = compared(problem_store, "--strict")
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: --strict: ")
    assert "oregon, protocol" in answer.stdout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--margin", "x"], "margin=x is not allowed: margin is a number"),
        (["--margin", "nan"], "margin=nan is not allowed: it is 0 or more"),
        (["--margin", "-1"], "margin=-1.0 is not allowed: it is 0 or more"),
        (["--target", "75"], "target=75.0 is not allowed: an accuracy, 0 < target <= 1"),
        (["--by", "seed"], "by=seed is not allowed: by is one of policy, family"),
    ],
)
def test_an_invalid_option_gives_a_one_line_error(
    problem_store: str, options: list[str], expected: str
) -> None:
    answer = compared(problem_store, *options)
    assert (answer.returncode, answer.stderr) == (2, f"error: {expected}\n")
