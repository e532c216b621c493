"""The reference of graph-based stitching gives the published answers, and its rules hold by themselves."""

from __future__ import annotations

import math

import pytest

from tests.reference.golden import instant
from tests.reference.golden_stitching import ask_of, cases, events_of, published_of, wrong
from tests.reference.graph_stitching import History, overridden
from tests.reference.stitching import DAY

RULE = {"replay": None, "blocked": None, "own": "ignore", "snapshot": False}
DAYS = {"1 day": 1, "7 days": 7}


def live(folder):
    """Each event is processed when it happens, with what is published by then."""
    history = History(RULE)
    events, published = events_of(folder), published_of(folder)
    for now in sorted({event["t"] for event in events}):
        new = [one for one in published if one not in history.published and one["t"] <= now]
        history.load([event for event in events if event["t"] == now], new, now)
    return history


def stitched(history):
    return {row["n"]: row["stitched"] for row in history.rows}


def test_there_are_golden_folders_of_graph_stitching():
    assert [folder.name for folder in cases("graph_stitching")] == ["gbs_events", "shared_device"]


@pytest.mark.parametrize("folder", cases("graph_stitching"), ids=lambda folder: folder.name)
def test_the_reference_agrees_with_a_published_example(folder):
    ask = ask_of(folder)
    assert wrong(folder, "live", stitched(live(folder))) == []
    at = instant(ask["replay_at"])
    for replay in ask["replays"]:
        history = live(folder)
        history.rule = {**RULE, "replay": DAYS[replay]}
        history.replay(at, at)
        assert wrong(folder, f"replay {replay}", stitched(history)) == [], replay
    if "privacy_at" in ask:
        history.load([], published_of(folder), instant(ask["privacy_at"]))
        assert wrong(folder, "privacy", stitched(history)) == []


def test_g19_the_last_user_of_a_device_overrides_anothers_own_id():
    folder = cases("graph_stitching")[1]
    history = History({**RULE, "replay": math.inf}).load(events_of(folder), published_of(folder), 30_000 * DAY)
    assert overridden(history.rows, RULE) == 1


def test_a_changed_answer_is_found():
    folder = cases("graph_stitching")[0]
    assert len(wrong(folder, "live", dict.fromkeys((event["n"] for event in events_of(folder)), "x"))) > 2
