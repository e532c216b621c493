"""Rules B1-B5, with the sequence of W1, on the product's kernel and finish: trials, their paths, and how often these convert."""

import itertools

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.kernels.paths import Ends, ends_of_sequences, path_names
from cja_spark.kernels.wilson import wilson
from cja_spark.reports.paths import Paths, _numbered
from tests.unit.kernels.by_hand import GAP, START, page, rows_of

ADDED = ("trials", "converted_trials", "metric_sum")


def rows(persons, **asked):
    return rows_of(persons, report="paths", **{"dimension": "page", "conversion": "orders", "min_support": 1, **asked})


def counted(persons, **asked):
    """Trials and conversions by path, from the list of the best."""
    return {row["path_taken"]: (row["trials"], row["converted_trials"]) for row in rows(persons, rows=1000, **asked) if row["row_kind"] == "top"}


def visit(*pages, orders=None):
    """Pages one ms apart; the last one may order."""
    return [page(at, name, **({"orders": orders} if orders and at == len(pages) - 1 else {})) for at, name in enumerate(pages)]


def visits(path, count, converted):
    """Persons that take a path, the first of which order after it."""
    return [visit(*path, *(["pay"] if at < converted else []), orders=1 if at < converted else None) for at in range(count)]


def test_b1_a_unit_is_cut_after_each_conversion_and_ends_with_its_last_event():
    own = [page(0, "a"), page(1, "b"), page(2, "pay", orders=1), page(3, "c"), page(4, "pay", orders=1), page(5, "d")]
    assert counted([own]) == {"a → b": (1, 1), "c": (1, 1), "d": (1, 0)}


def test_b1_no_trial_follows_a_conversion_that_is_the_last_event():
    assert counted([visit("a", "pay", orders=1)]) == {"a": (1, 1)}


def test_b1_conversion_first_and_twice_in_a_row_are_paths_of_nothing():
    own = [page(0, "pay", orders=1), page(1, "pay", orders=2), page(2, "a")]
    assert counted([own]) == {"(none)": (2, 2), "a": (1, 0)}
    assert rows([own])[0]["metric_sum"] == 3


def test_b1_a_session_is_a_unit_and_a_person_is_one_across_sessions():
    own = [page(0, "a"), page(GAP + 1, "b"), page(GAP + 2, "pay", orders=1)]
    assert counted([own]) == {"a": (1, 0), "b": (1, 1)}
    assert counted([own], container="person") == {"a → b": (1, 1)}


def test_b1_a_value_of_0_is_no_conversion_and_a_negative_one_is():
    assert counted([visit("a", "b"), [page(0, "a"), page(1, "b", orders=0)], [page(0, "a"), page(1, "b", orders=-1)]]) == {"a": (1, 1), "a → b": (2, 0)}


def test_b1_events_outside_the_range_and_masked_ones_are_in_no_trial():
    own = [page(-1, "before"), page(0, "a"), page(1, "b"), page(2, "pay", orders=1)]
    assert counted([own]) == {"a → b": (1, 1)}
    assert counted([own], segments=[{"where": {"dimension": "page", "equals": "a"}}]) == {"a": (1, 0)}
    assert counted([own], segments=[{"where": {"dimension": "page", "does_not_equal": "b"}}]) == {"a": (1, 1)}


def test_b2_the_converting_event_is_no_part_of_its_path_unless_asked():
    own = [visit("a", "pay", orders=1), visit("a", "pay")]
    assert counted(own) == {"a": (1, 1), "a → pay": (1, 0)}
    assert counted(own, include_last=True) == {"a → pay": (2, 1)}


@pytest.mark.parametrize(
    ("asked", "path"),
    [({}, "… → b → c → d → e → f"), ({"keep": "first"}, "a → b → c → d → e → …"), ({"max_len": 6}, "a → b → c → d → e → f"), ({"max_len": 1}, "… → f")],
)
def test_b2_a_longer_path_is_cut_and_says_where(asked, path):
    assert counted([visit(*"abcdef")], **asked) == {path: (1, 0)}


def test_b2_a_cut_path_is_another_one_than_the_same_values_alone():
    assert counted([visit("a", "b", "c"), visit("b", "c")], max_len=2) == {"… → b → c": (1, 0), "b → c": (1, 0)}


def test_b2_the_order_of_values_and_their_number_make_the_path():
    assert counted([visit("a", "b"), visit("b", "a"), visit("a"), visit("a", "b")]) == {"a → b": (2, 0), "b → a": (1, 0), "a": (1, 0)}


def test_w1_events_without_a_value_are_transparent_and_all_null_is_one_path():
    assert counted([visit("a", None, "a", None, "b")]) == {"a → b": (1, 0)}
    assert counted([visit(None, None), visit(None, "pay", orders=1)]) == {"(none)": (2, 1)}


