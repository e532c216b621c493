"""Rules of stitching by a graph that is given (G19, G16), at their boundaries, and the published examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.stitching.graph import graph_persons, overridden_own_id, stitch_by_graph
from cja_spark.connection.stitching.spec import GraphBased
from tests.reference.golden import instant
from tests.reference.golden_stitching import ask_of, cases, events_of, published_of, wrong

TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)
MS = timedelta(milliseconds=1)
ROWS = "n string, ts timestamp, persistent_namespace string, persistent_id string, own_person_id string"
PUBLISHED = "published_at timestamp, persistent_namespace string, persistent_id string, person_ids array<string>, erased boolean"
DAYS = {"1 day": 1, "7 days": 7}


def given_to(spark, rows, published, *, now=TEN, asked=None, snapshot=False, **settings):
    """Per row the person and the reason; a row is (device, own ID, its time), a publication (time, device, persons, erased)."""
    spec = GraphBased(method="graph_based", graph="identities", **settings)
    events = spark.createDataFrame([(str(n), ts, "ECID", device, own) for n, (device, own, ts) in enumerate(rows)], ROWS)
    graph = spark.createDataFrame([(at, "ECID", device, persons, erased) for at, device, persons, erased in published], PUBLISHED)
    persons = graph_persons(graph, spec, now, snapshot=snapshot)
    stitched = stitch_by_graph(events, persons, spec, F.lit("CRM"), F.lit("own"), F.lit("ECID"), F.lit(asked or now))
    found = stitched.select("*", overridden_own_id(spec).alias("overridden")).collect()
    return [tuple(row[name] for name in ("person_id", "person_namespace", "stitch_reason", "overridden")) for row in sorted(found, key=lambda row: int(row["n"]))]


def test_g19_the_graph_published_at_the_very_instant_counts_and_a_later_one_does_not(spark):
    published = [(TEN, "at", ["ann"], False), (TEN + MS, "after", ["bob"], False), (TEN - MS, "before", ["cid"], False)]
    rows = [(device, None, TEN) for device in ("at", "after", "before", "never")]
    assert [person for person, *_ in given_to(spark, rows, published)] == ["ann", "after", "cid", "never"]
    assert [person for person, *_ in given_to(spark, rows, published, now=TEN + MS, asked=TEN)] == ["ann", "after", "cid", "never"]


def test_g19_the_time_of_a_row_is_ignored(spark):
    rows = [("d", None, TEN - timedelta(days=9000)), ("d", None, TEN + timedelta(days=9000))]
    assert given_to(spark, rows, [(TEN, "d", ["ann"], False)]) == [("ann", "CRM", "graph", False)] * 2


def test_g19_of_several_persons_the_first_in_the_order_of_bytes_counts(spark):
    published = [
        (TEN, "d", ["bob", "\U0001f600", "\uff5e", "Bob"], False), (TEN, "e", ["bob"], False), (TEN, "e", ["ann"], False),
        (TEN, "f", ["\U0001f600", "\uff5e"], False), (TEN - MS, "g", ["ann"], False), (TEN, "g", ["bob"], False),
    ]  # fmt: skip
    rows = [(device, None, TEN) for device in "defg"]
    assert [person for person, *_ in given_to(spark, rows, published)] == ["Bob", "ann", "\uff5e", "bob"]


def test_g19_a_blank_persistent_id_has_the_rows_own_person_and_else_none(spark):
    rows = [(None, "ann", TEN), ("  ", "ann", TEN), ("\u3000", None, TEN), ("", "unknown", TEN)]
    own, none = ("ann", "own", "own", False), (None, None, "none", False)
    assert given_to(spark, rows, [])[:3] == [own, own, none]
    assert given_to(spark, rows, [])[3][:3] == none[:3]


def test_g19_an_own_id_is_overridden_unless_it_wins(spark):
    rows = [("d", "bob", TEN), ("d", "ann", TEN), ("new", "bob", TEN), ("d", None, TEN), ("d", "0000", TEN)]
    published = [(TEN, "d", ["ann"], False)]
    graph, device = ("ann", "CRM", "graph"), ("new", "ECID", "persistent")
    ignored = given_to(spark, rows, published)
    assert [row[:3] for row in ignored] == [graph, graph, device, graph, graph]
    assert [row[3] for row in ignored] == [True, False, True, False, False]
    wins = given_to(spark, rows, published, own_person_id="wins")
    assert [row[:3] for row in wins] == [("bob", "own", "own"), ("ann", "own", "own"), ("bob", "own", "own"), graph, graph]
    assert not any(row[3] for row in wins)


def test_f13_placeholders_are_neither_persistent_ids_nor_persons_of_a_graph(spark):
    published = [(TEN, "unknown", ["ann"], False), (TEN, "d", [" NULL", "bob"], False), (TEN, "e", ["000"], False)]
    rows = [("unknown", None, TEN), ("d", None, TEN), ("e", None, TEN)]
    assert [person for person, *_ in given_to(spark, rows, published)] == ["unknown", "bob", "e"]
    assert [person for person, *_ in given_to(spark, rows, published, blocked_values=())] == ["ann", " NULL", "000"]


def test_g16_a_privacy_request_leaves_all_rows_up_to_it_with_their_persistent_id(spark):
    published = [(TEN - 2 * MS, "d", ["ann"], False), (TEN - MS, "d", ["ann"], True), (TEN, "d", ["bob"], False)]
    rows = [("d", None, TEN - 9 * MS), ("d", "ann", TEN - MS), ("d", None, TEN)]
    assert [person for person, *_ in given_to(spark, rows, published)] == ["d", "d", "bob"]
    assert [person for person, *_ in given_to(spark, rows, published, asked=TEN - 2 * MS)] == ["d", "d", "ann"]
    assert [person for person, *_ in given_to(spark, rows, published, now=TEN - 2 * MS)] == ["ann", "ann", "ann"]


def test_a_snapshot_ends_what_it_does_not_repeat_and_changes_do_not(spark):
    published = [(TEN - 2 * MS, "d", ["ann"], False), (TEN - MS, "e", ["bob"], False), (TEN, "d", ["cid"], False)]
    rows = [("d", None, TEN), ("e", None, TEN)]
    asked = [TEN - 2 * MS, TEN - MS, TEN]
    whole = [[person for person, *_ in given_to(spark, rows, published, asked=at, snapshot=True)] for at in asked]
    assert whole == [["ann", "e"], ["d", "bob"], ["cid", "e"]]
    some = [[person for person, *_ in given_to(spark, rows, published, asked=at)] for at in asked]
    assert some == [["ann", "e"], ["ann", "bob"], ["cid", "bob"]]


def test_an_id_is_known_in_its_own_namespace_only(spark):
    events = spark.createDataFrame([("0", TEN, "AAID", "d", None), ("1", TEN, "ECID", "d", None)], ROWS)
    graph = spark.createDataFrame([(TEN, "ECID", "d", ["ann"], False)], PUBLISHED)
    spec = GraphBased(method="graph_based", graph="identities")
    persons = graph_persons(graph, spec, TEN, snapshot=False)
    found = stitch_by_graph(events, persons, spec, F.lit("CRM"), F.lit("CRM"), F.col("persistent_namespace"), F.lit(TEN))
    assert {row["n"]: (row["person_id"], row["person_namespace"]) for row in found.collect()} == {"0": ("d", "AAID"), "1": ("ann", "CRM")}


def moment(ms):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


@pytest.mark.parametrize("folder", cases("graph_stitching"), ids=lambda folder: folder.name)
def test_stitching_by_a_graph_gives_a_published_example(spark, folder):
    ask = ask_of(folder)
    spec = GraphBased.model_validate(ask["stitching"])
    at = instant(ask["replay_at"])
    cells = [(row["n"], moment(row["t"]), "ECID", row["device"], row["person"]) for row in events_of(folder)]
    rows = spark.createDataFrame(cells, ROWS).localCheckpoint()
    published = [(moment(one["t"]), "ECID", one["device"], one["persons"], one["erased"]) for one in published_of(folder)]
    graph = spark.createDataFrame(published, PUBLISHED)

    def stitched(now, asked_at):
        persons = graph_persons(graph, spec, moment(now), snapshot=False)
        found = stitch_by_graph(rows, persons, spec, F.lit("email"), F.lit("email"), F.lit("ECID"), asked_at).collect()
        return {row["n"]: row["person_id"] for row in found}

    assert wrong(folder, "live", stitched(at, F.col("ts"))) == []
    for replay in ask["replays"]:
        inside = (F.col("ts") > F.lit(moment(at) - timedelta(days=DAYS[replay]))) & (F.col("ts") <= F.lit(moment(at)))
        found = stitched(at, F.when(inside, F.lit(moment(at))).otherwise(F.col("ts")))
        assert wrong(folder, f"replay {replay}", found) == [], replay
    if "privacy_at" in ask:
        assert wrong(folder, "privacy", stitched(instant(ask["privacy_at"]), F.lit(moment(at)))) == []
