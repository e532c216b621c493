"""What people and robots do with e-mails and short messages."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.feedback import Delivery, message_parts
from cja_spark.demo.optimizer.messages import propositions
from cja_spark.demo.optimizer.row import DAY, HOUR, MINUTE, SECOND, Body, Row, event, identity_map

OPENED, CLICKED, SMS_CLICKED = 0.6, 0.25, 0.1  # shares: of what arrives (times how eager), of what is opened, of SMS
MOST_OPENS = 3
BOT_OPENED, BOT_CLICKED, FLAGGED = 0.06, 0.02, 0.5  # half of the robots' rows are said by isBot alone
UNSUBSCRIBED, COMPLAINED, VISITED, SUBMITTED, REPLIED = 0.02, 0.01, 0.3, 0.5, 0.02
LINKS = ("https://shop.example/sale", "https://shop.example/new", "https://shop.example/account")
LANDING_PAGE = {"landingPageID": "welcome-offers", "landingPageName": "Welcome offers"}


def track(found: Delivery, chance: Chance) -> Iterator[Row]:
    """Rows of an accepted message that did not come back."""
    if found.accepted is None:
        return
    channel = found.order.message.channel
    if channel == "email":
        yield from _robots(found, found.accepted, chance)
    if found.returned is None and channel == "email":
        yield from _mail(found, found.accepted, chance)
    if found.returned is None and channel == "sms":
        yield from _short_message(found, found.accepted, chance)


def clicked_at(found: Delivery, chance: Chance) -> int | None:
    """When the person clicks, ms UTC; None when never."""
    names = found.order.names
    if found.accepted is None or found.returned is not None:
        return None
    if found.order.message.channel == "sms":
        clicks = chance.happens(SMS_CLICKED, "clicked", *names)
        return found.accepted + chance.between(MINUTE, 5 * HOUR, "clicked at", *names) if clicks else None
    opened = opened_at(found, chance)
    if opened is None or not chance.happens(CLICKED * found.variant.clicks, "clicked", *names):
        return None
    return opened + chance.between(3 * SECOND, 10 * MINUTE, "clicked at", *names)


def opened_at(found: Delivery, chance: Chance) -> int | None:
    """When the person first opens an e-mail, ms UTC; None when never."""
    names = found.order.names
    if found.accepted is None or not chance.happens(OPENED * found.order.person.eager, "opened", *names):
        return None
    # Most within hours, some days later.
    return found.accepted + MINUTE + int(chance.draw("opened at", *names) ** 4 * 4 * DAY)


def complained_at(found: Delivery, chance: Chance) -> int | None:
    """When the person reports an e-mail as spam, ms UTC; None when never."""
    opened = opened_at(found, chance) if found.order.message.channel == "email" and found.returned is None else None
    return opened + MINUTE if opened is not None and chance.happens(COMPLAINED, "complained", *found.order.names) else None


def _mail(found: Delivery, accepted: int, chance: Chance) -> Iterator[Row]:
    names, opened, clicked = found.order.names, opened_at(found, chance), clicked_at(found, chance)
    if opened is None:
        return
    yield _row(found, opened, "open", chance)
    for again in range(1, chance.between(1, MOST_OPENS, "opens", *names)):
        yield _row(found, opened + chance.between(MINUTE, 2 * DAY, "opens at", *names, again), "open", chance, nth=again)
    if clicked is not None:
        yield _row(found, clicked, "click", chance, **_link(found, chance))
        if found.order.message.landing and chance.happens(VISITED, "visited", *names):
            yield from _landing_page(found, clicked + 2 * SECOND, chance)
    if chance.happens(UNSUBSCRIBED, "unsubscribed", *names):
        yield _row(found, opened + 90 * SECOND, "unsubscribe", chance)
    complained = complained_at(found, chance)
    if complained is not None:
        yield _row(found, complained, "spam_complaint", chance)


def _landing_page(found: Delivery, visited: int, chance: Chance) -> Iterator[Row]:
    page: Body = {"entityType": "landing_page", "landingpage": LANDING_PAGE}
    yield _row(found, visited, "visit", chance, **page)
    if chance.happens(SUBMITTED, "submitted", *found.order.names):
        yield _row(found, visited + 40 * SECOND, "submit", chance, **page)
        choice = chance.weighted({"yes": 6, "no": 3, "pending": 1}, "choice", *found.order.names)
        chosen = {"subscriptionListID": "daily-news", "subscriptionChoice": choice}
        yield _row(found, visited + 41 * SECOND, "subscription", chance, subscription=chosen)


def _short_message(found: Delivery, accepted: int, chance: Chance) -> Iterator[Row]:
    clicked = clicked_at(found, chance)
    if clicked is not None:
        yield _row(found, clicked, "click", chance, **_link(found, chance))
    if chance.happens(REPLIED, "replied", *found.order.names):
        yield _row(found, accepted + 10 * MINUTE, "reply", chance)


def _robots(found: Delivery, accepted: int, chance: Chance) -> Iterator[Row]:
    """Scanners open at once; some rows say so by their type, some by `isBot`, some by both."""
    for kind, share in (("open", BOT_OPENED), ("click", BOT_CLICKED)):
        if chance.happens(share, "robot", kind, *found.order.names):
            flagged = chance.happens(FLAGGED, "flagged", kind, *found.order.names)
            both = chance.happens(FLAGGED, "both", kind, *found.order.names)
            link = _link(found, chance) if kind == "click" else {}
            said = {"isBot": True} if flagged or both else {}
            yield _row(found, accepted + 5 * SECOND, kind if flagged else f"bot_{kind}", chance, nth=9, **link, **said)


def _link(found: Delivery, chance: Chance) -> Body:
    url = chance.pick(LINKS, "link", *found.order.names)
    return {"urlID": str(LINKS.index(url)), "url": url, "label": url.rpartition("/")[2], "trackingType": "tracked"}


def _row(found: Delivery, t: int, kind: str, chance: Chance, *, nth: int = 0, **said: object) -> Row:
    interaction = {"interactionType": kind, "entityType": "message", **said}
    person = found.order.person
    body = event(
        chance.uuid("tracking", found.profile_id, kind, nth), t, "message.tracking", identity_map(("CRMID", person.crm_id)),
        _experience={
            "customerJourneyManagement": {"messageInteraction": interaction, **message_parts(found, chance)},
            "decisioning": {"propositions": propositions([(found.order.message, found.variant)], chance)},
        },
    )  # fmt: skip
    return Row("email_tracking", t, body)
