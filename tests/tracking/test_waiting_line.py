"""What a user reads of runs that are not yet uploaded."""

import pytest

from lr_study.tracking import outbox


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "1 run not yet uploaded to S (no answer): kept in the outbox; lr-study sync uploads"),
        (
            {"refused": True},
            "1 run not yet uploaded to S (no answer): kept in the outbox; once the reason is gone, "
            "lr-study sync uploads",
        ),
    ],
)
def test_what_uploads_the_runs_that_wait(options, line):
    assert outbox.waiting_line(1, "S", "no answer", **options) == (
        line + " them, and so does the next run or study for this store"
    )
