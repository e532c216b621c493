"""Laws 3 to 5 on the product: totals, copies of persons, moved times, other names."""

import datetime as dt
import hashlib
import json
from collections import defaultdict

import pytest

from tests.property.product import CHANNELS, REPORTS_ASKED, Product, equal, events_frame, reports, view_of
from tests.property.strategies import DAY, PAGES, TAGS, VIEW, journeys

EVENTS = journeys(8, 120)
RATES = ("conversion", "bounce_rate", "sessions_per_person", "events_per_session", "mean_session_seconds",
         "percent_of_previous", "percent_of_total", "percent_of_step", "pooled_items", "step", "at_least", "less_than", "converted_rate", "rate_lift", "retention_rate", "cohort_rate", "net_growth", "active_periods", "share_sum", "average_share", "times_per_person", "change_rate", "call_rate", "baseline_rate", "cost_of_a_call", "reached_share", "share_by_then", "last_touch_share", "first_touch_share", "linear_share", "participation_share", "slow_share", "visit_share",
         "share_of_change", "indicator_count", "outcome_rate", "unexposed_rate", "crude_ratio", "adjusted_ratio",
         "censored_share", "mean_seconds", "mean_seconds_from_previous", "median_seconds_from_previous", "mean_seconds_from_first", "median_seconds_from_first", "more_than_seconds", "at_most_seconds", "p25_seconds", "p50_seconds", "p75_seconds", "p90_seconds", "p99_5_seconds")  # fmt: skip
EVERYBODY = {"metric": "events", "at_least": 1}
UTC = view_of(time_zone="UTC")


def answers_of(spark, events, view=UTC, asked=None, texts=(*PAGES, *TAGS, *CHANNELS), shift=0):
    product = Product(spark, view, asked or reports(), texts).shifted(shift)
    return product.of_frame(events_frame(spark, events))


@pytest.fixture(scope="module")
def answers(spark):
    return answers_of(spark, EVENTS)


def summed(rows, name):
    return sum(row[name] for row in rows)


@pytest.mark.parametrize("at", [0, 1, 3, 4, 6])
def test_law_3_rows_of_additive_columns_sum_to_the_total(answers, at):
    total, *items = [row for row in answers[at] if row["row_kind"] != "grand_total"]
    for name in ("events", "orders", "calls", "units", "session_starts", "session_ends", "time_spent_seconds"):
        if name in total:
            assert summed(items, name) == pytest.approx(total[name]), name
    for name in ("people",) if at in (3, 4, 6) else ("people", "sessions"):
        assert max(row[name] for row in items) <= total[name] <= summed(items, name), name


def test_law_3_days_sum_to_the_total(answers):
    total, *days = answers[5]
    assert len(days) == 31
    assert {name: total[name] for name in ("events", "people", "sessions", "orders")}.items() <= answers[0][0].items()
    for name in ("events", "orders"):
        assert summed(days, name) == total[name]
    for name in ("people", "sessions"):
        assert max(day[name] for day in days) <= total[name] <= summed(days, name)


@pytest.mark.parametrize(("at", "whole", "rows"), [(2, 0, 3), (7, 6, 2)])
def test_t4_other_is_the_sum_of_the_rows_that_are_not_shown(answers, at, whole, rows):
    cut, all_ = answers[at], answers[whole]
    assert cut[: rows + 1] == all_[: rows + 1]
    (other,) = cut[rows + 1 :]
    assert other["row_kind"] == "other"
    assert (other["people"], other["page" if at == 2 else "entry_page"]) == (None, None)
    for name in ("events", "orders", "calls", "bounces", "session_starts"):
        if name in other:
            assert other[name] == summed(all_[rows + 1 :], name)


