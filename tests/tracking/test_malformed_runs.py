"""One value of some runs' records is replaced by anything: all others are ranked as before."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunData, RunInfo, RunTag
from records import make_record

from lr_study import compare
from lr_study.report import FORMATS, ranking_text
from lr_study.runs import CURVES, RunRecord, canonical_json, short_hash
from lr_study.tracking.reading import table_of
from lr_study.tracking.writing import params_of, record_points, record_tags

CLIENT = MlflowClient("sqlite:///:memory:")  # nothing is read from it: all curves are in tags
RECORD = make_record("fixed:lr=0.01")
WHOLE = [make_record(f"fixed:lr={lr}", seed) for lr in ("0.001", "0.1") for seed in (0, 1)]

NUMBERS = st.one_of(
    st.integers(-2, 5),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63, 2**64, 10**400, -(10**400), 0.5, 4.0, 1e308, -0.0]),
    st.floats(),
)
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "unknown", "nan", "inf", "4", "-1", "\ud800", "\0", "[/x]", "{0}", "$x$"]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6), st.dictionaries(TEXTS | st.sampled_from(CURVES), inner)
    ),
    max_leaves=8,
)
POLICIES = st.one_of(
    st.text(max_size=20).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text)),
    st.sampled_from(
        [
            *("", ":", "fixed", "fixed:", "fixed:lr=", "fixed:lr=1e400", "fixed:lr=nan"),
            *("fixed:lr=0.01,lr=0.01", "exp_decay:initial_lr=1e308,k=1e308", "[/b]", "[bold]"),
            *("step_decay:initial_lr=1e-300,drop=1e-300,epochs_drop=1", "a:b=c", "unnamed:x"),
            *(
                "warmup:epochs=1e300+cosine",
                "warmup+warmup+fixed",
                "warmup",
                "fixed,for=1e-300+fixed",
            ),
            *("cosine_restarts:t_mul=1e300", "cosine_restarts:first_period=1e-300,t_mul=1.0000001"),
            *(
                "cyclic:period=1e-300,decay=1e-300",
                "sigmoid:k=-1e308",
                "+",
                "cosine+",
                "fixed++fixed",
            ),
            *("inverse_time:k=1e308,power=1e308", "multistep:milestones=0.5,drop=1e-300"),
            *("piecewise:milestones=1e-300,values=0/0", "polynomial:power=1e308", "inverse_sqrt"),
            *("python:os:system", "python:nowhere:rate@0123456789ab", "keras:Cosine@0123456789ab"),
            *(
                "plateau:patience=0,factor=1e-300",
                "one_cycle:div_factor=1e-300",
                "wsd:shape=1-sqrt",
            ),
        ]
    ),
)


def run_of(run_id: str, content: dict[str, Any]) -> Run:
    """A run as MLflow gives it; its cell is that of its policy, seed and protocol."""
    tags = dict(content["tags"])
    try:
        identity = {
            "policy": content["params"]["policy"],
            "protocol": short_hash(canonical_json(json.loads(tags["lr_study.protocol"]))),
            "seed": int(content["params"]["seed"]),
        }
        tags["lr_study.cell"] = short_hash(canonical_json(identity))
    except (ValueError, RecursionError):
        pass
    info = RunInfo(run_id, "0", "x", "FINISHED", 1, 2, "active", run_name="x")
    data = RunData(
        [Metric(name, value, 0, 0) for name, value in content["metrics"].items()],
        [Param(name, value) for name, value in content["params"].items()],
        [RunTag(name, value) for name, value in tags.items()],
    )
    return Run(info, data)


def content_of(record: RunRecord) -> dict[str, Any]:
    points = record_points(record, 0)
    return {
        "params": {k: str(v) for k, v in params_of(record.spec, record.protocol).items()},
        "metrics": {name: value for name, value, *_ in points if name not in CURVES},
        "tags": record_tags(record),
    }


OTHERS = [run_of(f"whole{i}", content_of(record)) for i, record in enumerate(WHOLE)]
PROTOCOL = json.loads(RECORD.protocol.to_json())


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Values for a run each: five runs are ranked as fast as one."""
    return st.lists(values, min_size=5, max_size=5)


def contents(count: int) -> list[dict[str, Any]]:
    """As many runs of one policy, under different seeds."""
    return [content_of(make_record("fixed:lr=0.01", seed)) for seed in range(count)]


