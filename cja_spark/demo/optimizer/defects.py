"""Bad rows among the good ones: at least one of each kind, one in two hundred of those that can be spoilt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.row import MINUTE, Body, Row, iso

ONE_IN = 200
Spoil = Callable[[Row, Chance], Row]


def spoil(rows: Sequence[Row], chance: Chance) -> list[Row]:
    """Rows with the defects among them; every row has one at most."""
    alone = _deliveries_of_one_row(rows)
    spoilt: dict[int, list[Row]] = {}
    for name, (dataset, change, keeps) in DEFECTS.items():
        able = [
            place for place, row in enumerate(rows)
            if row.dataset == dataset and not row.dropped and place not in spoilt
            and (dataset != "feedback" or row.delivery in alone)
        ]  # fmt: skip
        able.sort(key=lambda place: chance.draw("spoilt", name, rows[place].body["_id"]))
        for place in able[: max(1, len(able) // ONE_IN)]:
            bad = change(rows[place]._replace(body=deepcopy(rows[place].body)), chance)
            spoilt[place] = [rows[place], bad] if keeps else [bad]
    return [bad for place, row in enumerate(rows) for bad in spoilt.get(place, [row])]


def _deliveries_of_one_row(rows: Sequence[Row]) -> set[str]:
    """Deliveries that a row alone tells of, which was sent: another row would tell of them when it is dropped."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.delivery:
            counts[row.delivery] = counts.get(row.delivery, 0) + 1
    return {row.delivery for row in rows if counts.get(row.delivery) == 1 and _feedback(row)["feedbackStatus"] == "sent"}


def _feedback(row: Row) -> Body:
    part: Body = row.body["_experience"]["customerJourneyManagement"]["messageDeliveryfeedback"]
    return part


def _text_of_a_number(row: Row, _: Chance) -> Row:
    _feedback(row)["retryCount"] = str(_feedback(row)["retryCount"])
    return row


def _word_for_a_number(row: Row, _: Chance) -> Row:
    _feedback(row)["retryCount"] = "two"
    return row._replace(dropped="not_a_number")


def _unknown_status(row: Row, _: Chance) -> Row:
    _feedback(row)["feedbackStatus"] = "postponed"
    return row


def _no_correlation(row: Row, _: Chance) -> Row:
    del row.body["_experience"]["decisioning"]["propositions"][0]["scopeDetails"]["correlationID"]
    return row


def _bounce_without_sent(row: Row, chance: Chance) -> Row:
    """A delivery of its own that comes back and was never sent."""
    delivery, t = chance.uuid("stray", row.delivery), row.t + MINUTE
    row.body.update({"_id": chance.uuid("stray row", row.delivery), "timestamp": iso(t)})
    row.body["_experience"]["customerJourneyManagement"]["messageProfile"]["messageProfileID"] = delivery
    failure = {"type": "hard", "category": "async", "reason": "User unknown", "code": "AS-550"}
    part: dict[str, Any] = {"feedbackStatus": "bounce", "messageFailure": failure}
    row.body["_experience"]["customerJourneyManagement"]["messageDeliveryfeedback"] |= part
    return row._replace(t=t, delivery=delivery)


def _another_name(row: Row, _: Chance) -> Row:
    """The same key once more, with another name."""
    row.body["_experience"]["customerJourneyManagement"]["entities"]["channelDetails"]["variantName"] += " (copy)"
    return row._replace(t=row.t + MINUTE)


def _no_instant(row: Row, _: Chance) -> Row:
    row.body["timestamp"] = "2026-02-30T25:61:00Z"
    return row._replace(dropped="invalid_timestamp")


def _nobody(row: Row, _: Chance) -> Row:
    row.body["identityMap"] = {"CRMID": [{"id": "", "primary": True}]}
    if row.dataset == "journey_steps":
        row.body["_experience"]["journeyOrchestration"]["stepEvents"]["profileID"] = ""
    return row._replace(dropped="empty_person_id")


# Name: the dataset, what is done to a row, and whether the row itself is kept beside it.
DEFECTS: dict[str, tuple[str, Spoil, bool]] = {
    "unknown status": ("feedback", _unknown_status, False),
    "retryCount as text": ("feedback", _text_of_a_number, False),
    "retryCount is no number": ("feedback", _word_for_a_number, False),
    "no correlation id": ("feedback", _no_correlation, False),
    "bounce without sent": ("feedback", _bounce_without_sent, True),
    "feedback of nobody": ("feedback", _nobody, False),
    "feedback at no instant": ("feedback", _no_instant, False),
    "entity twice": ("entities", _another_name, True),
    "tracking of nobody": ("email_tracking", _nobody, False),
    "tracking at no instant": ("email_tracking", _no_instant, False),
    "tracking without correlation id": ("email_tracking", _no_correlation, False),
    "step of nobody": ("journey_steps", _nobody, False),
    "inbound at no instant": ("inbound", _no_instant, False),
}
