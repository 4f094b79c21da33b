"""Variables that are set for a while: by threads that overlap, and never over a user's own."""

import os
import threading

import pytest

from lr_study.support import DefaultVariables


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> DefaultVariables:
    monkeypatch.delenv("LR_STUDY_ONE", raising=False)
    monkeypatch.setenv("LR_STUDY_TWO", "theirs")
    return DefaultVariables({"LR_STUDY_ONE": "1", "LR_STUDY_TWO": "2"})


def values() -> tuple[str | None, str | None]:
    return os.environ.get("LR_STUDY_ONE"), os.environ.get("LR_STUDY_TWO")


def test_what_is_set_already_stays(variables: DefaultVariables) -> None:
    with variables.set_for_a_while():
        assert values() == ("1", "theirs")
    assert values() == (None, "theirs")


def test_a_function_that_fails_puts_them_back(variables: DefaultVariables) -> None:
    @variables.set_for_a_while()
    def fail() -> None:
        assert values() == ("1", "theirs")
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
        assert values() == (None, "theirs")


def test_the_last_of_several_threads_puts_them_back(variables: DefaultVariables) -> None:
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with variables.set_for_a_while():
            entered.set()
            assert leave.wait(30)

    thread = threading.Thread(target=stay)
    thread.start()
    assert entered.wait(30)
    with variables.set_for_a_while():
        pass
    assert values() == ("1", "theirs")  # the other thread still needs it
    leave.set()
    thread.join(30)
    assert values() == (None, "theirs")


def test_a_value_that_its_user_sets_meanwhile_stays(variables: DefaultVariables) -> None:
    with variables.set_for_a_while():
        os.environ["LR_STUDY_ONE"] = "theirs"
    try:
        assert values() == ("theirs", "theirs")
    finally:
        del os.environ["LR_STUDY_ONE"]


def test_what_is_set_for_good_can_be_taken_back(variables: DefaultVariables) -> None:
    variables.set_for_good()
    assert values() == ("1", "theirs")
    variables.unset()
    assert values() == (None, "theirs")
