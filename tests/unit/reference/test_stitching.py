"""The reference of stitching gives the published answers, and its rules hold by themselves."""

from __future__ import annotations

import math

import pytest

from tests.reference.golden import instant
from tests.reference.golden_stitching import ask_of, cases, cells_of, events_of, maps_of, wrong
from tests.reference.identity_map import choose
from tests.reference.stitching import DAY, History, replay

DAYS = {"1 day": 1, "7 days": 7, "14 days": 14, "30 days": 30, "unlimited": math.inf}


def rule_of(stitching):
    return {
        "replay": DAYS.get(stitching.get("replay")),
        "cap": stitching.get("max_device_switches", 50_000),
        "blocked": stitching.get("blocked_values"),
    }


def test_there_are_golden_folders_of_stitching():
    assert (len(cases("stitching")), len(cases("identity_map"))) == (7, 2)


@pytest.mark.parametrize("folder", cases("stitching"), ids=lambda folder: folder.name)
def test_the_reference_agrees_with_a_published_example(folder):
    ask = ask_of(folder)
    rule = rule_of(ask["stitching"])
    rows = History({**rule, "replay": None}).load(events_of(folder), 0).rows
    assert wrong(folder, "live", {row["n"]: row["stitched"] for row in rows}) == []
    replay(rows, rule, instant(ask["replay_at"]))
    assert wrong(folder, "replay", {row["n"]: row["stitched"] for row in rows}) == []


@pytest.mark.parametrize("folder", cases("identity_map"), ids=lambda folder: folder.name)
def test_the_reference_chooses_as_published(folder):
    maps, stitched = maps_of(folder), ask_of(folder)["stitched"]
    for row in cells_of(folder, "expected.csv"):
        chosen = choose(maps[row["row"]], row["choose"], stitched=stitched) or (None, None)
        assert chosen == (row["namespace"], row["id"]), row


def test_a_changed_answer_is_found():
    folder = cases("stitching")[0]
    assert len(wrong(folder, "live", dict.fromkeys((event["n"] for event in events_of(folder)), "x"))) > 2


def test_replays_lie_at_whole_days_or_weeks_and_run_once():
    history = History({"replay": 7, "cap": 9, "blocked": None}).load([{"t": 8 * DAY, "device": "d", "person": None}], 22 * DAY)
    assert (list(history.due(22 * DAY)), list(history.due(28 * DAY))) == ([], [28 * DAY])
