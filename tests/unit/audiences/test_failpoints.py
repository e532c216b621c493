"""Failpoints: silent without the variable, exact with it."""

import errno
import time

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.failpoints import InjectedFault, failpoint, forget_hits, never_hit


def test_without_the_variable_nothing_happens(monkeypatch):
    monkeypatch.delenv("CJA_FAILPOINTS", raising=False)
    failpoint("outbox.before_commit")
    assert never_hit() == ()


def test_the_second_hit_ends_and_the_first_does_not(monkeypatch):
    monkeypatch.setenv("CJA_FAILPOINTS", "a.one=raise@2;a.two=raise")
    forget_hits()
    failpoint("a.one")
    assert never_hit() == ("a.one", "a.two")
    with pytest.raises(InjectedFault, match=r"a\.one"):
        failpoint("a.one")
    failpoint("a.one")
    assert never_hit() == ("a.two",)


def test_no_handler_of_errors_sees_the_fault():
    assert not issubclass(InjectedFault, Exception)


@pytest.mark.parametrize(
    ("action", "error", "number"),
    [("raise:KeyError", KeyError, None), ("lost_ack", ConnectionResetError, errno.ECONNRESET), ("enospc", OSError, errno.ENOSPC)],
)
def test_handlers_of_errors_see_an_error_of_python(monkeypatch, action, error, number):
    monkeypatch.setenv("CJA_FAILPOINTS", f"a.one={action}")
    forget_hits()
    with pytest.raises(error) as raised:
        failpoint("a.one")
    assert getattr(raised.value, "errno", None) == number
    failpoint("a.one")


def test_a_place_may_take_a_while(monkeypatch):
    monkeypatch.setenv("CJA_FAILPOINTS", "a.one=sleep:0.05@1")
    forget_hits()
    begun = time.monotonic()
    failpoint("a.one")
    assert time.monotonic() - begun >= 0.05
    assert never_hit() == ()


def test_a_fault_is_noted_before_it_happens(monkeypatch, tmp_path):
    monkeypatch.setenv("CJA_FAULT_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("CJA_FAILPOINTS", "a.one=raise:ValueError@2")
    forget_hits()
    failpoint("a.one")
    assert not (tmp_path / "log").exists()
    with pytest.raises(ValueError, match=r"a\.one"):
        failpoint("a.one")
    assert (tmp_path / "log").read_text() == "a.one raise 2\n"


@pytest.mark.parametrize(
    "wrong",
    ["a.one", "a.one=explode", "a.one=raise@x", "a.one=raise:Nothing", "a.one=raise:print", "a.one=raise:SystemExit",
     "a.one=sleep", "a.one=sleep:long", "a.one=kill:9"],
)  # fmt: skip
def test_a_fault_that_cannot_be_meant_is_refused(monkeypatch, wrong):
    monkeypatch.setenv("CJA_FAILPOINTS", wrong)
    with pytest.raises(ConfigurationError, match="is no fault"):
        failpoint("a.one")
