"""The server killed, slow, or talking nonsense: what the user sees, and that nothing is lost."""

import os
import re
import signal

import pytest
from front import Front, pause
from served import CHILD, ServedStudy, Server, ended, problems

CREATE = "runs/create"
FILL = "runs/log-batch"
END = "runs/update"


def test_dead_at_the_start_nothing_is_trained(served: ServedStudy, server: Server) -> None:
    server.kill()
    last = served.ends(1)
    assert re.fullmatch(r"error: the MLflow store http://\S+ cannot be used \(.*\): give .*", last)
    assert list((served.folder / "state" / "outbox").iterdir()) == []


def test_killed_before_publishing(
    served: ServedStudy, server: Server, front: Front, expected: dict[str, object]
) -> None:
    # The first thing that is asked of a cell that was trained.
    kill = front.rule("lr_study.outbox", before=server.kill)
    last = served.ends(1)
    assert kill.hit == 1
    assert [run.status for run in served.runs()] == ["RUNNING"]  # the study, and no cell
    assert last.startswith(f"error: 4 runs not yet uploaded to {front.uri} (")
    assert "lr-study sync" in last
    assert served.sync(1).startswith("error: 5 runs not yet uploaded")  # the study's own is one
    server.start()
    served.sync(0)
    assert problems(served, expected, unfinished="FAILED") == []
    before = served.runs()
    served.ends(0)
    assert served.runs() == before


@pytest.mark.parametrize(
    ("words", "first", "moment", "statuses", "left"),
    [
        (
            FILL,
            2,
            "before",
            ["FINISHED", "RUNNING"],
            "3 runs not yet uploaded",
        ),  # a run is half there
        (END, 4, "after", ["FINISHED"] * 4, "1 run not yet uploaded"),  # the last one is finished
    ],
)
def test_killed_while_publishing(
    served: ServedStudy,
    server: Server,
    front: Front,
    expected: dict[str, object],
    words: str,
    first: int,
    moment: str,
    statuses: list[str],
    left: str,
) -> None:
    kill = front.rule(words, first=first, **{moment: server.kill})
    last = served.ends(1)
    assert kill.hit == 1
    assert sorted(run.status for run in served.runs() if run.parent) == statuses
    assert last.startswith(f"error: {left}")
    server.start()
    served.ends(0)
    assert problems(served, expected, unfinished="FAILED") == []


def test_killed_and_back(
    served: ServedStudy,
    server: Server,
    front: Front,
    expected: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Longer than a busy machine takes to start a server.
    monkeypatch.setattr("killing.MORE", {"MLFLOW_HTTP_REQUEST_TIMEOUT": "120"})
    kill = front.rule(FILL, before=server.kill, drop=True)
    # Whoever comes then is kept waiting until it is back, as by a gateway.
    back = front.rule("", times=10**6, before=lambda: server.start() if kill.hit else None)
    served.ends(0)
    assert kill.hit == 1
    assert back.hit > 0
    assert problems(served, expected) == []


def test_ten_seconds_an_answer(
    served: ServedStudy, front: Front, expected: dict[str, object]
) -> None:
    slow = front.rule(CHILD, after=pause(10))
    served.ends(0)
    assert slow.hit == 1
    assert problems(served, expected) == []


@pytest.mark.parametrize("late", ["the answer", "the request"])
def test_answers_that_come_when_nobody_waits_for_them_any_more(
    served: ServedStudy,
    front: Front,
    expected: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    late: str,
) -> None:
    monkeypatch.setattr("killing.MORE", {"MLFLOW_HTTP_REQUEST_TIMEOUT": "2"})
    moment = {"after" if late == "the answer" else "before": pause(4)}
    slow = front.rule(f"{CREATE} {{", first=2, **moment)
    served.ends(0)
    assert slow.hit == 1
    made = [line for line in front.lines if line.endswith(CREATE)]
    assert len(made) == (5 if late == "the answer" else 6)
    if late == "the request":  # the study may have ended before it came
        served.ends(0)
    assert problems(served, expected) == []


def test_nonsense_in_the_place_of_an_answer(
    served: ServedStudy, front: Front, expected: dict[str, object]
) -> None:
    answers = [(500, b"{}"), (429, b"slower"), (200, b"<html>Welcome!</html>"), (200, b"{}")]
    for answer in answers:
        nonsense = front.rule(CHILD, times=10**6, answer=answer)
        last = served.ends(1)
        assert nonsense.hit >= 2
        assert re.match(
            "error: [45] runs not yet uploaded", last
        )  # from the second on, the study's own too
        nonsense.times = 0
    served.ends(0)
    assert problems(served, expected, unfinished="FAILED") == []


def test_asked_to_come_again_it_does(
    served: ServedStudy, front: Front, expected: dict[str, object]
) -> None:
    busy = front.rule(FILL, times=2, answer=(429, b"slower"))
    served.ends(0)
    assert busy.hit == 2
    assert problems(served, expected) == []


def test_the_study_killed_between_two_calls(
    served: ServedStudy, front: Front, expected: dict[str, object]
) -> None:
    # Made; filled; finished and still in the outbox: each kill finds a cell further than the last.
    for words, moment, statuses in (
        (FILL, "before", ["RUNNING"]),
        (END, "before", ["RUNNING"]),
        (END, "after", ["FINISHED"]),
    ):
        with served.start() as process:
            kill = {moment: lambda pid=process.pid: os.kill(pid, signal.SIGKILL)}
            rule = front.rule(words, **kill, drop=moment == "before")
            assert process.wait() == -signal.SIGKILL
        assert rule.hit == 1
        assert [run.status for run in served.runs() if run.parent] == statuses
        assert list((served.folder / "state" / "outbox").glob("*/entry.json"))
    served.ends(0)
    assert problems(served, expected, unfinished="KILLED") == []


def test_terminated_while_it_publishes(
    served: ServedStudy, front: Front, expected: dict[str, object]
) -> None:
    with served.start() as process:
        rule = front.rule(FILL, before=lambda: os.kill(process.pid, signal.SIGTERM))
        assert process.wait() == 1, process.said()
    assert rule.hit == 1
    assert "the same command continues" in process.said().splitlines()[-1]
    assert {run.status for run in served.runs() if run.parent is None} == {"KILLED"}
    assert {run.status for run in served.runs() if run.parent} <= {"FINISHED"}
    with served.start() as process:
        ended(process, 0)
    assert problems(served, expected, unfinished="KILLED") == []
