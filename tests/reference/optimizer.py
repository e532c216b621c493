"""Journey Optimizer's metrics and dimensions in plain Python, from the nested JSON of its datasets (ajo-rtcdp.md, section C)."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATASETS = {"message-feedback": "feedback", "email-tracking": "email_tracking", "push-tracking": "push_tracking",
            "journey-steps": "journey_steps", "inbound": "inbound", "web": "web", "store": "store"}  # fmt: skip
LINKED = ("feedback", "push_tracking", "inbound", "web")
STATUSES = {"error", "exclude", "sent", "bounce", "delay", "duplicate", "denylist", "delivered", "read", "unknown"}
FAILURES = {"error", "timedout", "instancetimedout"}
OWN = ("schema", "repo", "dc", "xmpDM", "iptc4xmpExt", "braze")
EXPERIENCE = "https://ns.adobe.com/experience/"
CODES = Path(__file__).resolve().parents[2] / "conf" / "ajo" / "exclusions.csv"


# Reading ---------------------------------------------------------------------------------------------------------------------


def plain(value: object, under: bool = False) -> object:
    """JSON with qualified keys as JSON with plain ones."""
    if isinstance(value, list):
        return [plain(item, under) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict = {}
    for key, inner in value.items():
        url = key.startswith(EXPERIENCE)
        names = key[len(EXPERIENCE) :].split("/") if url else [key]
        if url:
            names = names[-1:] if under else ["_experience", *names]
        elif key in ("@id", "@type"):
            names = ["_" + key[1:]]
        elif key.startswith("xdm:"):
            names = [key[4:]]
        elif key.split(":")[0] in OWN and ":" in key:
            names = ["_" + key.split(":")[0], key.split(":", 1)[1]]
        put(found, names, plain(inner, under or url))
    return found


def put(into: dict, names: list[str], value: object) -> None:
    """Put a value at a path; objects of one path are one."""
    *above, last = names
    for name in above:
        into = into.setdefault(name, {})
    if isinstance(value, dict) and isinstance(into.get(last), dict):
        for key, inner in value.items():
            put(into[last], [key], inner)
    elif into.get(last) is None:
        into[last] = value


def at(row: object, path: str) -> object:
    """What lies at a path; blank text is nothing."""
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return None if isinstance(row, str) and not row.strip() else row


def text(value: object) -> str | None:
    """A value as text; truth is true or false."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def low(value: object) -> str | None:
    found = text(value)
    return None if found is None else found.lower()


def instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def identities(row: dict) -> list[tuple[str, str, bool]]:
    every = row.get("identityMap") or {}
    return [(name, one["id"], bool(one.get("primary"))) for name, some in every.items() for one in some or () if (one.get("id") or "").strip()]


def of_namespace(row: dict, namespace: str) -> str | None:
    return min((id_ for name, id_, _ in identities(row) if name == namespace), default=None)


def primary(row: dict) -> str | None:
    every = identities(row)
    flagged = sorted((name, id_) for name, id_, is_primary in every if is_primary)
    if flagged:
        return flagged[0][1]
    return every[0][1] if len(every) == 1 else None


def loaded(lines: dict[str, list[str]]) -> list[dict]:
    """Usable rows with dataset, person, t and what they are about; names of the entity dataset are found for them."""
    rows = {file: [plain(json.loads(line)) for line in some] for file, some in lines.items()}
    owners = devices(rows.get("web", []))
    entities = {row["_id"]: row for row in rows.get("entities", []) if text(row.get("_id"))}
    found = []
    for file, name in DATASETS.items():
        seen: set[str] = set()
        for row in rows.get(file, []):
            event = usable(row, name, owners, entities)
            if event and (at(row, "_id") is None or at(row, "_id") not in seen):
                seen.add(at(row, "_id"))
                found.append(event)
    return found


def devices(web: list[dict]) -> dict[str, str]:
    """Whose a device is: who was last seen on it; of several at one instant the smallest id."""
    seen: dict[str, tuple[datetime, str]] = {}
    for row in web:
        moment, who = instant(at(row, "timestamp")), of_namespace(row, "CRMID")
        if moment is None or who is None:
            continue
        for device in (id_ for name, id_, _ in identities(row) if name == "ECID"):
            before = seen.get(device)
            if before is None or moment > before[0] or (moment == before[0] and who < before[1]):
                seen[device] = moment, who
    return {device: who for device, (_, who) in seen.items()}


