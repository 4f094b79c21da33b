"""What a user may rely on in a protocol and in the identity of a run."""

import hashlib
import json
from dataclasses import MISSING, fields, replace

import numpy as np
import pytest
from records import PROTOCOL

from lr_study.policies import parse
from lr_study.runs import PROTOCOL_VERSION, ImageProtocol, digest_of_groups


def test_protocol_is_canonical_json() -> None:
    text = PROTOCOL.to_json()
    required = [field.name for field in fields(ImageProtocol) if field.default is MISSING]
    assert list(json.loads(text)) == sorted(required)
    assert " " not in text
    assert len(PROTOCOL.id) == 12
    assert int(PROTOCOL.id, 16) >= 0


@pytest.mark.parametrize("name", [field.name for field in fields(ImageProtocol)])
def test_any_field_makes_another_protocol_and_another_cell(name: str) -> None:
    value = getattr(PROTOCOL, name)
    other = replace(PROTOCOL, **{name: value + 1 if not isinstance(value, str) else value + "x"})
    assert other.id != PROTOCOL.id
    policy = parse("fixed")
    assert other.cell(policy, 0) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(policy, 1) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(parse("fixed:lr=0.01"), 0) != PROTOCOL.cell(policy, 0)


def test_a_store_keeps_knowing_its_runs() -> None:
    """Ids are stored: with another one, every finished run would be trained again."""
    assert PROTOCOL.id == "9987a4b1d497"
    assert PROTOCOL.cell(parse("fixed"), 0) == "4031b9de311f"
    assert PROTOCOL.id == hashlib.sha256(PROTOCOL.to_json().encode()).hexdigest()[:12]


def test_fields_of_later_versions_are_stored_only_where_they_say_something() -> None:
    later = {"copies": 1, "duplicates": "drop", "protocol_version": 2, "test_fingerprint": "e"}
    later |= {"resampling": "folds", "folds": 5, "stratified": True, "groups": "f"}
    later |= {"train": "2", "head_lr_factor": 10.0, "train_norms": True}
    later |= {"augment": "flip-crop", "dropout": 0.2}
    stored = json.loads(PROTOCOL.to_json())
    assert json.loads(replace(PROTOCOL, **later).to_json()) == stored | later
    as_before = {"copies": 0, "duplicates": "", "protocol_version": 1, "test_fingerprint": ""}
    as_before |= {"resampling": "", "folds": 0, "stratified": False, "groups": ""}
    as_before |= {"train": "head", "head_lr_factor": 1.0, "train_norms": False}
    as_before |= {"augment": "none", "dropout": 0.0}
    assert replace(PROTOCOL, **as_before) == PROTOCOL


def test_a_study_of_today_draws_as_version_two() -> None:
    """Where this is raised, `tests/support/test_seeding.py` has other numbers, and only there."""
    assert PROTOCOL_VERSION == 2


def test_a_protocol_knows_which_examples_stay_together() -> None:
    assert digest_of_groups(np.array([0, 1, 2])) == ""
    assert digest_of_groups(np.array([0, 0, 2])) == hashlib.sha256(b"[0,0,2]").hexdigest()[:12]
