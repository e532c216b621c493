"""Reading a story's files with plain Python, which shares nothing with the generator."""

import csv
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


def rows(target, name):
    """All rows of a dataset in the order of loads."""
    return [json.loads(line) for file in sorted(Path(target, name).glob("*.json")) for line in file.read_text().splitlines()]


def table(target, name):
    with Path(target, name).open(newline="") as file:
        return list(csv.DictReader(file))


def at(row):
    """When a row happened; None where nobody can say."""
    try:
        return datetime.fromisoformat(row["timestamp"])
    except ValueError:
        return None


def usable(row):
    """Whether connect would keep the row: it is somebody's, at an instant, and its numbers are numbers."""
    ids = [one["id"] for ones in row.get("identityMap", {}).values() for one in ones]
    tries = row["_experience"].get("customerJourneyManagement", {}).get("messageDeliveryfeedback", {}).get("retryCount", 0)
    steps = row["_experience"].get("journeyOrchestration", {}).get("stepEvents", {"profileID": "none needed"})
    return any(ids) and bool(steps["profileID"]) and at(row) is not None and str(tries).isdigit()


def managed(row):
    return row["_experience"].get("customerJourneyManagement", {})


def feedback(row):
    return managed(row)["messageDeliveryfeedback"]


def step(row):
    """The part of a step; None of a service event."""
    return row["_experience"]["journeyOrchestration"].get("stepEvents")


def delivery(row):
    return managed(row)["messageProfile"]["messageProfileID"]


def once(found):
    """Each `_id` once."""
    return list({row["_id"]: row for row in reversed(found)}.values())


def asynchronous(row):
    return feedback(row).get("messageFailure", {}).get("category") == "async"


def counted(target, zone):
    """The documented formulas over the files, by (date, channel, metric)."""
    found = Counter()

    def add(row, metric, count=1):
        channel = managed(row).get("messageProfile", {}).get("channel", {}).get("_id", "").split("/")[-1]
        found[at(row).astimezone(ZoneInfo(zone)).date().isoformat(), channel, metric] += count

    sent = [row for row in once(rows(target, "message-feedback.json")) if usable(row)]
    for row in sent:
        status = feedback(row)["feedbackStatus"]
        sends, bounces, after = status == "sent", status in ("bounce", "denylist"), asynchronous(row)
        add(row, "sent", sends + bounces - after)
        add(row, "delivered", sends - after)
        add(row, "bounces", int(bounces))
        add(row, "errors", int(status == "error"))
        add(row, "exclusions", int(status == "exclude"))
    first = {}
    for row in sorted(sent, key=lambda row: row["timestamp"]):
        first.setdefault(delivery(row), row)
    for row in first.values():
        add(row, "targeted")
    for row in filter(usable, once(rows(target, "email-tracking.json"))):
        said = managed(row)["messageInteraction"]
        metric = {"open": "opens", "click": "clicks", "unsubscribe": "unsubscribes", "spam_complaint": "spam_complaints"}
        if said["interactionType"] in metric and not said.get("isBot"):
            add(row, metric[said["interactionType"]])
    for row in filter(usable, once(rows(target, "inbound.json"))):
        add(row, "displays", row["_experience"]["decisioning"]["propositionEventType"].get("display", 0))
    for row in filter(usable, once(rows(target, "journey-steps.json"))):
        add(row, "journey_enters", int(bool(step(row).get("entrance"))))
        add(row, "journey_exits", int(bool(step(row).get("instanceEnded"))))
    return {key: count for key, count in found.items() if count}


def adjusted(target):
    """Reported numbers and their causes, by (date, channel, metric)."""
    found = Counter()
    for line in table(target, "reported.csv"):
        assert line["campaign"] == ""
        found[line["date"], line["channel"], line["metric"]] += int(line["value"])
    for line in table(target, "causes.csv"):
        found[line["date"], line["channel"], line["metric"]] += int(line["count"])
    return {key: count for key, count in found.items() if count}


def why(target, as_of, asked):
    """Each row's part of a difference and its cause, from files that hold all that ever arrives; without defects.

    Asked are the instant of the report, the zones, and what the report counts.
    """
    report, view = ZoneInfo(asked["report_zone"]), ZoneInfo(asked["view_zone"])
    found, openers = Counter(), _first_rows(target)
    for name in ("message-feedback.json", "email-tracking.json", "inbound.json", "journey-steps.json"):
        seen = set()
        for file in sorted(Path(target, name).glob("*.json")):
            loaded = datetime.fromisoformat(file.stem + ":00:00+00:00") <= as_of
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                again = row["_id"] in seen
                seen.add(row["_id"])
                test = _test(row)
                days = at(row).astimezone(report).date(), at(row).astimezone(view).date()
                today = asked["reported_at"].astimezone(report).date(), asked["reported_at"].astimezone(view).date()
                for metric, theirs, ours in _worth(row, name, row["_id"] in openers):
                    theirs *= at(row) < asked["reported_at"] and (asked["tests_counted"] or not test)
                    theirs *= not again or asked["repeats_counted"] == "twice"
                    ours *= loaded and not again
                    if theirs == ours and days[0] == days[1]:
                        continue
                    if again:
                        cause = "deduplicated"
                    elif test and not asked["tests_counted"]:
                        cause = "test_profiles"
                    elif days[0] >= today[0] or days[1] >= today[1]:
                        cause = "running_day"
                    elif not loaded:
                        cause = "not_yet_arrived"
                    elif ours:
                        cause = "time_zone"
                    else:
                        cause = "young_range" if as_of - at(row) <= timedelta(days=7) else "retries"
                    channel = managed(row).get("messageProfile", {}).get("channel", {}).get("_id", "").split("/")[-1]
                    found[days[0].isoformat(), channel, metric, cause] -= theirs
                    found[days[1].isoformat(), channel, metric, cause] += ours
    return {key: count for key, count in found.items() if count}


def _test(row):
    steps = row["_experience"].get("journeyOrchestration", {}).get("stepEvents", {})
    return managed(row).get("messageProfile", {}).get("isTestExecution") or steps.get("inTest") or False


def _first_rows(target):
    first = {}
    for row in sorted(rows(target, "message-feedback.json"), key=lambda row: row["timestamp"]):
        first.setdefault(delivery(row), row["_id"])
    return set(first.values())


def _worth(row, name, opens):
    """What a row is worth in a metric: to the report, to a count."""
    if name == "message-feedback.json":
        status, back = feedback(row)["feedbackStatus"], asynchronous(row)
        refused = status in ("bounce", "denylist") and not back
        return [
            ("targeted", opens, opens),
            ("sent", status in ("sent", "delay") or refused, status == "sent" or refused),
            ("delivered", (status == "sent") - back, (status == "sent") - back),
            ("bounces", refused or back, refused or back),
            ("errors", status == "error", status == "error"),
            ("exclusions", status == "exclude", status == "exclude"),
        ]
    if name == "email-tracking.json":
        said = managed(row)["messageInteraction"]
        metrics = {"open": "opens", "click": "clicks", "unsubscribe": "unsubscribes", "spam_complaint": "spam_complaints"}
        human = said["interactionType"] in metrics and "isBot" not in said
        return [(metrics[said["interactionType"]], 1, 1)] if human else []
    if name == "inbound.json":
        shown = row["_experience"]["decisioning"]["propositionEventType"].get("display", 0)
        return [("displays", shown, shown)]
    said = step(row) or {}
    enters, ends = bool(said.get("entrance")), bool(said.get("instanceEnded"))
    return [("journey_enters", enters, enters), ("journey_exits", ends, ends)]