def usable(row: dict, dataset: str, owners: dict[str, str], entities: dict[str, dict]) -> dict | None:
    moment = instant(at(row, "timestamp"))
    if dataset == "journey_steps":
        who = text(at(row, STEP + "profileID"))
    elif dataset == "email_tracking":
        who = primary(row)
    elif dataset == "store":
        who = of_namespace(row, "CRMID")
    else:
        device = of_namespace(row, "ECID")
        who = of_namespace(row, "CRMID") or owners.get(device, device)
    retry = at(row, FEEDBACK + "retryCount")
    if moment is None or who is None or (isinstance(retry, str) and number(retry) is None):
        return None
    known = next((entities[id_] for id_ in correlations(row) if id_ in entities), None)
    return {"dataset": dataset, "person": who, "t": moment, "row": row, "entity": known or {}}


def correlations(row: dict) -> list[str]:
    return [id_ for one in at(row, "_experience.decisioning.propositions") or () if (id_ := at(one, "scopeDetails.correlationID"))]


def number(value: object) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


# Dimensions ------------------------------------------------------------------------------------------------------------------

CJM = "_experience.customerJourneyManagement."
FEEDBACK = CJM + "messageDeliveryfeedback."
EXECUTION = CJM + "messageExecution."
INTERACTION = CJM + "messageInteraction."
STEP = "_experience.journeyOrchestration.stepEvents."
ENTITY = CJM + "entities."
TYPES = "_experience.decisioning.propositionEventType."


def first(event: dict, *paths: str) -> str | None:
    """The first value that is set; a path that begins with `entity:` leads into what the entity dataset says."""
    for path in paths:
        found = at(event["entity"], ENTITY + path.removeprefix("entity:")) if path.startswith("entity:") else at(event["row"], path)
        if found is not None:
            return text(found)
    return None


def channel(event: dict) -> str | None:
    found = first(event, CJM + "messageProfile.channel._id", "entity:channelDetails.channel._id")
    return None if found is None else found.split("/")[-1] or None


def interaction(event: dict) -> str | None:
    kind = low(at(event["row"], INTERACTION + "interactionType"))
    return f"bot_{kind}" if kind in ("open", "click") and low(at(event["row"], INTERACTION + "isBot")) == "true" else kind


def choice(event: dict) -> str | None:
    return low(at(event["row"], INTERACTION + "subscription.subscriptionChoice")) if interaction(event) == "subscription" else None


def status(event: dict) -> str | None:
    return low(at(event["row"], FEEDBACK + "feedbackStatus"))


def step_status(event: dict) -> str | None:
    found = low(at(event["row"], STEP + "stepStatus"))
    return "ended" if found == "endstep" else found


def code(event: dict) -> str | None:
    return text(at(event["row"], FEEDBACK + "messageExclusion.code"))


def exclusion_reason(event: dict) -> str | None:
    with CODES.open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["reason"] for row in csv.DictReader(file)}
    return text(at(event["row"], FEEDBACK + "messageExclusion.reason")) or names.get(code(event))


def retry_count(event: dict) -> str | None:
    found = number(at(event["row"], FEEDBACK + "retryCount"))
    return None if found is None else str(int(found))


def test_message(event: dict) -> str | None:
    flags = [low(at(event["row"], path)) for path in (CJM + "messageProfile.isTestExecution", STEP + "inTest", STEP + "inDryRun")]
    return "true" if "true" in flags else None if flags == [None] * 3 else "false"


def domain(event: dict) -> str | None:
    own, address = (text(at(event["row"], CJM + f"emailChannelContext.{name}")) for name in ("domain", "address"))
    return low(own or (address.rsplit("@", 1)[-1] if address else None)) or None


def message(event: dict) -> str | None:
    """What a person got; None where a row says nothing of it."""
    known = event["entity"].get("_id")
    action = first(event, EXECUTION + "campaignActionID", EXECUTION + "journeyActionID") or known
    parts = (first(event, EXECUTION + "journeyVersionID"), action, first(event, EXECUTION + "batchInstanceID"))
    return "|".join(part for part in parts if part) or None


