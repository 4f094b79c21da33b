"""Commands whose experiment keeps its artifacts where they cannot be written from here."""

from pathlib import Path

import pytest
from killing import Study
from mlflow import MlflowClient

from lr_study.cli import app as cli
from lr_study.support import LrStudyError
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking import outbox
from lr_study.training import batched

use_one_thread_per_op()


@pytest.mark.parametrize("command", ["study", "run"])
def test_nothing_is_trained_and_no_run_stays_running(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "files").rmdir()
    (tmp_path / "files").touch()
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", (0, 0))
    monkeypatch.setattr(batched, "train_heads", lambda *args, **kwargs: pytest.fail("trained"))
    words = small_study.words()
    if command == "run":
        skipped = ("study", "--seeds", "--log-models", "--policy")
        words = ["run", "fixed:lr=0.1", *(word for word in words if not word.startswith(skipped))]
    with pytest.raises(LrStudyError, match=f"written to file://{tmp_path}/files/.*nothing was tr"):
        cli.app(words, standalone_mode=False)
    assert [run.status for run in small_study.runs()] == ["FAILED"]
    assert outbox.waiting() == []


def test_where_they_cannot_be_written_later_runs_are_ended(
    small_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", (0, 0))
    train_heads = batched.train_heads

    def lose_the_disk(*args: object, **kwargs: object) -> object:
        (tmp_path / "files").rename(tmp_path / "gone")
        (tmp_path / "files").touch()
        return train_heads(*args, **kwargs)

    monkeypatch.setattr(batched, "train_heads", lose_the_disk)
    with pytest.raises(LrStudyError, match=r"1 run not yet uploaded .*artifacts cannot be written"):
        cli.app(small_study.words(), standalone_mode=False)
    assert sorted(run.status for run in small_study.runs()) == ["FAILED", "KILLED"]

    (tmp_path / "files").unlink()
    (tmp_path / "gone").rename(tmp_path / "files")
    cli.app(["sync"], standalone_mode=False)
    assert sorted(run.status for run in small_study.runs()) == ["FAILED", "FINISHED"]
    (cell,) = small_study.finished().values()
    names = {file.path for file in MlflowClient(small_study.uri).list_artifacts(cell[0])}
    assert names == {"head.npz", "history.csv"}
