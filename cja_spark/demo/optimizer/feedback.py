"""What becomes of an order: one row of feedback per change of the delivery's status, at most 84 hours of retries.

A delivery that is refused at once writes `bounce` alone; one that comes back later wrote `sent` first and then `bounce`
with category `async`. A failed attempt that is tried again writes `delay`; `retryCount` counts the failed attempts before
a row.

Source: Journey Optimizer, retries (84 hours), feedback status values, exclusion codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.messages import Order, Variant, execution, propositions
from cja_spark.demo.optimizer.row import CHANNEL, DAY, HOUR, MINUTE, SECOND, Body, Row, event, identity_map, iso

RETRIED_FOR = 84 * HOUR
FIRST_PAUSE = {"marketing": HOUR, "transactional": 10 * MINUTE}
LONGEST_PAUSE = 24 * HOUR
# What happens to a message that is not excluded, of a thousand.
FATES = {
    "email": {"ok": 950, "error": 8, "duplicate": 4, "denylist": 4, "bounce": 14, "async": 20},
    "push": {"ok": 960, "error": 20, "bounce": 20},
    "sms": {"ok": 960, "error": 15, "bounce": 15, "async": 10},
}
SOFT = {"good": 0.03, "full": 0.75, "gone": 0.0}  # share of attempts at a mailbox that fail for a while
REPEATED_EXCLUSION = 0.15
EXCLUSIONS = {
    "holdout": ("050018", "ExperimentationHoldoutExclusion"),
    "suppressed": ("050102", "EmailSuppressed"),
    "email": ("050101", "EmailNoConsent"),
    "push": ("050111", "PushNoConsent"),
    "sms": ("050104", "SMSNoConsent"),
    "no token": ("050030", "PushNoTokenFoundInProfile"),
    "no phone": ("050152", ""),  # the documents name this code and no reason
    "control": ("050002", "ExcludedForControlRules"),
    "rendering": ("050302", "RuntimeRenderingError"),
}
CONTROL_SHARE, RENDERING_SHARE = 0.01, 0.005
SOFT_REASONS, HARD_REASONS = ("Mailbox is full", "Server is busy", "Greylisted"), ("User unknown", "Domain unknown")
IGNORED_REASONS = ("Out of office", "Automatic answer")


@dataclass
class Delivery:
    """An order on its way.

    Attributes:
        order: what is sent to whom.
        variant: the version of the message.
        profile_id: its id in all rows.
        rows: what was written of it.
        accepted: when the provider took it, ms UTC; None when it did not.
        returned: when it came back, ms UTC; None when it did not.
        hard: when the address turned out to be none, ms UTC.
    """

    order: Order
    variant: Variant
    profile_id: str
    rows: list[Row] = field(default_factory=list)
    accepted: int | None = None
    returned: int | None = None
    hard: int | None = None


def deliver(order: Order, chance: Chance, *, suppressed: bool) -> Delivery:
    """Send a message, or leave it, and write what became of it; suppressed is an address that gets no e-mail."""
    found = Delivery(order, order.variant(chance), chance.uuid("profile", *order.names))
    excluded = _exclusion(found, chance, suppressed=suppressed)
    if excluded:
        _exclude(found, excluded, chance)
        return found
    fate = chance.weighted(FATES[order.message.channel], "fate", *order.names)
    if order.message.channel == "email" and order.person.mailbox == "gone":
        fate = "bounce"
    if fate in ("error", "duplicate", "denylist"):
        _refuse(found, fate, chance)
    else:
        _attempt(found, fate, chance)
    return found


def _exclusion(found: Delivery, chance: Chance, *, suppressed: bool) -> str:
    """Why a message is not sent at all; empty when it is."""
    order, channel, person = found.order, found.order.message.channel, found.order.person
    reasons = {
        "holdout": found.variant.holdout,
        "suppressed": suppressed and channel == "email",
        channel: channel in person.refuses,
        "no token": channel == "push" and not person.platform,
        "no phone": channel == "sms" and not person.phone,
        "control": chance.happens(CONTROL_SHARE, "control", *order.names),
        "rendering": chance.happens(RENDERING_SHARE, "rendering", *order.names),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _exclude(found: Delivery, reason: str, chance: Chance) -> None:
    code, name = EXCLUSIONS[reason]
    exclusion = {"messageExclusion": {"code": code, "reason": name} if name else {"code": code}}
    _write(found, found.order.t, "exclude", chance, exclusion)
    if chance.happens(REPEATED_EXCLUSION, "excluded again", *found.order.names):
        later = chance.between(MINUTE, 30 * MINUTE, "excluded later", *found.order.names)
        _write(found, found.order.t + later, "exclude", chance, exclusion)


def _refuse(found: Delivery, status: str, chance: Chance) -> None:
    failures = {
        "error": _failure("hard", "sync", "Provider refused the request", "ERR-400"),
        "denylist": _failure("hard", "sync", "Address is on the deny list", "DL-1"),
        "duplicate": {},
    }
    _write(found, found.order.t + SECOND, status, chance, failures[status])


def _attempt(found: Delivery, fate: str, chance: Chance) -> None:
    """Try until the provider takes it, refuses it for good, or 84 hours have passed."""
    order, tries = found.order, 0
    t = order.t + chance.between(SECOND, MINUTE, "attempt", *order.names)
    pause = FIRST_PAUSE[order.message.kind]
    while _fails(found, tries, chance):
        reason = chance.pick(SOFT_REASONS, "soft", *order.names, tries)
        soft = _failure(_case("soft", found, tries, chance), "sync", reason, "FR-452")
        if t + pause > order.t + RETRIED_FOR:
            _write(found, t, "bounce", chance, soft, tries)
            return
        _write(found, t, "delay", chance, soft, tries)
        t, pause, tries = t + pause, min(2 * pause, LONGEST_PAUSE), tries + 1
    if fate == "bounce":
        hard = _failure(_case("hard", found, tries, chance), "sync", chance.pick(HARD_REASONS, "hard", *order.names), "FR-550")
        _write(found, t, "bounce", chance, hard, tries)
        found.hard = t
        return
    _accept(found, t, tries, chance)
    if fate == "async":
        _return(found, t, tries, chance)


def _fails(found: Delivery, tries: int, chance: Chance) -> bool:
    order = found.order
    return order.message.channel == "email" and chance.happens(SOFT[order.person.mailbox], "fails", *order.names, tries)


def _accept(found: Delivery, t: int, tries: int, chance: Chance) -> None:
    took = chance.between(20, 900, "took", *found.order.names)
    _write(found, t, "sent", chance, {"responseCode": 200, "responseDurationMillis": took}, tries)
    found.accepted = t
    if found.order.message.channel == "sms" and chance.happens(0.7, "receipt", *found.order.names):
        _write(found, t + 20 * SECOND, "delivered", chance, {}, tries)


def _return(found: Delivery, t: int, tries: int, chance: Chance) -> None:
    """The message comes back after it was taken."""
    names = found.order.names
    kind = chance.weighted({"hard": 5, "soft": 3, "ignored": 2}, "returned as", *names)
    reasons = {"hard": HARD_REASONS, "soft": SOFT_REASONS, "ignored": IGNORED_REASONS}[kind]
    found.returned = t + chance.between(5 * MINUTE, 3 * DAY, "returned", *names)
    failure = _failure(_case(kind, found, tries, chance), "async", chance.pick(reasons, "returned why", *names), "AS-550")
    _write(found, found.returned, "bounce", chance, failure, tries)
    found.hard = found.returned if kind == "hard" else None


def _failure(kind: str, category: str, reason: str, code: str) -> Body:
    return {"messageFailure": {"type": kind, "category": category, "reason": reason, "code": code}}


def _case(kind: str, found: Delivery, tries: int, chance: Chance) -> str:
    """Sources write `soft` and `Soft`."""
    return chance.pick((kind, kind.capitalize()), "case", *found.order.names, tries)


def _write(found: Delivery, t: int, status: str, chance: Chance, said: Body, tries: int = 0) -> None:
    order = found.order
    part: Body = {"feedbackStatus": status, "retryCount": tries, "requestTimestamp": iso(order.t), **said}
    if tries:
        part["firstAttemptTimestamp"] = found.rows[0].body["timestamp"]
    row_id = chance.uuid("feedback", found.profile_id, len(found.rows))
    managed = {"messageDeliveryfeedback": part, **message_parts(found, chance)}
    body = event(
        row_id, t, "message.feedback", _identities(found, status),
        _experience={
            "customerJourneyManagement": managed,
            "decisioning": {"propositions": propositions([(order.message, found.variant)], chance)},
        },
    )  # fmt: skip
    found.rows.append(Row("feedback", t, body, delivery=found.profile_id, first=not found.rows))


def message_parts(found: Delivery, chance: Chance) -> Body:
    """What feedback and tracking say of the message, the profile and the channel."""
    order = found.order
    channel, person = order.message.channel, order.person
    contexts: dict[str, Body] = {
        "email": {"emailChannelContext": {"address": person.email, "namespace": "Email", "domain": person.domain}},
        "push": {"pushChannelContext": {"platform": person.platform}} if person.platform else {},
        "sms": {"smsChannelContext": {"smsProvider": "gateway", "messageType": "text"}},
    }
    profile = {
        "messageProfileID": found.profile_id,
        "channel": {"_id": f"{CHANNEL}{channel}"},
        "variant": found.variant.name,
        "isTestExecution": person.test,
    }
    return {"messageExecution": execution(order, chance), "messageProfile": profile, **contexts[channel]}


def _identities(found: Delivery, status: str) -> Body:
    """Who it is at run time: a push that was sent knows the token's device alone."""
    person, channel = found.order.person, found.order.message.channel
    if channel == "push" and status != "exclude":
        return identity_map(("ECID", person.ecid))
    if channel == "email":
        return identity_map(("CRMID", person.crm_id), ("Email", person.email))
    return identity_map(("CRMID", person.crm_id))
