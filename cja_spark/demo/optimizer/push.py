"""What pushes lead to: launches of the app, buttons in the notice. The device alone is known."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.feedback import Delivery, message_parts
from cja_spark.demo.optimizer.messages import propositions
from cja_spark.demo.optimizer.row import DAY, MINUTE, Body, Row, event, identity_map

LAUNCHED, ACTED = 0.25, 0.2  # of pushes (times how eager); of those that launch


def launched_at(found: Delivery, chance: Chance) -> int | None:
    """When the push makes the person start the app, ms UTC; None when never."""
    names = found.order.names
    if found.accepted is None or not chance.happens(LAUNCHED * found.order.person.eager, "launched", *names):
        return None
    return found.accepted + MINUTE + int(chance.draw("launched at", *names) ** 4 * DAY)


def track_push(found: Delivery, chance: Chance) -> Iterator[Row]:
    """Rows of a push that was accepted."""
    launched = launched_at(found, chance)
    if launched is None:
        return
    yield _row(found, launched, {"isLaunch": True}, chance)
    if chance.happens(ACTED, "acted", *found.order.names):
        yield _row(found, launched + MINUTE, {"customAction": {"actionID": "SHOW_OFFER", "value": 1}}, chance)


def _row(found: Delivery, t: int, said: Body, chance: Chance) -> Row:
    launches = "isLaunch" in said
    kind = "pushTracking.applicationOpened" if launches else "pushTracking.customAction"
    tracked = {
        "pushProvider": found.order.person.platform,
        "pushProviderMessageID": chance.uuid("push", found.profile_id),
        **said,
    }
    body = event(
        chance.uuid("push row", found.profile_id, kind), t, kind, identity_map(("ECID", found.order.person.ecid)),
        **({"application": {"launches": {"value": 1}}} if launches else {}),
        pushNotificationTracking=tracked,
        _experience={
            "customerJourneyManagement": message_parts(found, chance),
            "decisioning": {"propositions": propositions([(found.order.message, found.variant)], chance)},
        },
    )  # fmt: skip
    return Row("push_tracking", t, body)