def test_law_8_each_column_of_a_flow_has_all_its_paths_and_what_flows_in_flows_out(answers):
    [(total, *rows)] = [rows for ask, rows in zip(REPORTS_ASKED, answers, strict=True) if ask["report"] == "flow" and ask["dimension"] == "page"]
    for column in range(4):
        assert summed((row for row in rows if row["row_kind"] == "node" and row["flow_column"] == column), "path_views") == total["path_views"] > 0
    links = [row for row in rows if row["row_kind"] == "link"]
    for node in (row for row in rows if row["row_kind"] == "node" and row["flow_column"] in (1, 2)):
        own = (node["item_kind"], node["flow_item"])
        out = [row for row in links if row["flow_column"] == node["flow_column"] and (row["item_kind"], row["flow_item"]) == own]
        into = [row for row in links if row["flow_column"] == node["flow_column"] - 1 and (row["next_kind"], row["next_item"]) == own]
        assert summed(into, "path_views") == summed(out, "path_views") == node["path_views"]


def test_law_8_periods_of_a_flow_add_up_to_the_whole_range(answers):
    trended = [rows for ask, rows in zip(REPORTS_ASKED, answers, strict=True) if ask["report"] == "flow" and ask.get("trend")]
    assert len(trended) == 2
    for rows in trended:
        names = ("flow_column", "item_kind", "flow_item", "next_kind", "next_item")
        whole = {(row["row_kind"], *(row[name] for name in names)): row for row in rows if row["bucket"] is None}
        periods = defaultdict(list)
        for row in rows:
            if row["bucket"] is not None:
                periods[row["row_kind"].removesuffix("_over_time"), *(row[name] for name in names)].append(row)
        assert {kind for kind, *_ in periods} == {"total", "node", "link"}
        for key, some in periods.items():
            assert summed(some, "path_views") == whole[key]["path_views"] > 0
            assert summed(some, "people") >= whole[key]["people"] >= max(row["people"] for row in some)


def test_law_8_periods_of_a_fallout_add_up_to_the_whole_range(answers):
    trended = [(ask.get("count", "people"), rows) for ask, rows in zip(REPORTS_ASKED, answers, strict=True) if ask["report"] == "fallout" and ask.get("trend")]
    assert len(trended) == 3
    for counted, rows in trended:
        for step in range(1, 4):
            own = [row for row in rows if row["step"] == step and row["breakdown"] is None]
            [whole] = [row for row in own if row["row_kind"] == "step"]
            assert summed((row for row in own if row["row_kind"] == "step_over_time"), counted) == whole[counted] > 0


def test_law_8_who_goes_on_or_not_has_some_value_around_the_steps_or_nothing(answers):
    around = [("sessions" if ask.get("container") == "session" else "people", rows) for ask, rows in zip(REPORTS_ASKED, answers, strict=True) if ask.get("between")]
    assert len(around) == 2
    for counted, rows in around:
        steps = {row["step"]: row for row in rows if row["row_kind"] == "step" and row["breakdown"] is None}
        for step in (1, 2):
            for kind, of in (("between", steps[step + 1][counted]), ("after", steps[step][f"fallout_{counted}"])):
                own = [row for row in rows if row["row_kind"] == kind and row["step"] == step]
                assert all(row[counted] is None or 0 <= row[counted] <= of for row in own) and of > 0
                known = [row[counted] for row in own if row[counted] is not None]
                assert sum(known) >= of or len(known) < len(own)


def test_law_4_copies_of_all_persons_multiply_every_count(spark, answers):
    copies = [{**event, "person_id": f"{event['person_id']}-{copy}"} for event in EVENTS for copy in range(3)]
    for ask, copied, once in zip(REPORTS_ASKED, answers_of(spark, copies), answers, strict=True):
        expected = [{name: multiplied(name, value) for name, value in row.items()} for row in once]
        if ask["report"] in ("paths", "deflection", "indicators"):  # of three times as many trials a rate is known better
            copied, expected = without_bounds(copied), without_bounds(expected)
        assert equal(copied, expected)


