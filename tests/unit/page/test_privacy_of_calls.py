"""Topics of self-service add up to their total, and classes to trials: what is about few people cannot be computed from the page."""

import itertools

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_calls import CLOSED, COST, OUT, hide_few_of_calls, trials_add_up
from tests.unit.page.answers_of_steps import deflection
from tests.unit.page.pages import PATHS
from tests.unit.page.panels_of_steps import CALLS
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

CLASSES = ("after_call_trials", "open_trials", "called_trials", "deflected_trials")
NAMES = ("people", "self_service_events", "trials", *CLASSES, "closed_trials", "call_rate", "avoided_calls")
FORMATS = {"people": "people", "call_rate": "percent", "avoided_calls": "number"}
COLUMNS = (ColumnSpec(name="row_kind", label=""), *(ColumnSpec(name=name, label=name, format=FORMATS.get(name, "count")) for name in NAMES))
LOW, GONE = Below(10), Withheld(10)


def row_of(kind, counts):
    """A row of trials of so many people in each class, who each have one."""
    _, _, called, deflected = counts
    return {
        "row_kind": kind, "people": sum(counts), "self_service_events": sum(counts), "trials": sum(counts), **dict(zip(CLASSES, counts, strict=True)),
        "closed_trials": called + deflected, "call_rate": called / (called + deflected) if called + deflected else None, "avoided_calls": deflected / 4,
    }  # fmt: skip


def hidden(*topics, fewest=10):
    """The rows of the total and of topics as the page has them."""
    rows = [row_of("total", [sum(counts) for counts in zip(*topics, strict=True)]), *(row_of("topic", counts) for counts in topics)]
    behind = [{name: row[name] for name in ("people", *CLASSES, "closed_trials")} for row in rows]
    return rows, [*hide_few_of_calls(rows, COLUMNS, fewest, behind)]


def is_hidden(cell):
    return isinstance(cell, Below | Withheld)


def test_where_few_call_the_rates_are_hidden_and_trials_are_not():
    _, [total, home, cart] = hidden((0, 0, 40, 60), (0, 0, 4, 80))
    assert [cart[name] for name in ("called_trials", "deflected_trials", "closed_trials", "call_rate")] == [LOW] * 4
    assert [home[name] for name in ("called_trials", "deflected_trials", "closed_trials", "call_rate")] == [GONE] * 4
    assert (total["called_trials"], home["trials"], cart["trials"], cart["people"], cart["after_call_trials"]) == (44, 100, 84, 84, 0)


def test_where_few_are_out_of_the_rates_trials_are_hidden_and_rates_are_not():
    _, [total, home, cart] = hidden((20, 0, 40, 60), (0, 3, 20, 80))
    assert [cart[name] for name in OUT] == [LOW] * 3
    assert [home[name] for name in OUT] == [20 + 100, 20, 0]
    assert (total["open_trials"], total["trials"]) == (LOW, LOW)
    assert (home["call_rate"], cart["called_trials"]) == (0.4, 20)


def test_where_few_trials_are_closed_neither_is_shown():
    _, [_, home, cart] = hidden((30, 0, 40, 60), (50, 0, 4, 5))
    assert all(is_hidden(cart[name]) for name in (*OUT, *CLOSED) if name in cart)
    assert (cart["people"], home["called_trials"]) == (59, GONE)


def test_whatever_the_counts_no_class_of_few_people_is_a_sum_of_what_is_shown():
    for counts in itertools.product((0, 4, 9, 12, 40), repeat=4):
        rows, safe = hidden((0, 0, counts[0], counts[1]), (counts[2], 0, counts[3], 20), (11, 0, 12, 13))
        for name in ("people", *CLASSES, "closed_trials"):
            gone = [row[name] for row, cells in zip(rows[1:], safe[1:], strict=True) if is_hidden(cells[name])]
            assert not [cells for row, cells in zip(rows, safe, strict=True) if 0 < row[name] < 10 and not is_hidden(cells[name])]
            if any(0 < count < 10 for count in gone) and not is_hidden(safe[0][name]):
                assert sum(gone) >= 10, (counts, name)
                assert len([count for count in gone if count]) > 1, (counts, name)


def test_closed_trials_are_no_difference_of_what_is_shown_in_a_row():
    for counts in itertools.product((0, 4, 12), repeat=4):
        rows, safe = hidden(counts, (20, 20, 20, 20), (30, 30, 30, 30))
        for row, cells in zip(rows, safe, strict=True):
            if not any(is_hidden(cells[name]) for name in OUT):
                assert not 0 < row["closed_trials"] < 10


def test_a_control_of_few_is_no_baseline_on_the_page():
    total, home, control = encoded(deflection((40, 60), control=(5, 100)))
    assert [control[name] for name in ("people", "trials", "called_trials", "call_rate", "baseline_rate")] == [105, 105, HIDDEN, HIDDEN, None]
    assert all(row[name] == WITHHELD for row in (total, home) for name in ("baseline_rate", "avoided_calls"))
    assert (home["call_rate"], home["called_trials"]) == (0.4, 40)
    total, home, control = encoded(deflection((40, 60), control=(20, 80)))
    assert (control["call_rate"], home["baseline_rate"], home["avoided_calls"]) == (0.2, 0.2, -20)


def test_a_mean_of_the_costs_of_few_is_hidden():
    total, home = encoded(deflection((40, 60), cost="revenue", payers=9))
    assert all(row[name] == WITHHELD for row in (total, home) for name in COST)
    assert home["avoided_calls"] == 10
    assert [encoded(deflection((40, 60), cost="revenue", payers=10))[1][name] for name in COST] == [6, 60, 360]
    assert encoded(deflection((40, 60), cost=2.5))[1]["upper_bound"] == 150


def test_self_service_without_a_topic_of_few_people_is_hidden_however_often():
    *_, without = encoded(deflection(40, without=9))
    assert [without[name] for name in ("people", "self_service_events", "trials")] == [HIDDEN, HIDDEN, None]
    assert encoded(deflection(40, without=10))[-1]["self_service_events"] == 30


def test_what_other_is_about_is_no_more_than_its_largest_topic():
    rows = [row_of("total", (0, 0, 60, 90)), row_of("topic", (0, 0, 40, 60)), {**row_of("other", (0, 0, 20, 30)), "people": None}]
    behind = [{"people": 150}, {"people": 100}, {"people": 9, "called_trials": 9}]
    _, home, other = hide_few_of_calls(rows, COLUMNS, 10, behind)
    assert [row["trials"] for row in (home, other)] == [GONE, LOW]


def test_a_topic_that_is_hidden_already_hides_the_class_of_another_whatever_columns_there_are():
    _, track, returns, password, *_ = hide_few_of_calls(CALLS.rows, CALLS.columns, 10, ({},) * len(CALLS.rows))
    assert (password["called_trials"], returns["called_trials"], track["called_trials"]) == (LOW, GONE, 60)


def test_only_a_deflection_adds_up_so():
    assert trials_add_up(CALLS.columns)
    assert not trials_add_up(PATHS.columns)