DIMENSIONS: dict[str, Callable[[dict], str | None]] = {
    "dataset": lambda event: event["dataset"],
    "channel": channel,
    "campaign": lambda event: first(event, "entity:campaign.name"),
    "campaign_id": lambda event: first(event, EXECUTION + "campaignID", "entity:campaign.campaignID"),
    "journey": lambda event: first(event, "entity:journey.journeyName", STEP + "journeyVersionName"),
    "journey_version": lambda event: first(event, EXECUTION + "journeyVersionID", STEP + "journeyVersionID", "entity:journey.journeyVersionID"),
    "node": lambda event: first(event, STEP + "nodeName", STEP + "nodeID"),
    "node_type": lambda event: first(event, STEP + "nodeType"),
    "action": lambda event: first(event, STEP + "actionName", "entity:journey.journeyActionName"),
    "treatment": lambda event: first(event, "entity:experiment.treatmentName", "entity:experiment.treatmentID"),
    "experiment": lambda event: first(event, "entity:experiment.experimentName"),
    "feedback_status": status,
    "failure_category": lambda event: low(at(event["row"], FEEDBACK + "messageFailure.category")),
    "failure_type": lambda event: low(at(event["row"], FEEDBACK + "messageFailure.type")),
    "failure_reason": lambda event: first(event, FEEDBACK + "messageFailure.reason"),
    "exclusion_code": code,
    "exclusion_reason": exclusion_reason,
    "control_group": lambda event: {"050018": "holdout", "050002": "control rules"}.get(code(event) or ""),
    "retry_count": retry_count,
    "message_type": lambda event: low(at(event["row"], EXECUTION + "messageType")),
    "test_message": test_message,
    "interaction_type": interaction,
    "link": lambda event: first(event, INTERACTION + "label", INTERACTION + "url"),
    "step_status": step_status,
    "email_domain": domain,
    "platform": lambda event: low(first(event, CJM + "pushChannelContext.platform", "pushNotificationTracking.pushProvider")),
}


# Metrics ---------------------------------------------------------------------------------------------------------------------


def acted(event: dict) -> bool:
    return at(event["row"], STEP + "actionID") is not None and at(event["row"], STEP + "actionType") is not None


def flag(event: dict, name: str) -> bool:
    return low(at(event["row"], STEP + name)) == "true"


def bounced(event: dict, how: str) -> bool:
    return status(event) in ("bounce", "denylist") and low(at(event["row"], FEEDBACK + "messageFailure.type")) == how


def kind(event: dict) -> str | None:
    return low(at(event["row"], "eventType"))


ROWS: dict[str, Callable[[dict], bool]] = {
    "events": lambda event: True,
    "sends": lambda event: status(event) == "sent",
    "message_bounces": lambda event: status(event) in ("bounce", "denylist"),
    "bounces_after_delivery": lambda event: low(at(event["row"], FEEDBACK + "messageFailure.category")) == "async",
    "errors": lambda event: status(event) == "error",
    "excludes": lambda event: status(event) == "exclude",
    "delays": lambda event: status(event) == "delay",
    "retries": lambda event: (number(at(event["row"], FEEDBACK + "retryCount")) or 0) > 0,
    "unknown_statuses": lambda event: status(event) is not None and status(event) not in STATUSES,
    "hard_bounces": lambda event: bounced(event, "hard"),
    "soft_bounces": lambda event: bounced(event, "soft"),
    "opens": lambda event: interaction(event) == "open",
    "clicks": lambda event: interaction(event) == "click",
    "unsubscribes": lambda event: interaction(event) == "unsubscribe",
    "spam_complaints": lambda event: interaction(event) == "spam_complaint",
    "bot_opens": lambda event: interaction(event) == "bot_open",
    "bot_clicks": lambda event: interaction(event) == "bot_click",
    "landing_page_views": lambda event: interaction(event) == "visit",
    "landing_page_conversions": lambda event: interaction(event) == "submit",
    "list_adds": lambda event: choice(event) == "yes",
    "list_removes": lambda event: choice(event) == "no",
    "push_opens": lambda event: kind(event) == "pushtracking.applicationopened",
    "push_custom_actions": lambda event: kind(event) == "pushtracking.customaction",
    "journey_enters": lambda event: flag(event, "entrance"),
    "journey_exits": lambda event: flag(event, "instanceEnded"),
    "journey_failures": lambda event: step_status(event) in FAILURES,
    "node_enters": lambda event: flag(event, "journeyNodeProcessed") and at(event["row"], STEP + "eventID") != "createInstance",
    "actions": acted,
    "action_successes": lambda event: acted(event) and at(event["row"], STEP + "actionExecutionErrorCode") is None,
}
SUMS = {
    "edge_sends": TYPES + "send", "inbound_displays": TYPES + "display", "inbound_clicks": TYPES + "interact",
    "inbound_triggers": TYPES + "trigger", "inbound_dismisses": TYPES + "dismiss", "page_views": "web.webPageDetails.pageViews.value",
    "orders": "commerce.purchases.value", "revenue": "commerce.order.priceTotal",
}  # fmt: skip
PEOPLE: dict[str, Callable[[dict], bool]] = {
    "people": lambda event: True,
    "unique_sends": lambda event: ROWS["sends"](event) or ROWS["message_bounces"](event),
    "unique_bounces": ROWS["message_bounces"],
    "unique_journey_enters": ROWS["journey_enters"],
    "journey_engagement": ROWS["sends"],
}
WINDOW = timedelta(days=10)