@pytest.mark.parametrize("repeats", ["first", "last"])
def test_w1_runs_are_one_value_and_all_equal_is_a_path_of_one(repeats):
    assert counted([visit("a", "a", "b", "a"), visit("a", "a", "a")], repeats=repeats) == {"a → b → a": (1, 0), "a": (1, 0)}


def test_w1_repeats_are_kept_where_asked():
    assert counted([visit("a", "a", "b"), visit("a", "a", "a")], repeats="keep") == {"a → a → b": (1, 0), "a → a → a": (1, 0)}


def test_w1_excluded_values_go_before_runs_are_collapsed():
    own = [visit("a", "x", "a", "b")]
    assert counted(own, exclude=["x"]) == {"a → b": (1, 0)}
    assert counted(own, exclude=["x", "a", "b"]) == {"(none)": (1, 0)}
    assert counted(own, exclude=["x"], repeats="keep") == {"a → a → b": (1, 0)}


def test_w1_a_run_ends_with_its_trial():
    assert counted([[page(0, "a"), page(1, orders=1), page(2, "a")]], container="person") == {"a": (2, 1)}


def test_w1_a_value_that_lasts_is_no_part_of_a_path():
    own = [visit("a", None, "b"), visit("a", "b")]
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "original", "expiration": "session"}}}}
    assert counted(own, view=view) == {"a → b": (2, 0)}


def test_w1_one_item_is_a_path_of_one():
    assert counted([visit("a")]) == {"a": (1, 0)}


def test_b3_a_path_has_its_trials_conversions_people_amount_rate_and_lift():
    own = [[*visit("a", "pay", orders=5), page(GAP * 2, "a"), page(GAP * 2 + 1, "pay", orders=2)], visit("a"), visit("b")]
    total, *listed = rows(own)
    a = next(row for row in listed if row["path_taken"] == "a")
    figures = ("trials", "converted_trials", "people", "converted_people", "metric_sum", "converted_rate", "rate_lift")
    assert [a[name] for name in figures] == [3, 2, 2, 1, 7, pytest.approx(2 / 3), pytest.approx(4 / 3)]
    assert [total[name] for name in figures] == [4, 2, 3, 1, 7, 0.5, 1]


def test_b3_persons_are_counted_once_on_a_path_and_convert_on_it():
    own = [[*visit("a", "pay", orders=1), page(GAP * 2, "a")], visit("a")]
    [total, a, _] = rows(own, count="persons")
    assert (a["trials"], a["people"], a["converted_people"], a["converted_rate"], a["rate_lift"]) == (3, 2, 1, 0.5, 1)
    assert (total["people"], total["converted_rate"]) == (2, 0.5)


def test_b4_the_bounds_are_wilsons():
    lower, upper = wilson(np.array([0.0, 1.0, 1.0, 40.0, 0.0]), np.array([10.0, 1.0, 10.0, 100.0, 0.0]))
    assert lower[:4].tolist() == pytest.approx([0, 0.206549, 0.017876, 0.309401], abs=1e-6)
    assert upper[:4].tolist() == pytest.approx([0.277535, 1, 0.404150, 0.497995], abs=1e-5)
    assert (lower[0], upper[1]) == (0, 1)
    assert np.isnan([lower[4], upper[4]]).all()


def test_b4_one_of_one_ranks_below_40_of_100():
    own = [*visits(["often"], 100, 40), *visits(["once"], 1, 1), *visits(["never"], 3, 0)]
    listed = rows(own)
    assert [row["path_taken"] for row in listed if row["row_kind"] == "top"] == ["often", "once", "never"]
    assert [row["path_taken"] for row in listed if row["row_kind"] == "bottom"] == ["often", "never", "once"]


def test_b4_equal_bounds_rank_by_trials_then_by_the_bytes_of_the_path():
    own = [*visits(["b"], 2, 0), *visits(["é"], 2, 0), *visits(["a"], 2, 0), *visits(["c"], 3, 0)]
    assert [row["path_taken"] for row in rows(own) if row["row_kind"] == "top"] == ["c", "a", "b", "é"]
    assert [row["path_taken"] for row in rows(own, rows=2) if row["row_kind"] == "top"] == ["c", "a"]
    full = [*visits(["b"], 2, 2), *visits(["a"], 2, 2), *visits(["c"], 1, 1)]
    assert [row["path_taken"] for row in rows(full) if row["row_kind"] == "bottom"] == ["a", "b", "c"]


