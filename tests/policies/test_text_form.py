"""The text form of every policy: read back exactly, unique, and imported from nowhere."""

import sys
from pathlib import Path

import pytest
from any_policies import BY_FAMILY, EVERY, OWN, POLICIES, compositions
from hypothesis import given
from hypothesis import strategies as st

from lr_study.policies import (
    FAMILIES,
    Composition,
    Cosine,
    Fixed,
    Part,
    Policy,
    PythonPolicy,
    Warmup,
    parse,
    short_name,
)
from lr_study.support.errors import UsageError


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
def test_the_text_form_of_every_family_round_trips_exactly(
    family: str, data: st.DataObject
) -> None:
    round_trips(data.draw(BY_FAMILY[family]))


@given(compositions() | OWN)
def test_the_text_form_of_compositions_and_own_functions_round_trips_exactly(
    policy: Policy,
) -> None:
    round_trips(policy)


def round_trips(policy: Policy) -> None:
    read = parse(str(policy))
    assert read == policy
    assert hash(read) == hash(policy)
    assert str(read) == str(policy)
    assert read.short_name == short_name(str(policy)) == policy.short_name
    assert read.texts() == policy.texts()


@given(POLICIES, POLICIES)
def test_no_two_policies_have_the_same_short_name(one: Policy, other: Policy) -> None:
    assert (one.short_name == other.short_name) == (one == other) == (str(one) == str(other))


@given(POLICIES, st.data())
def test_policies_that_differ_in_one_parameter_have_different_short_names(
    policy: Policy, data: st.DataObject
) -> None:
    names = [*policy.parameters(), *([] if isinstance(policy, Composition) else ["every"])]
    name = data.draw(st.sampled_from(names))
    family = name.partition(".")[0].rstrip("23") if "." in name else policy.family
    if name == "every":
        value = data.draw(EVERY.filter(lambda every: every is not None))
    elif family in BY_FAMILY and not name.endswith(".for"):
        donor = data.draw(BY_FAMILY[family])
        value = donor.parameters()[name.rpartition(".")[2]]
    else:
        value = data.draw(st.integers(1, 9)) if not name.endswith("start") else 0.75
    try:
        other = policy.with_parameter(name, value)
    except UsageError:  # the value does not fit the other parameters
        return
    assert (other.short_name == policy.short_name) == (other == policy)
    round_trips(other)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_alone_is_its_defaults_and_its_text_states_them_all(family: str) -> None:
    policy = parse(family)
    assert policy == FAMILIES[family]() == parse(f"{family}:")
    assert str(policy).startswith(f"{family}:")
    assert "every" not in str(policy)
    assert [pair.partition("=")[0] for pair in str(policy).partition(":")[2].split(",")] == [
        *policy.parameters()
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("warmup+cosine", "warmup:epochs=5,start=0.0+cosine:initial_lr=0.1,final_lr=0.0"),
        (
            "warmup:epochs=5.0%+cosine:every=epoch",
            "warmup:epochs=5%,start=0.0+cosine:initial_lr=0.1,final_lr=0.0,every=epoch",
        ),
        ("fixed:for=2,lr=1e+05+fixed", "fixed:lr=100000.0,for=2+fixed:lr=0.001"),
        ("fixed:lr=1,for=2.50+fixed", "fixed:lr=1.0,for=2.5+fixed:lr=0.001"),
        ("linear:every=step", "linear:initial_lr=0.1,final_lr=0.0"),
        ("inverse_sqrt:timescale=4.0", "inverse_sqrt:initial_lr=0.1,timescale=4"),
        (
            "cyclic:period=4.0",
            "cyclic:base_lr=0.0,max_lr=0.1,period=4,shape=triangle,phase=up,decay=none",
        ),
        ("fixed:every=step", "fixed:lr=0.001,every=step"),
        ("python:a:b,for=3,every=step+python:a:b", "python:a:b,every=step,for=3+python:a:b"),
    ],
)
def test_texts_are_written_in_one_way(text: str, whole: str) -> None:
    assert str(parse(text)) == whole


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cosine", "cosine 0.1"),
        ("inverse_sqrt:initial_lr=1,timescale=2", "inverse sqrt 1 timescale=2"),
        ("piecewise", "piecewise 0.1/0.01/0.001"),
        ("cyclic:shape=sine,decay=0.9,every=epoch", "cyclic 0.1 shape=sine decay=0.9 every=epoch"),
        ("warmup:epochs=5%+cosine:initial_lr=1", "warmup 5% + cosine 1"),
        ("warmup:start=0.1,every=epoch+wsd", "warmup 5 start=0.1 every=epoch + wsd 0.1"),
        ("step_decay:for=3+plateau", "step 0.01 ×0.5/5 for 3 + plateau 0.1"),
        ("python:my.schedules:ramp,every=step", "python my.schedules:ramp every=step"),
    ],
)
def test_short_names(text: str, name: str) -> None:
    assert short_name(text) == name


