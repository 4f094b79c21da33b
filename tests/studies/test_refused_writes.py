"""A state folder that cannot be written while a study trains ends the study at once."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from killing import Study

from lr_study.policies import parse
from lr_study.runs import RunSpec, Settings, StudySpec
from lr_study.studies import find_images, prepare
from lr_study.studies.local_executor import LocalExecutor
from lr_study.studies.study import run_study
from lr_study.studies.workload import StudyWorkload
from lr_study.support import LrStudyError
from lr_study.tracking import Destination, Entry, outbox
from lr_study.tracking.experiments import open_destination
from lr_study.tracking.sending import Sender
from lr_study.training import OnEpoch, TrainedRun

SEEDS = range(6)


class Obstructed(LocalExecutor):
    """Puts a broken link in the place of the first lock file, and waits for the upload to fail."""

    def __init__(self, destination: Destination, failed: threading.Event) -> None:
        super().__init__()
        self.destination, self.failed = destination, failed
        self.obstacle = Path()
        self.trained: list[int] = []

    def run(
        self, workload: StudyWorkload, batches: Iterable[Sequence[RunSpec]], on_epoch: OnEpoch
    ) -> Iterator[TrainedRun]:
        for trained in super().run(workload, batches, on_epoch):
            self.trained.append(trained.record.spec.seed)
            if len(self.trained) == 1:
                where = self.destination.of_entry()
                cell = trained.record.cell
                entry = Entry(**where, id=cell, name="", status="", start_time=0, end_time=0)
                self.obstacle = entry.files.parent.with_name(f"{entry.key}.lock")
                self.obstacle.symlink_to("nowhere")
            yield trained
            assert self.failed.wait(60)


def test_what_publishing_raises_ends_the_study_and_not_after_the_last_seed(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    send = Sender.send

    def send_and_tell(self: Sender, entry: Entry) -> bool:
        try:
            return send(self, entry)
        finally:
            failed.set()

    monkeypatch.setattr(Sender, "send", send_and_tell)
    settings = Settings(
        data=str(small_study.data), backbone="efficientnet-lite0", image_size=32, epochs=2
    )
    study = StudySpec(settings, (parse("fixed:lr=0.01"),), tuple(SEEDS), "missing")
    destination = open_destination(small_study.uri, "study", "digits")
    executor = Obstructed(destination, failed)

    def run(executor: LocalExecutor | None = None) -> None:
        run_study(
            destination,
            study,
            lambda: prepare(settings, find_images(settings)),
            models="none",
            executor=executor,
        )

    with pytest.raises(LrStudyError, match=r"the outbox .* cannot be written \(Too many levels"):
        run(executor)
    assert len(executor.trained) < len(SEEDS)
    assert {run.status for run in small_study.runs() if run.parent is None} == {"FAILED"}
    finished = small_study.finished()
    waiting = {entry.cell for entry in outbox.waiting()}
    assert len(waiting | finished.keys()) == len(executor.trained)  # nothing is lost

    executor.obstacle.unlink()
    run()
    assert {len(run_ids) for run_ids in small_study.finished().values()} == {1}
    assert len(small_study.finished()) == len(SEEDS)
    assert outbox.waiting() == []