def test_b5_29_trials_are_pooled_and_30_are_shown():
    own = [*visits(["few"], 29, 29), *visits(["enough"], 30, 0), *visits(["one"], 1, 1)]
    listed = rows(own, min_support=30)
    assert [(row["row_kind"], row["path_taken"], row["trials"], row["converted_trials"]) for row in listed] == [
        ("total", None, 60, 30), ("top", "enough", 30, 0), ("bottom", "enough", 30, 0), ("other", None, 30, 30)
    ]  # fmt: skip
    assert Paths(dimension="page", conversion="orders").min_support == 30


def test_b5_the_support_of_persons_is_persons():
    own = [[page(at * 2 * GAP, "a") for at in range(3)], visit("b"), visit("b")]
    assert [row["path_taken"] for row in rows(own, min_support=2, count="persons") if row["row_kind"] == "top"] == ["b"]
    assert [row["path_taken"] for row in rows(own, min_support=3) if row["row_kind"] == "top"] == ["a"]


@pytest.mark.parametrize("asked", [{}, {"rows": 1}, {"min_support": 3}, {"container": "person"}, {"count": "persons", "rows": 1}])
def test_b5_paths_and_other_conserve_trials_conversions_and_amounts(asked):
    own = [visit(*pages, orders=orders) for pages in itertools.product("ab", repeat=3) for orders in (None, 2, 3)]
    total, *listed = rows(own, **asked)
    once = {row["path_taken"]: row for row in listed}  # a path may be among the best and the worst
    for name in ADDED:
        assert sum(row[name] for row in once.values()) == total[name] > 0, name


def test_b5_what_other_cannot_know_is_null():
    own = [visit("a", "pay", orders=1), visit("b"), visit("b")]
    other = rows(own, min_support=2)[-1]
    assert (other["row_kind"], other["trials"], other["converted_rate"], other["people"], other["converted_people"]) == ("other", 1, 1, None, None)
    assert rows(own, min_support=2, count="persons")[-1]["converted_rate"] is None


def test_nobody_is_a_total_of_0():
    [total] = rows([])
    assert {name: total[name] for name in (*ADDED, "people", "converted_rate", "rate_lift")} == {
        **dict.fromkeys((*ADDED, "people"), 0), "converted_rate": None, "rate_lift": None
    }  # fmt: skip


def test_b3_where_nothing_converts_there_is_no_lift():
    total, a, _ = rows([visit("a")])
    assert (total["converted_rate"], total["rate_lift"], a["converted_rate"], a["rate_lift"]) == (0, None, 0, None)


def test_b3_time_as_a_conversion_is_in_seconds():
    [total, *_] = rows([[page(0, "a"), page(90_000, "b")]], conversion="time_spent_seconds")
    assert (total["trials"], total["converted_trials"], total["metric_sum"]) == (2, 1, 90)


def test_a_standard_dimension_can_be_what_a_path_is_made_of():
    own = [[page(0), page(60 * 60_000)]]
    assert counted(own, dimension="hour_of_day", container="person") == {"0 → 1": (1, 0)}
    assert START % 86_400_000 == 0


def test_the_name_of_a_path_does_not_depend_on_longer_ones_of_its_batch():
    owners, values = np.array([0, 0, 1, 1, 1]), np.array([16, 17, 16, 17, 18])
    alone = path_names(values[:2], ends_of_sequences(owners[:2], 1, 5, last=True))
    beside = path_names(values, ends_of_sequences(owners, 2, 5, last=True))
    assert [names[0] for names in alone] == [names[0] for names in beside]
    assert len({*beside[0].tolist()}) == len({*beside[1].tolist()}) == 2


def test_paths_that_share_one_of_their_names_are_two():
    codes, once = _numbered(np.array([7, 7, 8, 7]), np.array([1, 2, 1, 1]))
    assert (codes.tolist(), once.tolist()) == ([0, 1, 2, 0], [0, 1, 2])


def test_ids_side_by_side_make_other_names_cut_or_not():
    """Ids of standard dimensions follow one another."""
    values = np.repeat(np.arange(16, 1016), 2)
    for names in path_names(values, Ends(np.arange(2000), np.ones(2000, np.int64), np.tile([False, True], 1000))):
        assert len({*names.tolist()}) == len(values)


@pytest.mark.parametrize(
    "wrong",
    [{"max_len": 0}, {"max_len": 21}, {"min_support": 0}, {"rows": 0}, {"rows": 1001}, {"keep": "both"}, {"count": "people"}, {"container": "event"},
     {"dimension": None}, {"conversion": None}, {"conversion": "events"}, {"conversion": "people"}, {"conversion": "sessions"}, {"conversion": "return_sessions"}],
)  # fmt: skip
def test_what_is_no_report_of_paths_is_refused(wrong):
    with pytest.raises(ValidationError):
        Paths.model_validate({"dimension": "page", "conversion": "orders", **wrong})