def people(events: list[dict], test: Callable[[dict], bool]) -> int:
    return len({event["person"] for event in events if test(event)})


def counting(events: list[dict], what: str) -> set[int]:
    """Which opens or clicks count as unique: of a person and message the first, and each more than ten days after the last that did."""
    groups: dict[tuple, list[dict]] = defaultdict(list)
    found = set()
    for event in events:
        if interaction(event) == what:
            if message(event) is None:
                found.add(id(event))
            else:
                groups[event["person"], message(event)].append(event)
    for some in groups.values():
        last = None
        for event in sorted(some, key=lambda one: one["t"]):
            if last is None or event["t"] - last > WINDOW:
                last = event["t"]
                found.add(id(event))
    return found


def ratio(one: float, other: float) -> float | None:
    return one / other if other else None


def metrics(events: list[dict], unique: dict[str, set[int]]) -> dict[str, float | None]:
    """All metrics of some events."""
    found: dict[str, float | None] = {name: sum(test(event) for event in events) for name, test in ROWS.items()}
    found |= {name: sum(number(at(event["row"], path)) or 0 for event in events) for name, path in SUMS.items()}
    found |= {name: people(events, test) for name, test in PEOPLE.items()}
    found |= {f"unique_{name}": sum(id(event) in some for event in events) for name, some in unique.items()}
    sent = found["sends"] + found["message_bounces"] - found["bounces_after_delivery"]
    delivered = found["sends"] - found["bounces_after_delivery"]
    reached = people(events, ROWS["sends"]) - people(events, ROWS["bounces_after_delivery"])
    return found | {
        "messages_sent": sent,
        "messages_delivered": delivered,
        "unique_delivered": reached,
        "delivery_rate": ratio(delivered, sent),
        "open_rate": ratio(found["opens"], delivered),
        "click_through_rate": ratio(found["clicks"], delivered),
        "click_to_open_rate": ratio(found["unique_clicks"], found["unique_opens"]),
        "bounce_rate": ratio(found["message_bounces"], sent),
        "hard_bounce_rate": ratio(found["hard_bounces"], found["sends"]) or 0,
        "unsubscribe_rate": ratio(found["unsubscribes"], delivered),
        "error_rate": ratio(found["errors"], sent),
        "action_success_rate": ratio(found["action_successes"], found["actions"]),
        "unique_bounce_rate": ratio(found["unique_bounces"], found["unique_sends"]),
        "unique_open_rate": ratio(found["unique_opens"], reached),
        "unique_click_through_rate": ratio(found["unique_clicks"], reached),
    }


def answered(events: list[dict], ask: dict) -> list[dict]:
    """A table's rows: the total and one per value of its dimensions; the range is of days in UTC."""
    days = (str(ask["range"]["from"]), str(ask["range"]["to"]))
    seen = [event for event in events if days[0] <= event["t"].astimezone(UTC).date().isoformat() <= days[1]]
    unique = {"opens": counting(seen, "open"), "clicks": counting(seen, "click")}
    names = ask.get("dimensions", [])
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for event in seen:
        key = tuple(DIMENSIONS[name](event) for name in names)
        if names and not (ask.get("include_no_value") is False and None in key):
            groups[key].append(event)
    total = {"row_kind": "total", **dict.fromkeys(names), **metrics(seen, unique)}
    items = [{"row_kind": "item", **{name: one or "No value" for name, one in zip(names, key, strict=True)}, **metrics(some, unique)} for key, some in groups.items()]
    return [total, *items]
