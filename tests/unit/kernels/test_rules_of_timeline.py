"""Timeline on the product's kernel and finish: the events of single persons, by session, and who is told of (CJA 7; O5, O7, O8, S1, S2, S5, T1)."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.hashing import person_key, value_id
from cja_spark.kernels.timeline import first_of, places_within, sample_order
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.kind import PEOPLE_BY_KEY
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.timeline import Timeline
from tests.reference.timeline import place_in_sample
from tests.unit.kernels.by_hand import DAY, GAP, HOUR, MINUTE, START, ask_of, journeys_of, page, rows_of, run_on_texts

KIND = REPORTS.named("timeline")
HOME = {"where": {"dimension": "page", "equals": "home"}}
MANY = {f"person-{at:03d}": [page(at * MINUTE, "home")] for at in range(40)}
IN_ORDER = sorted(MANY, key=lambda person: place_in_sample(person, 1))


def told(persons, /, batches=1, known=(), **asked):
    """The rows of a timeline of persons by their ids, in some batches of whole persons."""
    asked = {"report": "timeline", "dimensions": ["page"], **asked}
    ask, names = ask_of([*persons.values()], **asked)
    cells = Cells()
    cells.add(0, [])
    parts = [*cells.batches(0)]
    for some in np.array_split(np.array([*persons]), batches):
        own = journeys_of([persons[person] for person in some])
        seen = Seen(Journeys(own.offsets, own.t, own.columns, person_ids=np.array([person_key(str(person)) for person in some], np.int64)), ask, ask.view.max_events)
        parts += [*KIND.kernel(seen).batches(0), *seen.left_out.cells().batches(0)]
    ids = {person_key(person): person for person in (*persons, *known)}
    texts = shown_names(lambda name, _: ids if name == PEOPLE_BY_KEY else names, [ask], run_on_texts)
    return KIND.finish(Sums(pa.Table.from_batches(parts)), ask, texts).to_pylist()


def events(rows, *names):
    """Some columns of the events."""
    return [tuple(row[name] for name in names) for row in rows if row["row_kind"] == "event"]


def people(rows):
    return [row["timeline_person"] for row in rows if row["row_kind"] == "person"]


def test_a_person_is_told_event_by_event_with_the_time_to_the_next_of_its_session():
    rows = told({"ann": [page(0, "home"), page(1500, "cart", orders=2), page(1500 + GAP + 1, "home")]}, metrics=["orders"])
    at = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    nothing = dict.fromkeys(("people", "shown_people", "sessions", "events", "shown_events", "left_out_events"))
    first = {"row_kind": "event", "timeline_person": "ann", "timeline_session": 1, "timeline_event": 1, "timeline_time": at, "label": "2025-01-01T00:00:00.000+00:00", "page": "home",
             **nothing, "time_spent_seconds": 1.5, "orders": None}  # fmt: skip
    second = {**first, "timeline_event": 2, "timeline_time": at + dt.timedelta(seconds=1.5), "label": "2025-01-01T00:00:01.500+00:00", "page": "cart", "time_spent_seconds": None, "orders": 2.0}
    third = {**second, "timeline_session": 2, "timeline_event": 3, "timeline_time": at + dt.timedelta(milliseconds=1501 + GAP), "label": "2025-01-01T00:30:01.501+00:00", "page": "home", "orders": None}
    person = {**dict.fromkeys(first), "row_kind": "person", "timeline_person": "ann", "sessions": 2.0, "events": 3.0, "shown_events": 3.0, "left_out_events": 0.0, "time_spent_seconds": 1.5, "orders": 2.0}
    total = {**person, "row_kind": "total", "timeline_person": None, "people": 1.0, "shown_people": 1.0}
    assert rows == [total, person, first, second, third]
    assert [*rows[0]] == [*first]


def test_s1_a_gap_as_long_as_the_timeout_keeps_the_session():
    rows = told({"ann": [page(0), page(GAP), page(2 * GAP + 1), page(2 * GAP + 2, opens=1)]})
    assert events(rows, "timeline_session", "time_spent_seconds") == [(1, GAP / 1000), (1, None), (2, None), (3, None)]


def test_s5_a_duration_reaches_to_the_next_event_of_the_range_also_where_segments_hide_it():
    own = [page(0, "home"), page(1000, "cart"), page(3000, "home"), page(4000, "cart")]
    rows = told({"ann": own}, segments=[HOME])
    assert events(rows, "timeline_event", "page", "time_spent_seconds") == [(1, "home", 1.0), (2, "home", 1.0)]
    assert rows[0]["time_spent_seconds"] == 2.0
    end = told({"ann": [page(31 * DAY - 1), page(31 * DAY)]})
    assert events(end, "time_spent_seconds") == [(None,)]


def test_numbers_are_of_what_segments_keep():
    own = [page(0, "cart"), page(DAY, "home"), page(2 * DAY, "cart"), page(3 * DAY, "home"), page(3 * DAY + 1, "home")]
    rows = told({"ann": own, "bob": [page(0, "cart")], "cat": [page(0, "home")]}, segments=[HOME])
    by_person = {person: [one[1:] for one in events(rows, "timeline_person", "timeline_session", "timeline_event") if one[0] == person] for person in people(rows)}
    assert by_person == {"ann": [(1, 1), (2, 2), (2, 3)], "cat": [(1, 1)]}
    assert (rows[0]["people"], rows[0]["sessions"], rows[0]["events"]) == (2, 3, 4)


def test_o5_o7_only_events_of_the_range_are_told():
    rows = told({"ann": [page(-1, "home"), page(0, "cart"), page(31 * DAY - 1, "help"), page(31 * DAY, "home")]})
    assert events(rows, "timeline_event", "page") == [(1, "cart"), (2, "help")]
    empty = told({"ann": [page(0, "home")]}, range={"from": "2025-01-05", "to": "2025-01-04"})
    assert [row["row_kind"] for row in empty] == ["total"]
    assert {empty[0][name] for name in ("people", "shown_people", "sessions", "events", "shown_events", "left_out_events", "time_spent_seconds")} == {0}


def test_persons_are_drawn_by_the_mixed_hash_of_their_ids():
    keys = np.array([person_key(person) for person in MANY], np.int64)
    for sample in (1, 2, 77, 1_000_000):
        assert sample_order(keys, sample).tolist() == [place_in_sample(person, sample) for person in MANY]
    assert (keys < 0).any()
    assert people(told(MANY, people=7)) == IN_ORDER[:7]


def test_fewer_persons_are_the_first_of_more_and_another_sample_has_others():
    assert people(told(MANY, people=40)) == IN_ORDER
    assert people(told(MANY, people=100)) == IN_ORDER
    assert people(told(MANY, people=1)) == IN_ORDER[:1]
    assert people(told(MANY, people=39)) == IN_ORDER[:39]
    other = people(told(MANY, people=7, sample=2))
    assert other == sorted(MANY, key=lambda person: place_in_sample(person, 2))[:7] != IN_ORDER[:7]


@pytest.mark.parametrize("batches", [2, 3, 40])
def test_batches_and_partitions_change_nothing(batches):
    for people_ in (1, 5, 40):
        assert told(MANY, batches, people=people_) == told(MANY, people=people_)
    assert told(dict(reversed(MANY.items())), batches, people=5) == told(MANY, people=5)


def test_no_batch_tells_more_persons_than_are_shown():
    order, some = np.array([5, 3, 9, 1, 7], np.uint64), np.array([True, True, True, False, True])
    assert first_of(order, some, 2).tolist() == [0, 1]
    assert first_of(order, some, 4).tolist() == [0, 1, 2, 4]
    assert first_of(order, some, 9).tolist() == [0, 1, 2, 4]
    assert first_of(order, ~some, 1).tolist() == [3]


def test_only_who_has_an_event_that_is_kept_is_drawn():
    persons = {person: [page(0, "cart")] if at % 2 else own for at, (person, own) in enumerate(MANY.items())}
    rows = told(persons, people=5, segments=[HOME])
    assert people(rows) == [person for person in IN_ORDER if persons[person][0][1]["page"] == "home"][:5]
    assert (rows[0]["people"], rows[0]["shown_people"]) == (20, 5)


def test_the_total_is_of_everybody_and_so_that_of_a_table():
    persons = {person: [*own, page(HOME_AT + at, "cart", orders=at)] for at, (person, own) in enumerate(MANY.items())}
    [total, *_] = told(persons, people=2, metrics=["orders"], most_events=1)
    [table] = rows_of([*persons.values()], report="table", metrics=["people", "sessions", "events", "time_spent_seconds", "orders"])
    assert {name: total[name] for name in table} == {**table, "row_kind": "total"}
    assert (total["shown_people"], total["shown_events"], total["left_out_events"]) == (2, 2, 2)


HOME_AT = 3 * HOUR


@pytest.mark.parametrize(
    ("keep", "most", "shown"),
    [("first", 1, [1]), ("first", 2, [1, 2]), ("last", 1, [3]), ("last", 2, [2, 3]), ("first", 3, [1, 2, 3]), ("last", 3, [1, 2, 3]), ("last", 4, [1, 2, 3])],
)
def test_what_is_not_shown_is_counted_and_summed(keep, most, shown):
    life = [page(0, orders=1), page(1000, orders=2), page(DAY, orders=4)]
    rows = told({"ann": life, "bob": life}, keep=keep, most_events=most, metrics=["orders"])
    for person in ("ann", "bob"):
        assert [event for whose, event in events(rows, "timeline_person", "timeline_event") if whose == person] == shown
    for row in rows[0], *(row for row in rows if row["row_kind"] == "person"):
        times = 2 if row["row_kind"] == "total" else 1
        assert (row["events"], row["sessions"], row["orders"], row["time_spent_seconds"]) == (3 * times, 2 * times, 7 * times, times)
        assert (row["shown_events"], row["left_out_events"]) == (times * len(shown), times * (3 - len(shown)))
    assert [session for session, event in events(rows, "timeline_session", "timeline_event") if event == 3] == [2] * (2 if 3 in shown else 0)


def test_named_persons_come_as_they_are_written_and_who_has_nothing_is_told():
    persons = {"ann": [page(0, "home")], "bob": [page(-DAY, "home")], "cat": [page(0, "cart")], "dan": [page(0, "home")]}
    rows = told(persons, persons=["dan", "eve", "bob", "ann", "cat", "fay"], segments=[HOME], known=["fay"])
    assert [(row["row_kind"], row["timeline_person"], row["events"]) for row in rows if row["row_kind"] != "event"] == [
        ("total", None, 2), ("person", "dan", 1), ("person", "ann", 1),
        ("not_found", "eve", None), ("no_events", "bob", 0), ("no_events", "cat", 0), ("no_events", "fay", 0),
    ]  # fmt: skip
    assert (rows[0]["people"], rows[0]["shown_people"], rows[0]["shown_events"]) == (2, 2, 2)
    assert [row["row_kind"] for row in told(persons, persons=["nobody"])] == ["total", "not_found"]


def test_an_id_is_compared_as_it_is():
    assert people(told({"7": [page(0)], "07": [page(0)]}, persons=[7])) == ["7"]
    assert [row["row_kind"] for row in told({"Ann": [page(0)]}, persons=["ann"])] == ["total", "not_found"]


def test_l3_who_has_too_many_events_is_not_drawn_and_said_to_be_left_out_where_named():
    persons = {"ann": [page(at) for at in range(4)], "bob": [page(0)]}
    assert people(told(persons, view={"max_events": 3})) == ["bob"]
    rows = told(persons, persons=["ann", "bob"], view={"max_events": 3})
    assert [(row["row_kind"], row["timeline_person"], row["events"]) for row in rows] == [("total", None, 1), ("person", "bob", 1), ("event", "bob", None), ("left_out", "ann", 4)]


def test_o8_values_of_items_stand_side_by_side_and_what_is_not_set_is_null():
    own = [page(0, sku=["a", None, "b", "a"]), page(1, sku=[]), page(2, sku=[None]), page(3, sku=["c"]), page(4, "home")]
    rows = told({"ann": own, "bob": [page(9, sku=["d", "e"])]}, dimensions=["sku", "page"])
    found = {person: [one[1:] for one in events(rows, "timeline_person", "sku", "page") if one[0] == person] for person in ("ann", "bob")}
    assert found == {"ann": [("a | b | a", None), (None, None), (None, None), ("c", None), (None, "home")], "bob": [("d | e", None)]}


def test_values_are_those_of_the_events_that_are_shown():
    own = [page(0, "home", sku=["a"]), page(1, "cart", sku=["b", "c"]), page(2, "help", sku=["d"])]
    rows = told({"ann": own, "bob": own}, dimensions=["sku", "page"], most_events=2, keep="last")
    assert events(rows, "timeline_event", "sku", "page") == [(2, "b | c", "cart"), (3, "d", "help")] * 2


def test_of_very_many_values_the_first_are_shown_and_the_rest_is_counted():
    for many, more in ((20, ""), (21, " | … 1 more"), (50, " | … 30 more")):
        rows = told({"ann": [page(0, sku=["z"]), page(1, sku=[f"s{at}" for at in range(many)])]}, dimensions=["sku"])
        assert events(rows, "sku") == [("z",), (" | ".join(f"s{at}" for at in range(20)) + more,)]
    assert places_within(np.array([3, 3, 5, 6, 6, 6])).tolist() == [0, 1, 0, 0, 1, 2]
    assert places_within(np.array([], np.int64)).tolist() == []


def test_values_are_those_that_a_table_shows():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "session"}, "no_value": {"label": "nothing", "as_value": True}}}}
    own = [page(0, "home"), page(1), page(GAP + 2)]
    lasting = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "session"}}}}
    assert events(told({"ann": own}, view=lasting), "page") == [("home",), ("home",), (None,)]
    assert events(told({"ann": own}, view=view), "page") == [("home",), ("nothing",), ("nothing",)]
    assert events(told({"ann": own}, dimensions=["event_depth", "hour_of_day", "day"]), "event_depth", "hour_of_day", "day") == [("1", "0", "2025-01-01"), ("2", "0", "2025-01-01"), ("1", "0", "2025-01-01")]


def test_an_amount_of_0_is_told_and_none_is_null():
    rows = told({"ann": [page(0, orders=0, sku=["a", "b"], units=[1.5, 2]), page(1, sku=["a"], units=[np.nan])]}, metrics=["units", "orders"])
    assert events(rows, "orders", "units") == [(0.0, 3.5), (None, None)]
    assert (rows[0]["orders"], rows[0]["units"]) == (0.0, 3.5)
    assert [row["units"] for row in rows if row["row_kind"] == "person"] == [3.5]


def test_o4_times_are_those_of_the_views_zone():
    spring = (dt.datetime(2025, 3, 30, 0, 59, 59, 999_000, tzinfo=dt.UTC) - dt.datetime(2025, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    rows = told({"ann": [page(spring), page(spring + 1)]}, view={"time_zone": "Europe/Berlin"}, range={"from": "2025-03-30", "to": "2025-03-30"})
    assert events(rows, "label") == [("2025-03-30T01:59:59.999+01:00",), ("2025-03-30T03:00:00.000+02:00",)]
    assert START == 1_735_689_600_000


def test_a_person_whose_id_nobody_knows_has_its_key():
    ask, _ = ask_of([[page(0)]], report="timeline", dimensions=["page"])
    rows = rows_of([[page(0)]], report="timeline", dimensions=["page"])
    assert people(rows) == ["0"]
    assert ask.report.effective() == ask.report


def test_keys_are_hashes_as_spark_makes_them_also_where_value_ids_are_moved():
    assert person_key("person-0001") == value_id("person-0001")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dimensions": []}, "at least 1 item"),
        ({"dimensions": ["page", "page"]}, "'page' is given twice"),
        ({"dimensions": [f"d{at}" for at in range(11)]}, "at most 10 items"),
        ({"metrics": [f"m{at}" for at in range(11)]}, "at most 10 items"),
        ({"metrics": ["people"]}, "metrics: 'people' counts, and no event has an amount of it"),
        ({"metrics": ["time_spent_seconds"]}, "metrics: 'time_spent_seconds' counts"),
        ({"dimensions": ["Shown_events"]}, "dimensions: 'Shown_events' is a column that a timeline has by itself"),
        ({"metrics": ["timeline_time"]}, "metrics: 'timeline_time' is a column that a timeline has by itself"),
        ({"people": 0}, "greater than or equal to 1"),
        ({"people": 1_001}, "less than or equal to 1000"),
        ({"sample": 0}, "greater than or equal to 1"),
        ({"most_events": 0}, "greater than or equal to 1"),
        ({"persons": ["ann"], "people": 3}, "people: the persons are named, so none is drawn"),
        ({"persons": ["ann"], "sample": 3}, "sample: the persons are named, so none is drawn"),
        ({"persons": ["ann", "ann"]}, "'ann' is given twice"),
        ({"persons": [" "]}, "persons: an empty text is no person's id"),
        ({"persons": [1.5]}, "1.5 is no text as YAML reads it"),
        ({"people": 101}, "101 persons of up to 200 events are more than the 20,000 events that a timeline shows; lower most_events to 198, or show fewer persons"),
        ({"persons": ["a", "b"], "most_events": 10_001}, "2 persons of up to 10,001 events are more than the 20,000 events"),
        ({"keep": "middle"}, "'first' or 'last'"),
    ],
)
def test_what_is_no_timeline_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Timeline.model_validate({"dimensions": ["page"], **wrong})


@pytest.mark.parametrize("given", [{"people": 100}, {"people": 1_000, "most_events": 20}, {"persons": ["a", "b"], "most_events": 10_000}, {"people": 1, "most_events": 20_000}])
def test_as_many_events_as_a_timeline_shows_are_taken(given):
    assert Timeline.model_validate({"dimensions": ["page"], **given}).report == "timeline"