def assert_others_are_ranked(changed: list[dict[str, Any]]) -> None:
    ids = {f"changed{i}": content for i, content in enumerate(changed)}
    runs = table_of(CLIENT, [*OTHERS, *(run_of(*each) for each in ids.items())])
    found = compare(runs)
    assert {run.run_id for run in found.excluded} <= set(ids)
    ranked = sum(ranking.runs for ranking in found.protocols)
    assert ranked == len(OTHERS) + len(ids) - len(found.excluded)
    for run in found.excluded:
        assert run.reason
    for form in FORMATS:
        ranking_text(found, form)


@pytest.mark.parametrize("field", [*PROTOCOL, "another"])
@settings(max_examples=5)
@given(values=several(VALUES))
@example([0, 1, 2**62, 0.0, True, float("inf"), 10**400, "\ud800"])
def test_any_value_in_a_field_of_a_protocol(field: str, values: list[Any]) -> None:
    changed = contents(len(values))
    for content, value in zip(changed, values, strict=True):
        content["tags"]["lr_study.protocol"] = json.dumps({**PROTOCOL, field: value})
    assert_others_are_ranked(changed)


@pytest.mark.parametrize(
    "tag", ["protocol", "cell", "curves", "options", "diverged", "protocol_id"]
)
@settings(max_examples=8)
@example(texts=['{"\\ud800": null}'])
@given(
    texts=several(
        st.one_of(VALUES.map(json.dumps), TEXTS, st.just("[" * 5000), st.just("9" * 5000))
    )
)
def test_any_text_in_a_tag(tag: str, texts: list[str]) -> None:
    changed = contents(len(texts))
    for content, text in zip(changed, texts, strict=True):
        content["tags"][f"lr_study.{tag}"] = text
    assert_others_are_ranked(changed)


@pytest.mark.parametrize("curve", [*CURVES, "another"])
@settings(max_examples=8)
@given(values=several(st.one_of(VALUES, st.lists(SCALARS, min_size=3, max_size=5))))
def test_any_value_as_a_curve(curve: str, values: list[Any]) -> None:
    changed = contents(len(values))
    for content, value in zip(changed, values, strict=True):
        curves = json.loads(content["tags"]["lr_study.curves"])
        content["tags"]["lr_study.curves"] = json.dumps({**curves, curve: value})
    assert_others_are_ranked(changed)


@pytest.mark.parametrize("metric", [*content_of(RECORD)["metrics"], "another"])
@settings(max_examples=20)
@given(value=st.floats())
def test_any_number_as_a_metric(metric: str, value: float) -> None:
    (content,) = contents(1)
    content["metrics"][metric] = value
    assert_others_are_ranked([content])


# One at a time: runs of different policies or seeds may leave each other out.


@settings(max_examples=100)
@given(policy=POLICIES)
def test_any_text_as_a_policy(policy: str) -> None:
    (content,) = contents(1)
    content["params"]["policy"] = content["tags"]["lr_study.policy"] = policy
    assert_others_are_ranked([content])


@settings(max_examples=50)
@given(seed=TEXTS | NUMBERS.map(str) | st.just("9" * 5000))
def test_any_text_as_a_seed(seed: str) -> None:
    (content,) = contents(1)
    content["params"]["seed"] = seed
    assert_others_are_ranked([content])


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("epochs", float("inf"), "epochs in its protocol is not a finite number"),
        ("epochs", 10**9, "epochs=1000000000 in its protocol is not from 1 to 1000000"),
        ("val_size", "many", "val_size='many' in its protocol is not allowed"),
        ("val_size", 2**63, "val_size in its protocol is not a finite number"),
        ("val_size", -1, "val_size=-1 in its protocol is not allowed"),
        ("data", [1], "data in its protocol is not a single value"),
    ],
)
def test_the_reason_names_the_value(field: str, value: object, reason: str) -> None:
    content = content_of(RECORD)
    content["tags"]["lr_study.protocol"] = json.dumps({**PROTOCOL, field: value})
    (row,) = table_of(CLIENT, [run_of("changed", content)]).to_dict("records")
    assert row["excluded"] == f"not a run of lr-study: its record cannot be read ({reason})"


def test_a_seed_of_the_split_of_any_size_is_one_of_ours() -> None:
    record = make_record(split_seed=2**70)
    (row,) = table_of(CLIENT, [run_of("large", content_of(record))]).to_dict("records")
    assert row["excluded"] is None
    assert row["protocol_id"] == record.protocol.id
