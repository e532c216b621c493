"""The oracle of faults can fail: a sink without ledger and guard shows duplicates and rows out of order."""

import pytest

from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits
from tests.faults.naive import Naive
from tests.faults.story import Ledger, bring, story, survived, verdict


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger")


def test_a_sink_that_is_never_disturbed_is_right_even_when_it_is_naive(ledger):
    told, sink = story(), Naive()
    survived(told, sink, ledger)
    assert verdict(told, sink) == (told.rows, 0, 0, 0)


def test_a_naive_sink_that_dies_before_its_ledger_shows_duplicates(monkeypatch, ledger):
    told, sink = story(), Naive()
    monkeypatch.setenv(VARIABLE, "naive.applied=raise@2")
    forget_hits()
    with pytest.raises(InjectedFault):
        bring(told, sink.open, ledger)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(AssertionError, match=r"duplicated=[1-9]"):
        survived(told, sink, ledger)


def test_a_naive_sink_that_is_told_an_old_run_last_goes_back(ledger):
    told, sink = story(), Naive()
    bring(told, sink.open, ledger)
    sink.apply(told.chunks[(1, 0)], told.token((1, 0)), told.told(1))
    found = verdict(told, sink)
    assert (found.duplicated, found.disordered > 0) == (len(told.chunks[(1, 0)]), True)


def test_a_row_that_never_arrives_is_seen(ledger):
    told, sink = story(), Naive()
    bring(told, sink.open, ledger)
    sink.held = [row for row in sink.held if row[0] != "crm:p00002"]
    assert verdict(told, sink).lost == 1


def test_somebody_whom_nobody_told_of_is_seen(ledger):
    told, sink = story(), Naive()
    bring(told, sink.open, ledger)
    sink.held.append(("crm:stranger", "realized", 3, "x"))
    assert verdict(told, sink).lost == 1


def test_stories_have_everything_that_can_happen():
    ops = {one.op for seed in range(5) for rows in story(seed).chunks.values() for one in rows}
    assert ops == {"enter", "exit", "heartbeat"}
    assert story(1) != story(2)
    assert story(1) == story(1)
