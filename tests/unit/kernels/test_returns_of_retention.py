"""Rule C5 with several returns side by side, and by the value at the start: on the product's kernel and finish."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.retention import Retention
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, END, HOUR, START, VIEW, page, rows_of

RANGE = END - START
LISTS = {"dimensions": {"page": "page", "sku": "items[].sku"}}


def start(t, name=None, **values):
    """An event that starts."""
    return page(t, name, opens=1, **values)


def back(t, name=None, **values):
    """An event that is a return."""
    return page(t, name, orders=1, **values)


def people(*own, view=VIEW, **asked):
    """Per kind of row, value and return the people: those who start where there is no return, then those back per period."""
    given = {"start": "opens", "buckets": 1, **({} if "returns" in asked else {"return": "orders"}), **asked}
    found = {}
    for row in rows_of([*own], view=view, report="retention", **given):
        found.setdefault((row["row_kind"], row.get("breakdown"), row.get("step_name")), []).append(row["people"])
    return found


def test_c5_each_return_has_counts_and_rates_of_its_own():
    own = [[start(0), back(HOUR), page(DAY, "help")], [start(0), page(DAY, "help"), page(DAY + HOUR, "help")], [start(0, "help")]]
    returns = ["orders", {"dimension": "page", "equals": "help", "label": "help"}]
    rows = rows_of(own, report="retention", start="opens", returns=returns, buckets=1)
    assert [(row["row_kind"], row["step_name"], row["elapsed"], row["label"], row["people"], row["retention_rate"]) for row in rows] == [
        ("total", None, None, None, 3, 1),
        ("on", "orders", 0, "day 0", 1, 1 / 3), ("on", "orders", 1, "day 1", 0, 0),
        ("on", "help", 0, "day 0", 0, 0), ("on", "help", 1, "day 1", 2, 2 / 3),
        ("reserved", None, None, None, 0, None),
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["on", "on_or_after"])
def test_c5_one_of_several_returns_has_what_it_has_alone(mode):
    own = [[start(0), back(HOUR), back(3 * DAY), page(DAY, "help")], [start(HOUR), page(2 * DAY, "help"), back(5 * DAY)], [start(RANGE)]]
    help_ = {"dimension": "page", "equals": "help", "label": "help"}
    both = people(*own, returns=["orders", help_, "opens"], mode=mode)
    for name, one in (("orders", "orders"), ("help", help_), ("opens", "opens")):
        alone = people(*own, mode=mode, **{"return": one})
        assert both[mode, None, name] == alone[mode, None, None]
    assert (both["total", None, None], both["reserved", None, None]) == (alone["total", None, None], alone["reserved", None, None])


def test_c5_a_list_of_one_return_names_it():
    assert people([start(0), back(DAY)], returns=["orders"]) == {("total", None, None): [1], ("on", None, "orders"): [0, 1], ("reserved", None, None): [0]}


def test_c5_a_person_is_of_the_value_at_the_start_and_not_of_those_that_come_later():
    own = [[page(0, "later"), start(HOUR, "home"), back(DAY + HOUR, "later")], [start(0, "home"), start(HOUR, "later")], [start(0, "cart"), back(HOUR)]]
    assert people(*own, breakdown="page") == {
        ("total", None, None): [3], ("on", None, None): [1, 1], ("reserved", None, None): [0],
        ("value", "home", None): [2, 0, 1], ("value", "cart", None): [1, 1, 0],
    }  # fmt: skip


def test_c5_rates_of_a_value_are_of_those_who_start_with_it():
    rows = rows_of([[start(0, "home"), back(1)], [start(0, "home")], [start(0, "cart")]], report="retention", start="opens", buckets=1, breakdown="page", **{"return": "orders"})
    assert [(row["breakdown"], row["elapsed"], row["label"], row["retention_rate"]) for row in rows if row["row_kind"] == "value"] == [
        ("home", None, None, 1), ("home", 0, "day 0", 0.5), ("home", 1, "day 1", 0), ("cart", None, None, 1), ("cart", 0, "day 0", 0), ("cart", 1, "day 1", 0),
    ]  # fmt: skip


def test_c5_who_is_reserved_is_of_no_value():
    own = [[start(RANGE - 2 * DAY + 1, "late"), back(RANGE - 1)], [start(RANGE - 2 * DAY, "home"), back(RANGE - 1)]]
    assert people(*own, breakdown="page") == {
        ("total", None, None): [1], ("on", None, None): [0, 1], ("reserved", None, None): [1], ("value", "home", None): [1, 0, 1]
    }  # fmt: skip


def test_c5_a_value_keeps_everybody_who_is_back_later_too():
    own = [[start(0, "home"), back(HOUR)], [start(0, "home"), back(HOUR), back(9 * DAY)], [start(0, "cart"), back(2 * DAY)], [start(0, "cart")]]
    found = people(*own, breakdown="page", mode="on_or_after", buckets=3)
    assert (found["value", "home", None], found["value", "cart", None]) == ([2, 2, 1, 1, 1], [2, 1, 1, 1, 0])
    assert found["on_or_after", None, None] == [3, 2, 2, 1]


def test_c5_values_are_in_the_order_of_how_many_start_with_them_then_of_their_bytes():
    own = [[start(0, name)] for name in ("b", "a", "c", "c", "Z")]
    assert [key[1] for key in people(*own, breakdown="page") if key[0] == "value"] == ["c", "Z", "a", "b"]
    assert [key[1] for key in people(*own, breakdown="page", rows=2) if key[0] == "value"] == ["c", "Z"]


def test_c5_the_other_values_together_are_a_row_where_each_person_has_one():
    own = [[start(0, "a"), back(1)], [start(0, "a")], [start(0, "b"), back(DAY)], [start(0, "c"), back(DAY), back(DAY + 1)], [start(0), back(1)]]
    found = people(*own, breakdown="page", rows=1)
    assert {key: counts for key, counts in found.items() if key[0] in ("value", "other")} == {("value", "a", None): [2, 1, 0], ("other", None, None): [3, 1, 2]}
    later = people(*own, breakdown="page", rows=1, mode="on_or_after")
    assert (later["value", "a", None], later["other", None, None]) == ([2, 1, 0], [3, 3, 2])
    assert not any(key[0] == "other" for key in people(*own, breakdown="page", rows=4))


def test_c5_of_several_values_at_the_start_each_counts_and_there_is_no_row_of_the_others():
    own = [[start(0, sku=("a", "b", "a")), back(DAY)], [start(0, sku=("b",)), back(HOUR)], [start(0)]]
    found = people(*own, breakdown="sku")
    assert {key[1]: counts for key, counts in found.items() if key[0] == "value"} == {"b": [2, 1, 1], "No value": [1, 0, 0], "a": [1, 0, 1]}
    assert [key[1] for key in people(*own, breakdown="sku", rows=1) if key[0] in ("value", "other")] == ["b"]


def test_o8_who_has_no_value_at_the_start_is_a_part_unless_the_report_or_the_dimension_says_otherwise():
    own = [[start(0), back(DAY)], [start(0, "a")], [start(0)]]
    shown = {("value", "No value", None): [2, 0, 1], ("value", "a", None): [1, 0, 0]}
    left = {("value", "a", None): [1, 0, 0]}

    def parts(view=VIEW, **asked):
        return {key: counts for key, counts in people(*own, view=view, breakdown="page", **asked).items() if key[0] in ("value", "other")}

    hiding = {**VIEW, "dimensions": {"page": {"field": "page", "no_value": {"label": "Nothing", "show": False}}}}
    assert (parts(), parts(include_no_value=False), parts(rows=1, include_no_value=False)) == (shown, left, left)
    assert parts(hiding) == left
    assert parts(hiding, include_no_value=True) == {("value", "Nothing", None): [2, 0, 1], ("value", "a", None): [1, 0, 0]}
    assert people(*own, breakdown="page", include_no_value=False)["total", None, None] == [3]


def test_a_text_that_is_called_as_what_has_no_value_is_a_value_of_its_own():
    own = [[start(0)], [start(0, "No value"), back(1)]]
    rows = rows_of(own, report="retention", start="opens", buckets=1, breakdown="page", **{"return": "orders"})
    assert [row["people"] for row in rows if row["row_kind"] == "value"] == [1, 0, 0, 1, 1, 0]


def test_c5_several_returns_and_values_are_each_return_of_each_value():
    own = [[start(0, "a"), back(1), start(DAY)], [start(0, "b"), start(HOUR)], [start(0, "a"), back(DAY)]]
    assert people(*own, breakdown="page", returns=["orders", "opens"]) == {
        ("total", None, None): [3], ("on", None, "orders"): [1, 1], ("on", None, "opens"): [1, 1], ("reserved", None, None): [0],
        ("value", "a", None): [2], ("value", "a", "orders"): [1, 1], ("value", "a", "opens"): [0, 1],
        ("value", "b", None): [1], ("value", "b", "orders"): [0, 0], ("value", "b", "opens"): [1, 0],
    }  # fmt: skip


def test_the_value_at_the_start_is_the_one_that_lasts():
    view = {**VIEW, "dimensions": {"channel": {"field": "channel", "persistence": {"expiration": "person"}}}}
    own = [[page(0, channel="mail"), start(HOUR), back(DAY + HOUR)], [start(0, channel="web")]]
    found = people(*own, view=view, breakdown="channel")
    assert (found["value", "mail", None], found["value", "web", None]) == ([1, 0, 1], [1, 0, 0])


@pytest.mark.parametrize("own", [[], [[back(0)]], [[start(RANGE - DAY, "a")]]])
def test_without_anybody_who_starts_in_time_there_are_no_values(own):
    found = people(*own, breakdown="page", returns=["orders", "opens"])
    assert {key: counts for key, counts in found.items() if key[0] != "reserved"} == {("total", None, None): [0], ("on", None, "orders"): [0, 0], ("on", None, "opens"): [0, 0]}


@pytest.mark.parametrize("mode", ["on", "on_or_after"])
def test_nobody_is_back_of_any_value(mode):
    assert people([start(0, "a")], [start(0, "b")], breakdown="page", mode=mode)["value", "a", None] == [1, 0, 0]


def test_without_either_rows_have_no_column_for_it():
    plain = ["row_kind", "elapsed", "label", "people", "retention_rate"]
    for asked, columns in (({}, plain), ({"breakdown": "page"}, ["row_kind", "breakdown", *plain[1:]]), ({"returns": ["orders"]}, ["row_kind", "step_name", *plain[1:]])):
        assert [*rows_of([[start(0)]], report="retention", start="opens", buckets=1, **asked)[0]] == columns


def test_a_retention_in_full_says_what_coming_back_is_and_whether_no_value_is_a_part():
    several = Retention.model_validate({"start": "opens", "returns": ["orders", "opens"]})
    assert (several.effective(), [step.name() for step in several.own_steps()]) == (several, ["opens", "orders", "opens"])
    view = View.model_validate(VIEW)
    assert Retention.model_validate({"start": "opens", "breakdown": "page"}).settled(view).include_no_value is True
    assert Retention.model_validate({"start": "opens"}).settled(view).include_no_value is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"return": "orders", "returns": ["opens"]}, "returns: they are in place of return; leave out one of both"),
        ({"returns": ["orders", "orders"]}, "returns: 2 are called 'orders'; give each a label of its own"),
        ({"returns": [{"any": ["orders", "opens"], "label": "opens"}, "opens"]}, "returns: 2 are called 'opens'"),
        ({"returns": [{"step": "orders", "next": True}]}, "next: true says what comes right after another step of a fallout"),
        ({"returns": [{"step": "orders", "label": f"{at}"} for at in range(6)]}, "at most 5 items"),
        ({"include_no_value": True}, "include_no_value is said of parts; name a breakdown"),
        ({"breakdown": "page", "rows": 0}, "greater than or equal to 1"),
        ({"breakdown": ["page"]}, "breakdown"),
    ],
)
def test_what_is_no_such_retention_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Retention.model_validate({"start": "opens", **wrong})