def without_bounds(rows):
    """All paths, topics and behaviours by their name."""
    left = [{name: value for name, value in row.items() if name not in ("rate_lower", "rate_upper", "ratio_lower", "ratio_upper")} for row in rows]
    return sorted(left, key=lambda row: (row["row_kind"], row.get("path_taken") or row.get("self_service_topic") or row.get("indicator") or ""))


def multiplied(name, value):
    return 3 * value if isinstance(value, float) and name not in RATES else value


def test_law_5_seven_days_later_only_labels_change(spark, answers):
    later = [{**event, "t": event["t"] + 7 * DAY} for event in EVENTS]
    moved = answers_of(spark, later, shift=7 * DAY)
    for ask, ours, theirs in zip(REPORTS_ASKED, moved, answers, strict=True):
        if ask["report"] == "trend":
            both = [[row["bucket"] for row in rows if row["bucket"] is not None] for rows in (ours, theirs)]
            assert [moment - dt.timedelta(days=7) for moment in both[0]] == both[1]
        assert [unlabelled(row) for row in ours] == [unlabelled(row) for row in theirs], ask


def unlabelled(row):
    return {name: value for name, value in row.items() if name not in ("bucket", "label")}


def test_law_5_other_person_ids_change_nothing(spark, answers):
    renamed = [{**event, "person_id": hashlib.md5(event["person_id"].encode()).hexdigest()} for event in EVENTS]
    assert equal(answers_of(spark, renamed), answers)


def test_law_5_renamed_values_permute_rows(spark):
    texts = [text for text in (*PAGES, *TAGS, *CHANNELS) if text.strip()]
    new = {text: f"{chr(ord('z') - at)}|{text}" for at, text in enumerate(texts)}  # in the opposite order
    renamed = [
        {**event, "page": new.get(event["page"], event["page"]), "channel": new.get(event["channel"]),
         "sku": [new.get(sku) for sku in event["sku"]]}
        for event in EVENTS
    ]  # fmt: skip
    view = json.dumps({name: VIEW[name] for name in ("segments",)})
    asked = json.dumps([{**ask, "rows": 50_000} if ask["report"] == "table" else ask for ask in UNCUT])
    for old, text in new.items():
        view, asked = (part.replace(json.dumps(old), json.dumps(text)) for part in (view, asked))
    names = {text: old for old, text in new.items()}
    theirs = answers_of(spark, EVENTS, asked=reports(UNCUT, **{}))
    ours = answers_of(
        spark, renamed, view_of(time_zone="UTC", **json.loads(view)), reports(json.loads(asked)), list(names)
    )
    for one, other in zip(ours, theirs, strict=True):
        back = [{name: names.get(value, value) for name, value in row.items()} for row in one]
        assert sorted(map(repr, back)) == sorted(map(repr, other))


UNCUT = [ask for ask in REPORTS_ASKED if not {"rows", "items"} & {*ask} and ask["report"] not in ("fallout", "attribution")]  # whose texts are of several values


@pytest.mark.parametrize("container", ["event", "session", "person"])
def test_law_5_a_segment_that_everything_meets_changes_nothing(spark, answers, container):
    everybody = {"container": container, "where": EVERYBODY}
    asked = [{**ask, "segments": [*ask.get("segments", ()), everybody]} for ask in REPORTS_ASKED]
    found = answers_of(spark, EVENTS, asked=reports(asked))
    if container == "person":  # who is in it is by the range (O7), so who has no event in the range is not dormant in its first period
        assert first_dormant(found) != first_dormant(answers)
        found, answers = ([[untold(row, rows) for row in rows] for rows in all_] for all_ in (found, answers))
    assert found == answers


def first_dormant(answers):
    return [rows[1]["dormant_people"] for rows in answers if "dormant_people" in rows[0]]


def untold(row, rows):
    """A row without what growth tells of persons who have no event in the range."""
    return {name: value for name, value in row.items() if row is not rows[1] or name not in ("dormant_people", "net_growth")} if "dormant_people" in row else row
