"""What a raced study decided, as text in a store that anybody may have written."""

import base64
import json
import zlib
from dataclasses import replace

import pandas as pd
import pytest

from lr_study.comparison import RaceRecord, races_of

RECORD = RaceRecord(
    protocol_id="0123456789ab",
    folds=5,
    planned=4,
    repetitions=2,
    level=0.0108,
    stopped={"fixed:lr=1": 1, "exp_decay:k=0.1": 2},
    until_regret=0.5,
    regret_bound=1.25,
)


def test_a_record_is_read_back_as_it_was():
    assert RaceRecord.from_text(RECORD.to_text()) == RECORD


def test_the_record_of_hundreds_of_policies_fits_into_a_tag():
    stopped = {f"step_decay:initial_lr={i / 1000},drop=0.5,epochs_drop=5": 1 for i in range(500)}
    record = replace(RECORD, stopped=stopped)
    assert len(record.to_text()) < 5_000
    assert RaceRecord.from_text(record.to_text()) == record


def packed(content: bytes) -> str:
    return json.dumps({"packed": base64.b64encode(content).decode()})


@pytest.mark.parametrize(
    "text",
    [
        '{"packed": 1}',
        '{"packed": "?"}',
        packed(b"not zlib"),
        packed(zlib.compress(b"{}" * 9_000)[:20]),
        packed(zlib.compress(b" " * 20_000_000)),
        packed(zlib.compress(b"\xff")),
    ],
)
def test_damaged_and_crafted_texts_are_refused(text):
    with pytest.raises(ValueError, match=r"."):
        RaceRecord.from_text(text)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"protocol_id": 1}, "protocol_id"),
        ({"folds": 1}, "folds"),
        ({"planned": True}, "planned"),
        ({"planned": 1}, "more repetitions than were planned"),
        ({"repetitions": 0}, "repetitions"),
        ({"level": 0}, "level"),
        ({"level": float("nan")}, "level"),
        ({"stopped": ["fixed:lr=1"]}, "stopped"),
        ({"stopped": {"fixed:lr=1": "1"}}, "stopped"),
        ({"stopped": {"fixed:lr=1": 0}}, "stopped"),
        ({"until_regret": "0.5"}, "until_regret"),
        ({"regret_bound": -1}, "regret_bound"),
        ({"ended": 1}, "ended"),
        ({"more": 1}, "is not an object with"),
    ],
)
def test_what_is_no_record_is_refused_by_name(changes, names):
    with pytest.raises(ValueError, match=names):
        RaceRecord.from_text(json.dumps(json.loads(RECORD.to_text()) | changes))


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, '{"protocol_id": "a"}'])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match=r"."):
        RaceRecord.from_text(text)


def test_of_several_studies_of_a_protocol_the_latest_counts():
    other = RaceRecord("b", 5, 2, 1, 0.01)
    earlier = RaceRecord(RECORD.protocol_id, 5, 4, 1, 0.0001)
    runs = pd.DataFrame(
        {
            "run_id": ["r1", "r2", "r3", "r4"],
            "start_time": [30, 10, 20, 40],
            "race": pd.Series([RECORD, earlier, other, None], dtype=object),
        }
    )
    assert races_of(runs) == {RECORD.protocol_id: RECORD, "b": other}
    assert races_of(runs.drop(columns="race")) == {}
