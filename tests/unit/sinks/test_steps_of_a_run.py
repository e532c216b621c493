"""A publish and a delivery tell their steps, each with its run, and nothing of a person."""

import json

from tests.unit.audiences.world import World, day


def test_a_publish_and_a_delivery_tell_their_steps_in_order(place, monkeypatch, tmp_path):
    file = tmp_path / "steps.jsonl"
    monkeypatch.setenv("CJA_STEPS", str(file))
    world = World(place, "stepped")
    people = ["ann@example.com", "bob@example.com"]
    world.publish(day(1), people)
    world.deliver()
    found = [json.loads(line) for line in file.read_text().splitlines()]
    named = [one["step"] for one in found]
    wanted = [
        "claim.acquired", "run.building", "eval.done", "diff.staged", "guard.passed", "outbox.after_commit",
        "members.after_merge", "run.committed", "publish.done", "publish.chunk_start", "ledger.after_append", "chunk.done",
        "run.published", "deliver.done",
    ]  # fmt: skip
    assert [step for step in named if step in wanted and step != "claim.acquired"] == wanted[1:]
    assert all(one["audience_id"] == world.id and one["run_id"] for one in found)
    [chunk] = [one for one in found if one["step"] == "chunk.done"]
    assert (chunk["sink"], chunk["run_seq"], chunk["chunk"], chunk["rows"]) == ("profiles", 1, 0, 2)
    assert "@" not in file.read_text()
    assert "example" not in file.read_text()
