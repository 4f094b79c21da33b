"""What went wrong outside, in one short line without credentials."""

import errno

import pytest
from front import Front, pause
from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2
from sqlalchemy.exc import OperationalError

from lr_study.support.errors import LrStudyError
from lr_study.support.external_errors import describe_external_error, one_line
from lr_study.tracking.connection import connect

LOCKED = OperationalError(
    "(sqlite3.OperationalError) database is locked\n[SQL: UPDATE runs]", {}, Exception()
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "No space left on device: /x"),
        (
            ValueError("at postgresql://ann:pw@db/x?password=pw"),
            "at postgresql://***@db/x?password=***",
        ),
        (ValueError("one\ntwo"), "one"),
        (KeyError(), "KeyError"),
    ],
)
def test_an_error_is_its_first_line(error: BaseException, said: str) -> None:
    assert one_line(error) == said


def test_the_end_of_a_long_line_is_kept_as_far_as_it_goes() -> None:
    advice = "word " * 80 + "do this"
    assert one_line(ValueError(advice)) == advice
    cut = one_line(ValueError(advice * 5))
    assert len(cut) <= 504
    assert cut.endswith(" ...")
    assert one_line(ValueError("x" * 900)) == "x" * 500 + " ..."


def raised(cause: Exception, code: str) -> MlflowException:
    try:
        try:
            raise cause
        except Exception as error:
            raise MlflowException(str(error), getattr(databricks_pb2, code)) from error
    except MlflowException as error:
        return error


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (raised(ValueError("no such run"), "RESOURCE_DOES_NOT_EXIST"), True),
        (raised(ValueError("bad name"), "INVALID_PARAMETER_VALUE"), True),
        (raised(UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogate"), "INTERNAL_ERROR"), True),
        (raised(OSError(errno.ECONNREFUSED, "refused"), "INTERNAL_ERROR"), False),
        (raised(ValueError("slower"), "REQUEST_LIMIT_EXCEEDED"), False),
        (LOCKED, False),
    ],
)
def test_the_same_command_is_advised_only_where_it_can_help(error: Exception, final: bool) -> None:
    line = describe_external_error(error)
    assert ("give the same command again" in line) != final
    assert ("does not accept" in line) == final


def test_only_what_comes_from_outside_is_told_in_a_line() -> None:
    assert describe_external_error(ValueError("ours")) is None
    assert "(database is locked)" in describe_external_error(LOCKED)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"drop": True}, "Remote end closed connection without response"),
        ({"answer": (500, b"{}")}, "too many 500 error responses"),
        ({"answer": (429, b"slower")}, "too many 429 error responses"),
        ({"answer": (200, b"<html>Welcome!</html>")}, "not in a valid JSON format"),
        ({"before": pause(2)}, "timed out"),
    ],
)
def test_what_is_wrong_with_a_server_is_said_shortly(monkeypatch, what, said):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    front = Front(backend=9)
    try:
        front.rule("", times=10**6, **what)
        with pytest.raises(LrStudyError) as error:
            connect(front.uri)
    finally:
        front.close()
    assert said in str(error.value)
    assert len(str(error.value)) < 260
