"""Two studies at once, and live runs that are killed."""

import threading
from pathlib import Path

from served import StudyUnderFaults, problems

VALIDATED = "SELECT step FROM metrics WHERE key = 'val_accuracy' AND run_uuid = ? ORDER BY step"
ENDED = "SELECT timestamp FROM metrics WHERE key = 'loss' AND run_uuid = ? ORDER BY step"
LIVE = ("--engine=live", "--epochs=6")


def test_two_studies_at_once(study: StudyUnderFaults, expected: dict[str, object]) -> None:
    with study.start() as first, study.start() as second:
        threads = [threading.Thread(target=process.wait) for process in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [first.wait(), second.wait()] == [0, 0], first.said() + second.said()
    parents = [run.id for run in study.runs() if run.parent is None]
    assert len(parents) == 2  # both found something missing
    assert problems(study, expected) == []


def epochs_of(study: StudyUnderFaults) -> dict[str, list[int]]:
    """The epochs that the store has of each run that logs some, in the order of the runs."""
    found = {run.id: [step for (step,) in study._rows(VALIDATED, run.id)] for run in study.runs()}
    return {run_id: steps for run_id, steps in found.items() if steps}


def killed_in_training(study: StudyUnderFaults, words: list[str], checkpoints: Path) -> list[int]:
    """Kill a live command within its epochs; return those that its run has."""

    def stage() -> str:
        trained = any(0 < len(steps) < 6 for steps in epochs_of(study).values())
        return "trains" if trained and list(checkpoints.glob("[!.]*.npz")) else ""

    with study.command(words) as process:
        process.kill_in(stage)
    (steps,) = epochs_of(study).values()
    assert 1 <= len(steps) < 6
    return steps


def test_a_live_cell_killed_within_its_epochs_goes_on_in_its_run(study: StudyUnderFaults) -> None:
    checkpoints = study.folder / "state" / "outbox"
    words = [word for word in study.words() if not word.startswith("--policy")]
    words += [*LIVE, "--seeds=1", "--policy=fixed:lr=0.01"]
    killed_in_training(study, words, checkpoints)
    with study.command(words) as process:
        assert process.wait() == 0, process.said()
    assert list(epochs_of(study).values()) == [[1, 2, 3, 4, 5, 6]]
    assert [run.status for run in study.runs() if run.parent] == ["FINISHED"]
    assert list(checkpoints.glob("[!.]*")) == []


def test_a_live_run_killed_within_its_epochs_goes_on_in_a_new_one(study: StudyUnderFaults) -> None:
    checkpoints = study.folder / "state" / "outbox"
    kept = [
        word
        for word in study.words()[1:]
        if not word.startswith(("--policy", "--seeds", "--log-models"))
    ]
    words = ["run", "fixed:lr=0.01", *kept, *LIVE]
    before = killed_in_training(study, words, checkpoints)
    with study.command(words) as process:
        assert process.wait() == 0, process.said()
    assert list(epochs_of(study).values()) == [before, [1, 2, 3, 4, 5, 6]]
    first, second = (study._rows(ENDED, run.id) for run in study.runs())
    assert second[: len(before)] == first  # not trained again: they ended when they had ended
    assert [run.status for run in study.runs()] == ["KILLED", "FINISHED"]
    assert list(checkpoints.glob("[!.]*")) == []
