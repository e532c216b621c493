"""Rule L2 of paths: a task names the paths of most trials there; one that is shown and that no task named is asked for again."""

import pytest

from cja_spark.reports import paths
from cja_spark.reports.paths_ranked import MEMBERS
from tests.unit.kernels.tasks_by_hand import answered
from tests.unit.kernels.test_rules_of_paths import visit

PATHS = {"report": "paths", "dimension": "page", "conversion": "orders", "min_support": 1, "rows": 1}


def asked(tasks, **more):
    return answered(tasks, **{**PATHS, **more})


def bought(*names):
    *before, last = visit(*names)
    return [*before, (last[0], {**last[1], "orders": 1})]


# "a" converts always, twice in all, and leads nowhere; "b" and "c" lead, and convert never.
BEST = [[bought("a", "x"), visit("b", "x"), visit("b", "x")], [bought("a", "x"), visit("c", "x"), visit("c", "x")]]
LEADS = [[bought("a", "x"), bought("a", "x"), visit("b", "x")], [bought("a", "x"), bought("a", "x"), visit("b", "x"), visit("b", "x")]]


@pytest.mark.parametrize(("tasks", "leaders", "runs"), [(BEST, 50, 1), (BEST, 1, 2), (LEADS, 1, 2), (LEADS, 2, 1), (LEADS, 0, 2)])
def test_l2_a_path_that_no_task_named_is_asked_for_again(tasks, leaders, runs, monkeypatch):
    whole, once, _ = asked(tasks)
    assert once == 1
    monkeypatch.setattr(paths, "LEADERS", leaders)
    rows, often, _ = asked(tasks)
    assert often == runs
    assert rows.equals(whole)
    assert rows["path_taken"].to_pylist()[1] == "a"


def test_l2_the_second_time_only_what_may_be_shown_is_named(monkeypatch):
    monkeypatch.setattr(paths, "LEADERS", 0)
    _, often, passed = asked([[*BEST[0], visit(*"defg")], BEST[1]], min_support=2)
    assert (often, len(passed.sums[0].measure(MEMBERS, 4)[1])) == (2, 5)  # the values of "a", and of "b x" and "c x", which are equally bad


def test_l2_a_path_of_no_value_is_named_too(monkeypatch):
    own = [[[(0, {"orders": 1})], visit("b", "x")]]
    whole, once, _ = asked(own)
    assert (once, whole["path_taken"].to_pylist()[1]) == (1, "(none)")
    monkeypatch.setattr(paths, "LEADERS", 0)
    rows, often, _ = asked(own)
    assert (often, rows.equals(whole)) == (2, True)
