"""Standings to show: one with everything wrong that can be wrong, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cja_spark.watch.standing import AudienceStanding, LetterCount, RunStanding, SinkStanding, Standing
from cja_spark.watch.troubles import next_action, of_audience, of_sink

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PROJECT = "conf/shop"


def ago(**delta):
    return NOW - timedelta(**delta)


def run(**changed):
    given = {
        "run_seq": 7, "kind": "refresh", "state": "published", "as_of": ago(hours=5), "recorded_at": ago(hours=4),
        "enter": 120, "exit": 30, "update": 3, "heartbeat": 50,
    }  # fmt: skip
    return RunStanding(**given | changed)


def sink(**changed):
    given = {"sink": "store", "state": "done", "last_run": 7, "last_at": ago(hours=4), "whole_at": ago(hours=4), "acked": 1000}
    made = SinkStanding(**given | changed)
    return made.model_copy(update={"troubles": tuple(of_sink(made, "buyers", PROJECT))})


def audience(**changed):
    given = {
        "name": "buyers", "audience_id": "aud_0123456789ab", "refresh": "daily", "status": "active", "people": 12_345,
        "last": run(), "expires_at": NOW + timedelta(days=200), "sinks": (sink(),),
    }  # fmt: skip
    given |= changed
    if given["last"] is not None:
        given.setdefault("told_at", given["last"].as_of)
    made = AudienceStanding(**given)
    made = made.model_copy(update={"troubles": tuple(of_audience(made, PROJECT, NOW))})
    return made.model_copy(update={"next_action": next_action(made, PROJECT)})


def standing(*audiences):
    return Standing(project=PROJECT, at=NOW, audiences=audiences, versions={"pyspark": "4.1.3"})


LETTERS = (LetterCount(error_class="data", error_code="22P05", letters=40), LetterCount(error_class="data", error_code="too_long", letters=3))
EVERYTHING = standing(
    audience(),
    audience(name="young", audience_id=None, status="new", people=None, last=None, sinks=(), expires_at=None),
    audience(
        name="held", people=4, last=run(state="blocked", guard=("mass_exit",), enter=0, exit=5, as_of=ago(days=3)),
        expires_at=NOW + timedelta(days=3), letters=LETTERS[:1],
        sinks=(
            sink(state="pending", last_run=5, whole_at=ago(days=2), lag_runs=2, pending=1_234),
            sink(sink="base", state="paused", lag_runs=1, pending=4),
            sink(sink="feed", dead=43, letters=LETTERS, gaps=("run 3: chunk 0: 4 rows in the outbox, 3 in the ledger",)),
            sink(sink="late", state="never", last_run=0, last_at=None, whole_at=None, lag_runs=7, acked=0),
        ),
    ),
)  # fmt: skip
