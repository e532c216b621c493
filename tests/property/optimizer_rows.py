"""Random rows of Journey Optimizer's datasets, odd values among them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

PEOPLE = ["ann", "bob", "cid", "dan", "eva", "fay"]
DEVICES = ["phone", "tablet", "laptop", "kiosk"]
ENTITIES = ["c1", "c2", "c3", "c4"]
CHANNELS = ["https://ns.adobe.com/xdm/channels/email", "https://ns.adobe.com/xdm/channels/push", "SMS", None]
STATUSES = ["sent", "sent", "sent", "Sent", "bounce", "Bounce", "denylist", "error", "exclude", "delay", "duplicate", "read", "odd", None]
INTERACTIONS = ["open", "open", "OPEN", "click", "click", "bot_open", "bot_click", "unsubscribe", "spam_complaint", "visit", "submit", "subscription", "reply", None]
STEPS = ["ended", "endStep", "Transitions", "error", "TimedOut", "instanceTimedout", "capped", "odd", None]
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
SECONDS = [0, 1, 60, 3_600, 86_400, 864_000 - 1, 864_000, 864_000 + 1, 2 * 864_000, 2 * 864_000 + 2]


def files(seed: int, size: int) -> dict[str, list[str]]:
    """Lines per file."""
    chance = random.Random(seed)
    made = {
        "message-feedback": [feedback(chance) for _ in range(size)],
        "email-tracking": [tracking(chance) for _ in range(2 * size)],
        "push-tracking": [push(chance) for _ in range(size // 4 + 1)],
        "journey-steps": [step(chance) for _ in range(size)],
        "inbound": [inbound(chance) for _ in range(size // 2 + 1)],
        "web": [visit(chance) for _ in range(size // 2 + 1)],
        "store": [{**head(chance), "identityMap": owner(chance), "commerce": {"purchases": {"value": 1}, "order": {"priceTotal": chance.randint(1, 99) / 2}}} for _ in range(5)],
    }
    found = {}
    for name, rows in made.items():
        for number, row in enumerate(rows):
            row["_id"] = f"{name}-{number}"
        lines = [json.dumps(row) for row in rows]
        found[name] = lines + chance.sample(lines, len(lines) // 10)  # some come twice
    return {**found, "entities": [json.dumps(row) for row in entities(chance)]}


def moment(chance: random.Random) -> str:
    """Times whose distances lie at ten days and beside them."""
    when = FIRST + timedelta(seconds=chance.choice(SECONDS) + chance.choice(SECONDS) + chance.choice([0, 0, 0, chance.randint(0, 900_000)]))
    return when.isoformat().replace("+00:00", "Z")


def head(chance: random.Random) -> dict:
    return {"timestamp": moment(chance) if chance.random() < 0.97 else chance.choice([None, "soon"])}


def owner(chance: random.Random) -> dict:
    return {"CRMID": [{"id": chance.choice(PEOPLE), "primary": True}]} if chance.random() < 0.97 else {}


def linked(chance: random.Random) -> dict:
    """A person, a device, both or none."""
    device = {"ECID": [{"id": chance.choice(DEVICES)}]} if chance.random() < 0.6 else {}
    return {**(owner(chance) if chance.random() < 0.6 else {}), **device}


def some(chance: random.Random, **values: object) -> dict:
    """Those that are set, each now and then not."""
    return {name: value for name, value in values.items() if value is not None and chance.random() < 0.85}


def propositions(chance: random.Random) -> dict:
    ids = [chance.choice([*ENTITIES, "unheard", None]) for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))]
    return {"propositions": [{"id": "p", **({"scopeDetails": {"correlationID": one}} if one else {})} for one in ids]} if ids else {}


def message(chance: random.Random) -> dict:
    execution = some(chance, campaignID=chance.choice(["k1", "k2", None]), campaignActionID=chance.choice(["a1", "a2", None]), journeyActionID=chance.choice(["a3", None]),
                     journeyVersionID=chance.choice(["v1", "v2", None]), batchInstanceID=chance.choice(["b1", None]), messageType=chance.choice(["marketing", "Transactional"]))  # fmt: skip
    channel = chance.choice(CHANNELS)
    profile = some(chance, channel={"_id": channel} if channel else None, isTestExecution=chance.choice([True, False, None]))
    return {"messageExecution": execution, "messageProfile": profile}


def feedback(chance: random.Random) -> dict:
    failure = some(chance, category=chance.choice(["sync", "async", "Async", None]), type=chance.choice(["hard", "Hard", "soft", "Soft", None]), reason="full")
    told = some(chance, feedbackStatus=chance.choice(STATUSES), retryCount=chance.choice([0, 0, 1, 2, "1", "two" if chance.random() < 0.3 else 3]),
                messageFailure=chance.choice([failure, None]), messageExclusion=chance.choice([{"code": chance.choice(["050018", "050002", "050101", "1"])}, None, None]))  # fmt: skip
    more = some(chance, emailChannelContext=chance.choice([{"address": "a@Example.com"}, {"domain": "shop.org", "address": "b@x.y"}, None]), pushChannelContext=chance.choice([{"platform": "APNS"}, None]))
    return {**head(chance), "identityMap": linked(chance), "eventType": "message.feedback",
            "_experience": {"customerJourneyManagement": {**message(chance), **more, "messageDeliveryfeedback": told}, "decisioning": propositions(chance)}}  # fmt: skip


def tracking(chance: random.Random) -> dict:
    told = some(chance, interactionType=chance.choice(INTERACTIONS), isBot=chance.choice([True, False, None, None]), label=chance.choice(["shop", None]), url="https://x.y/",
                subscription={"subscriptionChoice": chance.choice(["yes", "Yes", "no", "pending"])})  # fmt: skip
    return {**head(chance), "identityMap": owner(chance), "_experience": {"customerJourneyManagement": {**message(chance), "messageInteraction": told}, "decisioning": propositions(chance)}}


def push(chance: random.Random) -> dict:
    kind = chance.choice(["pushTracking.applicationOpened", "pushTracking.customAction", "pushtracking.applicationopened", "other"])
    return {**head(chance), "identityMap": linked(chance), "eventType": kind, "pushNotificationTracking": some(chance, pushProvider=chance.choice(["apns", "FCM"])),
            "_experience": {"customerJourneyManagement": message(chance), "decisioning": propositions(chance)}}  # fmt: skip


def step(chance: random.Random) -> dict:
    told = some(chance, profileID=chance.choice(PEOPLE), entrance=chance.choice([True, False, None]), instanceEnded=chance.choice([True, None]), journeyVersionID=chance.choice(["v1", "v2"]),
                journeyVersionName=chance.choice(["Welcome", "Bye"]), nodeName=chance.choice(["Start", "Mail", None]), nodeID=chance.choice(["n1", "n2"]), nodeType="action",
                stepStatus=chance.choice(STEPS), eventID=chance.choice(["createInstance", "x", None]), journeyNodeProcessed=chance.choice([True, True, False]), actionID=chance.choice(["x1", None]),
                actionName=chance.choice(["Hello", None]), actionType=chance.choice(["email", None]), actionExecutionErrorCode=chance.choice(["500", None, None]), inTest=chance.choice([True, False, None]),
                inDryRun=chance.choice([True, None, None]))  # fmt: skip
    return {**head(chance), "_experience": {"journeyOrchestration": {"stepEvents": told}}}


def inbound(chance: random.Random) -> dict:
    types = some(chance, display=chance.choice([1, 1, 0, None]), interact=chance.choice([1, None, None]), dismiss=chance.choice([1, None, None]), trigger=chance.choice([1, None]), send=chance.choice([1, None]))
    return {**head(chance), "identityMap": linked(chance), "_experience": {"decisioning": {**propositions(chance), "propositionEventType": types}}}


def visit(chance: random.Random) -> dict:
    return {**head(chance), "identityMap": linked(chance), "web": {"webPageDetails": {"name": "home", "pageViews": {"value": 1}}},
            **some(chance, commerce=chance.choice([{"purchases": {"value": 1}, "order": {"priceTotal": 20}}, None]))}  # fmt: skip


def entities(chance: random.Random) -> list[dict]:
    """Two rows per id, the first with other names."""
    found = []
    for draft in (True, False):
        for id_ in ENTITIES[:-1]:
            kind = chance.choice(CHANNELS)
            parts = {
                "campaign": some(chance, name=f"{'draft ' if draft else ''}{id_}", campaignID=f"of {id_}"),
                "journey": some(chance, journeyName=f"journey {id_}", journeyVersionID="v9", journeyActionName="Mail"),
                "experiment": some(chance, experimentName="Subject", treatmentName=chance.choice(["A", None]), treatmentID=chance.choice(["t1", "t2"])),
                "channelDetails": {"channel": {"_id": kind}} if kind else {},
            }
            found.append({"_id": id_, "_experience": {"customerJourneyManagement": {"entities": parts}}})
    return found