def test_reading_a_text_imports_no_module_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "imported"
    (tmp_path / "leaves_a_mark.py").write_text(
        f"open({str(mark)!r}, 'w', encoding='utf-8').close()\n"
        "def ramp(epoch, epochs):\n    return 0.1 * epoch / epochs\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    policy = parse("warmup:epochs=1+python:leaves_a_mark:ramp,for=2+python:leaves_a_mark:ramp")
    for seen in (str(policy), policy.short_name, repr(policy), hash(policy), policy.texts()):
        assert seen is not None
    with pytest.raises(UsageError, match="is not loaded"):
        policy(1, epochs=4)
    assert not mark.exists()
    loaded = policy.loaded()
    assert mark.exists()
    assert loaded(3.5, epochs=4) == pytest.approx(0.05, rel=1e-12)
    assert loaded.loaded() == loaded
    assert "@" in str(loaded)
    del sys.modules["leaves_a_mark"]


def test_the_current_folder_can_be_imported_from_for_no_longer_than_its_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_here.py").write_text("def ramp(e, epochs): return 0.1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    assert parse("python:of_here:ramp").loaded()(0, epochs=1) == 0.1
    assert sys.path == before
    sys.path.append(str(tmp_path))  # as it may have been before
    parse("python:of_here:ramp").loaded()
    assert sys.path == [*before, str(tmp_path)]
    sys.path.pop()
    del sys.modules["of_here"]


def test_an_own_function_that_cannot_be_imported_says_why_and_where_it_should_be() -> None:
    with pytest.raises(
        UsageError,
        match=r"^python:nowhere:rate cannot be imported \(.*No module named 'nowhere'.*\): it is "
        "python:MODULE:FUNCTION, with the module in the current folder or on PYTHONPATH$",
    ):
        parse("python:nowhere:rate").loaded()


def test_an_own_function_that_has_changed_is_not_the_one_of_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "changes.py"
    file.write_text("def ramp(epoch, epochs):\n    return 0.1\n", encoding="utf-8")
    before = str(parse("python:changes:ramp").loaded())
    assert parse(before).loaded()(0, epochs=1) == 0.1
    del sys.modules["changes"]
    file.write_text("def ramp(epoch, epochs):\n    return 0.25\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"has changed: its source has the digest [0-9a-f]{12};"):
        parse(before).loaded()
    assert str(parse("python:changes:ramp").loaded()) != before
    del sys.modules["changes"]


def test_parts_are_policies_of_one_family() -> None:
    inner = Composition((Part(Warmup(1)), Part(Fixed())))
    with pytest.raises(UsageError, match="write its parts one by one"):
        Composition((Part(inner, 5), Part(Cosine())))
    with pytest.raises(UsageError, match="each part has its own"):
        Composition((Part(Warmup(1)), Part(Cosine())), every="step")
    with pytest.raises(UsageError, match="at least two parts"):
        Composition((Part(Cosine()),))


def test_an_own_function_has_a_name_that_its_text_can_hold() -> None:
    for module, function, digest in (("a b", "f", ""), ("a", "f,g", ""), ("a", "f", "0123")):
        with pytest.raises(UsageError, match="write python:MODULE:FUNCTION"):
            PythonPolicy(module, function, digest)


def test_a_parameter_that_does_not_exist_cannot_be_changed() -> None:
    for policy in (Cosine(), parse("warmup+cosine")):
        with pytest.raises(UsageError, match="nothing is not a parameter"):
            policy.with_parameter("nothing", 1)
    policy = parse("warmup+fixed:for=2+fixed").with_parameter("fixed2.lr", 1)
    policy = policy.with_parameter("fixed.for", "10%").with_parameter("warmup.every", "epoch")
    assert str(policy) == (
        "warmup:epochs=5,start=0.0,every=epoch+fixed:lr=0.001,for=10%+fixed:lr=1.0"
    )
