"""Adobe's own samples through conf/ajo: fragments in the objects that they are parts of, whole events as they are, what is no event by its reason."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.lake import Lake
from tests.golden.optimizer_project import Loaded
from tests.reference.optimizer import answered, at, identities, instant, loaded, plain

AT = {"from": "2026-05-01", "to": "2026-05-01"}
STEPS = "https://ns.adobe.com/experience/journeyOrchestration/stepEvents"
DATASETS = {"message-feedback": "feedback", "email-tracking": "email_tracking", "push-tracking": "push_tracking", "journey-steps": "journey_steps", "inbound": "inbound", "web": "web"}
ASKS = {
    "messages": {"report": "table", "range": AT, "dimensions": ["dataset", "channel", "feedback_status"],
                 "metrics": ["events", "people", "sends", "message_bounces", "soft_bounces", "excludes", "retries", "opens", "bot_opens", "clicks"]},
    "pages": {"report": "table", "range": AT, "dimensions": ["dataset", "interaction_type"],
              "metrics": ["events", "landing_page_views", "landing_page_conversions", "list_adds", "push_opens"]},
    "steps": {"report": "table", "range": AT, "dimensions": ["dataset", "step_status", "node"],
              "metrics": ["events", "journey_enters", "journey_exits", "node_enters", "journey_failures", "actions", "action_successes"]},
}  # fmt: skip


def event(name: str, fragment: dict, **more) -> str:
    """A fragment as an event of its own; what it says itself stays."""
    own = {"@id": name, "xdm:timestamp": "2026-05-01T10:00:00Z", "xdm:identityMap": {"CRMID": [{"xdm:id": "sample", "xdm:primary": True}]}}
    return json.dumps({**own, **fragment, **more})


def samples(root: Path) -> dict[str, list[str]]:
    """Lines per file of the connection; what belongs to none is a row of feedback as it is."""
    found: dict[str, list[str]] = defaultdict(list)
    ours = root / "extensions" / "adobe" / "experience"
    for path in sorted((ours / "customerJourneyManagement").glob("*.json")):
        fragment = json.loads(path.read_text(encoding="utf-8"))
        if path.name.startswith("ajo-entity-mixins"):
            found["entities"].append(json.dumps({"@id": "sample-entity", **fragment}))
        elif path.name.startswith(("message-interaction", "message-reply")):
            found["email-tracking"].append(event(path.name, fragment))
        elif path.name.startswith(("message-delivery-feedback", "messageProfile", "messageprofile", "messageexecution", "channel-context")):
            found["message-feedback"].append(event(path.name, fragment))
        else:
            found["message-feedback"].append(json.dumps(fragment))
    for path in sorted((ours / "journeyOrchestration" / "stepEvents").glob("*.json")):
        found["journey-steps"].append(event(path.name, {STEPS: {"profileID": "sample", **json.loads(path.read_text(encoding="utf-8"))}}))
    for path in sorted((ours / "journeyOrchestration").glob("*ServiceEvents*.json")):
        found["journey-steps"].append(event(path.name, json.loads(path.read_text(encoding="utf-8"))))
    for path in sorted((ours / "decisioning").glob("experienceevent-proposition*.json")):
        found["inbound"].append(event(path.name, json.loads(path.read_text(encoding="utf-8"))))
    events = root / "components" / "fieldgroups" / "experience-event"
    [push] = events.glob("experienceevent-pushtracking*.json")
    found["push-tracking"].append(event(push.name, {"xdm:pushNotificationTracking": json.loads(push.read_text(encoding="utf-8"))}, **{"xdm:eventType": "pushTracking.customAction"}))
    for path in sorted((root / "components" / "classes").glob("experienceevent.example.*.json")):
        found["web"].append(json.dumps(json.loads(path.read_text(encoding="utf-8"))))
    found["web"].append(json.dumps(json.loads((root / "components" / "fieldgroups" / "shared" / "experienceevent-consumer.example.1.json").read_text(encoding="utf-8"))))
    return found


def reason(row: dict, file: str) -> str | None:
    """Why a row of samples is no event."""
    when = instant(at(row, "timestamp"))
    if when is None:
        return "missing_timestamp"
    if when.year < 2025:  # the newest sample is of 2026
        return "before_window"
    if file == "journey-steps":
        return None if at(row, "_experience.journeyOrchestration.stepEvents.profileID") else "empty_person_id"
    return None if any(name in ("CRMID", "ECID") for name, _, _ in identities(row)) else "empty_person_id"


@pytest.fixture(scope="module")
def lines(shared):
    root = shared / "data" / "xdm"
    if not root.is_dir():
        pytest.skip("the samples of XDM are not here")
    return samples(root)


@pytest.fixture(scope="module")
def told(spark, lines, tmp_path_factory):
    return Loaded(spark, tmp_path_factory.mktemp("samples"), lines, ASKS)


def test_every_sample_is_an_event_or_is_counted_by_its_reason(told, lines):
    for file, dataset in DATASETS.items():
        rows = [plain(json.loads(line)) for line in lines[file]]
        ids = [at(row, "_id") for row in rows if not reason(row, file)]
        again = len(ids) - len({*ids})
        wanted = Counter(why for row in rows if (why := reason(row, file))) + Counter({"duplicate_event_id": again})
        assert told.receipt.dropped.get(dataset, {}) == wanted, dataset
        assert told.receipt.loaded.get(dataset, 0) == len(rows) - wanted.total(), dataset


@pytest.mark.parametrize("name", ASKS)
def test_the_samples_count_as_the_reference_counts_them(told, lines, name):
    ask = ASKS[name]
    ours = told.answers()[name]
    shown = [*ask["dimensions"], *ask["metrics"]]
    key = lambda row: [row["row_kind"], *(row[one] or "" for one in ask["dimensions"])]  # noqa: E731
    theirs = answered(loaded(lines), ask)
    assert [{one: row[one] for one in shown} for row in sorted(ours, key=key)] == [{one: row[one] for one in shown} for row in sorted(theirs, key=key)]


def test_the_samples_have_what_the_documents_say_of_them(told):
    """Of the samples themselves, by hand: an open of a machine, a soft bounce, an exclusion, an ended step."""
    messages, steps = told.answers()["messages"][0], {row["step_status"]: row["events"] for row in told.answers()["steps"] if row["row_kind"] == "item"}
    assert [messages[name] for name in ("sends", "message_bounces", "soft_bounces", "excludes", "opens", "bot_opens", "clicks")] == [1, 1, 1, 1, 0, 1, 1]
    assert steps["ended"] >= 1


def test_samples_of_another_vendor_are_events_of_the_same_reader(spark, shared, tmp_path):
    """Braze's events have no identityMap: those that name the user by the customer's own id are events."""
    root = shared / "data" / "xdm" / "extensions" / "braze"
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(root.glob("*.json"))]
    (tmp_path / "braze.json").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    source = {"format": "json", "path": "braze.json", "xdm": True}
    dataset = {"type": "event", "source": source, "timestamp": "timestamp", "person_id": {"column": "_braze.user.externalUserID", "namespace": "CRMID"}}
    lake = Lake(spark, str(tmp_path / "lake"))
    receipt = connect(spark, lake, Connection.model_validate({"name": "braze", "datasets": {"braze": dataset}}), files_root=str(tmp_path))
    named = sum(bool(at(plain(row), "_braze.user.externalUserID")) for row in rows)
    assert named > 40
    assert receipt.loaded == {"braze": named}
    assert sum(receipt.dropped.get("braze", {}).values()) == len(rows) - named
