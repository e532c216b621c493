"""What a row adds to the numbers of the source system's report, and to a count by the documented formulas.

The report counts attempts as sent (`delay` too); the formulas do not: sent is Sends + Bounces - Bounces After Delivery,
delivered is Sends - Bounces After Delivery. In everything else they agree.

Source: CJA, Journey Optimizer integration, metrics; Journey Optimizer, report metrics and differences to CJA.
"""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.demo.optimizer.row import Body, Row

Numbers = Mapping[str, int]
STATUSES: Mapping[str, Numbers] = {
    "sent": {"sent": 1, "delivered": 1},
    "delay": {"retries": 1},
    "bounce": {"sent": 1, "bounces": 1},
    "async": {"bounces": 1, "delivered": -1},
    "denylist": {"sent": 1, "bounces": 1},
    "error": {"errors": 1},
    "exclude": {"exclusions": 1},
}
INTERACTIONS = {"open": "opens", "click": "clicks", "unsubscribe": "unsubscribes", "spam_complaint": "spam_complaints"}


def numbers(row: Row) -> Numbers:
    """What a row adds by metric; `retries` is what only the report adds to `sent`."""
    experience = row.body.get("_experience", {})
    managed = experience.get("customerJourneyManagement", {})
    if row.dataset == "feedback":
        return _of_feedback(row, managed["messageDeliveryfeedback"])
    if row.dataset == "email_tracking":
        return _of_interaction(managed["messageInteraction"])
    if row.dataset == "inbound":
        shown = experience["decisioning"]["propositionEventType"].get("display", 0)
        return {"displays": shown} if shown else {}
    return _of_step(experience.get("journeyOrchestration", {}).get("stepEvents", {}))


def _of_feedback(row: Row, feedback: Body) -> Numbers:
    status = feedback["feedbackStatus"]
    back = feedback.get("messageFailure", {}).get("category") == "async"
    found = STATUSES.get("async" if status == "bounce" and back else status, {})
    return {**found, "targeted": 1} if row.first else found


def _of_interaction(interaction: Body) -> Numbers:
    metric = INTERACTIONS.get(interaction["interactionType"])
    return {metric: 1} if metric and not interaction.get("isBot") else {}


def _of_step(step: Body) -> Numbers:
    enters = {"journey_enters": 1} if step.get("entrance") else {}
    return {**enters, "journey_exits": 1} if step.get("instanceEnded") else enters


def channel_of(body: Body) -> str:
    """The channel of a row: the last part of its id; empty for steps."""
    profile = body.get("_experience", {}).get("customerJourneyManagement", {}).get("messageProfile", {})
    return str(profile.get("channel", {}).get("_id", "")).rpartition("/")[2]


def campaign_of(body: Body) -> str:
    """The id of a row's campaign; empty for messages of journeys."""
    managed = body.get("_experience", {}).get("customerJourneyManagement", {})
    return str(managed.get("messageExecution", {}).get("campaignID", ""))


def is_test(body: Body) -> bool:
    """Whether a row is one of a test."""
    experience = body.get("_experience", {})
    message = experience.get("customerJourneyManagement", {}).get("messageProfile", {}).get("isTestExecution")
    return bool(message or experience.get("journeyOrchestration", {}).get("stepEvents", {}).get("inTest"))
