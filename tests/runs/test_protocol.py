"""What a user may rely on in a protocol and in the identity of a run."""

import json
from dataclasses import MISSING, fields, replace

import pytest
from records import PROTOCOL

from lr_study.policies import parse
from lr_study.runs import Protocol


def test_protocol_is_canonical_json() -> None:
    text = PROTOCOL.to_json()
    required = [field.name for field in fields(Protocol) if field.default is MISSING]
    assert list(json.loads(text)) == sorted(required)
    assert " " not in text
    assert len(PROTOCOL.id) == 12
    assert int(PROTOCOL.id, 16) >= 0


@pytest.mark.parametrize("name", [field.name for field in fields(Protocol)])
def test_any_field_makes_another_protocol_and_another_cell(name: str) -> None:
    value = getattr(PROTOCOL, name)
    other = replace(PROTOCOL, **{name: value + 1 if not isinstance(value, str) else value + "x"})
    assert other.id != PROTOCOL.id
    policy = parse("fixed")
    assert other.cell(policy, 0) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(policy, 1) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(parse("fixed:lr=0.01"), 0) != PROTOCOL.cell(policy, 0)
