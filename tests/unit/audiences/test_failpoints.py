"""Failpoints: silent without the variable, exact with it."""

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


@pytest.mark.parametrize("wrong", ["a.one", "a.one=explode", "a.one=raise@x"])
def test_a_fault_that_cannot_be_meant_is_refused(monkeypatch, wrong):
    monkeypatch.setenv("CJA_FAILPOINTS", wrong)
    with pytest.raises(ConfigurationError, match="is no fault"):
        failpoint("a.one")
