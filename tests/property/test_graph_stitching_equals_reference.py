"""Stitching by a graph that is given equals the reference on generated devices: every pass, in memory and loaded."""

from __future__ import annotations

import json
import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.stitching.graph import graph_persons, overridden_own_id, stitch_by_graph
from cja_spark.connection.stitching.spec import GraphBased
from cja_spark.connection.stitching.stitch import replayed_at
from tests.property.draws import cases
from tests.property.graph_rows import publications
from tests.property.stitching_rows import REPLAY, devices
from tests.property.test_stitching_equals_reference import DAYS, frame, given_to, instant, loaded, put, stitched
from tests.reference.graph_stitching import History, overridden
from tests.reference.stitching import DAY

PUBLISHED = "published_at timestamp, persistent_namespace string, persistent_id string, person_ids array<string>, erased boolean"


def reference_of(replay, blocked=None, own="ignore", publication="changes"):
    return {"replay": DAYS[replay], "blocked": blocked, "own": own, "snapshot": publication == "snapshot"}


def names(rows):
    return list(dict.fromkeys(row["device"] for row in rows))


@settings(max_examples=cases(24, 2), deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**9),
    replay=st.sampled_from(list(DAYS)),
    blocked=st.sampled_from([None, [], ["BOB"]]),
    own=st.sampled_from(["ignore", "wins"]),
    publication=st.sampled_from(["changes", "snapshot"]),
    last=st.sampled_from([REPLAY - 1, REPLAY, REPLAY + DAY + 1, REPLAY + 30 * DAY]),
    since=st.sampled_from([None, REPLAY - 14 * DAY, REPLAY - 1]),
)
def test_every_pass_equals_the_reference(spark, seed, replay, blocked, own, publication, last, since):
    rows = devices(seed, 1000)
    graph = publications(seed + 1, names(rows))
    more = {} if blocked is None else {"blocked_values": blocked}
    spec = GraphBased.model_validate({"method": "graph_based", "graph": "identities", "replay": replay, "own_person_id": own, **more})
    history = History(reference_of(replay, blocked, own, publication))
    history.replayed = -math.inf if since is None else since
    expected = stitched(history.load(rows, graph, last))
    chance = random.Random(seed)
    shuffled = frame(spark, chance.sample(rows, len(rows))).repartition(7)
    published = [(instant(one["t"]), "ECID", one["device"], one["persons"], one["erased"]) for one in chance.sample(graph, len(graph))]
    persons = graph_persons(spark.createDataFrame(published, PUBLISHED), spec, instant(last), snapshot=publication == "snapshot")
    asked_at = F.coalesce(replayed_at(spec, instant(last), instant(since)), F.lit(instant(last)))
    crm, ecid = F.lit("CRM"), F.lit("ECID")
    found = stitch_by_graph(shuffled, persons, spec, crm, crm, ecid, asked_at).localCheckpoint()
    assert given_to(found) == expected
    assert found.where(overridden_own_id(spec)).count() == overridden(history.rows, history.rule)


LOADED = {
    "live": (None, "ignore", "changes"),
    "weekly": ("7 days", "wins", "snapshot"),
    "always": ("unlimited", "ignore", "changes"),
    "whole": ("unlimited", "ignore", "snapshot"),
}


def dataset(name, replay, own, publication):
    identities = {
        "persistent_id": {"column": "device", "namespace": "ECID"}, "person_id": {"column": "person", "namespace": "CRM"},
    }  # fmt: skip
    source = {"format": "json"}
    stitching = {"method": "graph_based", "graph": f"graph_{name}", "replay": replay, "own_person_id": own}
    return {
        name: {
            "type": "event", "source": {**source, "path": name}, "event_id": "n", "timestamp": "t", **identities,
            "stitching": stitching,
        },
        f"graph_{name}": {
            "type": "graph", "source": {**source, "path": f"graph_{name}"}, "published_at": "t", **identities,
            "publication": publication, "erased": "erased",
        },
    }  # fmt: skip


def put_graph(tmp_path, name, file, rows):
    (tmp_path / name).mkdir(exist_ok=True)
    each = [{**row, "person": person} for row in rows for person in row["persons"] or [None]]
    text = "".join(json.dumps({key: row[key] for key in ("t", "device", "person", "erased")}) + "\n" for row in each)
    (tmp_path / name / file).write_text(text, encoding="utf-8")


def test_batches_with_late_rows_late_publications_and_privacy_requests_equal_the_reference(lake, tmp_path):
    every = {}
    for name, of in LOADED.items():
        every |= dataset(name, *of)
    connection = Connection.model_validate({"name": "shop", "datasets": every})
    rows = devices(3, 60, (REPLAY - 8 * DAY, REPLAY - 6 * DAY, REPLAY - 1000, REPLAY + 1000))
    graph = publications(4, names(rows), erased=0.2)
    chance = random.Random(3)
    batches, published = [[], [], []], [[], [], []]
    for row in rows:
        batches[chance.choice((1, 2)) if row["t"] >= REPLAY - 7 * DAY else chance.choice((0, 0, 1))].append(row)
    for one in graph:
        published[chance.choice((0, 1, 2))].append(one)
    moments = (REPLAY - 7 * DAY, REPLAY - 1, max(row["t"] for row in (*rows, *graph)))
    histories = {name: History(reference_of(of[0], None, *of[1:])) for name, of in LOADED.items()}
    for number, now in enumerate(moments):
        for name, history in histories.items():
            put(tmp_path, name, f"{number}.json", batches[number])
            put_graph(tmp_path, f"graph_{name}", f"{number}.json", published[number])
            history.load(batches[number], published[number], now)
        as_of = None if number == 2 else instant(now)
        connect(lake.spark, lake, connection, files_root=str(tmp_path), as_of=as_of)
        found = loaded(lake)
        for name, history in histories.items():
            expected = {f"{name}-{n}": of for n, of in stitched(history).items() if of[0] is not None}
            assert {key: of for key, of in found.items() if key.startswith(f"{name}-")} == expected, (name, number)
    assert {reason for _, reason in found.values()} == {"own", "graph", "persistent"}
