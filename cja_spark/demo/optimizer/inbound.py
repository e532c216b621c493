"""Propositions that a visit sees: the season's banner on the site and in the app."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import BANNER_APP, BANNER_WEB
from cja_spark.demo.optimizer.messages import Message, Order, execution, propositions
from cja_spark.demo.optimizer.row import CHANNEL, SECOND, Body, Row, event
from cja_spark.demo.optimizer.visits import Visit, identities

SHOWN, INTERACTED, DISMISSED, SENT, OTHERS = 0.5, 0.12, 0.08, 0.2, 0.1


def inbound_rows(visit: Visit, chance: Chance) -> Iterator[Row]:
    """Rows of one visit."""
    key = (visit.person.number, visit.key)
    if not chance.happens(SHOWN, "shown", *key):
        return
    message = BANNER_APP if visit.in_app else BANNER_WEB
    if visit.in_app:
        yield _row(visit, message, "trigger", 1 * SECOND, chance)
    elif chance.happens(SENT, "edge", *key):
        yield _row(visit, message, "send", 1 * SECOND, chance)
    yield _row(visit, message, "display", 2 * SECOND, chance)
    if chance.happens(INTERACTED, "interacted", *key):
        yield _row(visit, message, "interact", 9 * SECOND, chance)
    elif chance.happens(DISMISSED, "dismissed", *key):
        yield _row(visit, message, "dismiss", 7 * SECOND, chance)


def _row(visit: Visit, message: Message, what: str, after: int, chance: Chance) -> Row:
    key, t = (visit.person.number, visit.key), visit.t + after
    variant = message.variants[0]
    shown = propositions([(message, variant)], chance)
    shown[0]["items"] = [{"id": chance.uuid("item", message.key), "name": message.name}]
    if chance.happens(OTHERS, "others", *key):  # another tool's proposition came with it
        shown.append({"id": f"AT:{chance.uuid('other', *key)}", "scope": "home"})
    decisioning: Body = {"propositions": shown, "propositionEventType": {what: 1}}
    if what in ("interact", "dismiss"):
        decisioning["propositionAction"] = {"label": "Shop now" if what == "interact" else "Close"}
    order = Order(message, visit.person, t, visit.key)
    managed = {
        "messageExecution": execution(order, chance),
        "messageProfile": {
            "messageProfileID": chance.uuid("inbound profile", *key),
            "channel": {"_id": f"{CHANNEL}{message.channel}"},
            "isTestExecution": visit.person.test,
        },
    }
    body = event(
        chance.uuid("inbound", *key, what), t, f"decisioning.proposition{what.capitalize()}", identities(visit),
        _experience={"decisioning": decisioning, "customerJourneyManagement": managed},
    )  # fmt: skip
    return Row("inbound", t, body)
