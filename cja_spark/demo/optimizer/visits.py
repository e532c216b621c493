"""Visits to site and app, those that messages cause among them, and purchases on the site and in shops.

The effect of messages is known: of those who click, CLICK_BUYS buy on the site at once; of those whose push starts the app,
LAUNCH_BUYS; of those who get an e-mail and do not click, MAIL_BUYS buy in a shop within five days. Without any message
BASE_BUYS of the visits end in a purchase, and on BASE_SHOP of the days somebody buys in a shop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.feedback import Delivery
from cja_spark.demo.optimizer.people import Person
from cja_spark.demo.optimizer.push import launched_at
from cja_spark.demo.optimizer.row import DAY, HOUR, MINUTE, SECOND, Body, Row, event, identity_map, ms
from cja_spark.demo.optimizer.spec import Asked
from cja_spark.demo.optimizer.tracking import clicked_at

CLICK_BUYS, LAUNCH_BUYS, MAIL_BUYS, BASE_BUYS, BASE_SHOP = 0.2, 0.12, 0.04, 0.04, 0.006
KNOWN_SHARE = 0.3  # of visits without a purchase in which the person logs in
DAYS_PER_VISIT = 4
PAGES = ("home", "category", "product")


@dataclass(frozen=True)
class Visit:
    """A visit to site or app.

    Attributes:
        person: whose.
        t: when it begins, ms UTC.
        key: names it.
        code: the campaign's tracking code; empty without one.
        buys: whether it ends in a purchase.
        in_app: whether it is one to the app.
        known: whether the person is logged in.
    """

    person: Person
    t: int
    key: str
    code: str
    buys: bool
    in_app: bool
    known: bool


def visits(asked: Asked, persons: Sequence[Person], sent: Sequence[Delivery], chance: Chance) -> Iterator[Visit]:
    """All visits: of themselves, and after clicks and pushes."""
    begin, end = ms(asked.begin), ms(asked.end)
    for person in persons:
        for number in range(chance.between(0, asked.days // DAYS_PER_VISIT, "visits", person.number)):
            t = chance.between(begin, end - 1, "visit", person.number, number)
            yield _visit(person, t, f"own {number}", "", BASE_BUYS, chance)
    for found in sent:
        channel, key = found.order.message.channel, found.profile_id
        begun = launched_at(found, chance) if channel == "push" else clicked_at(found, chance)
        if begun is not None:
            share = LAUNCH_BUYS if channel == "push" else CLICK_BUYS
            code = f"{channel}:{found.order.message.owner.name}"
            yield _visit(found.order.person, begun + 3 * SECOND, key, code, share, chance)


def _visit(person: Person, t: int, key: str, code: str, share: float, chance: Chance) -> Visit:
    buys = chance.happens(share, "buys", person.number, key)
    known = person.logs_in and (buys or chance.happens(KNOWN_SHARE, "known", person.number, key))
    app = code.startswith("push:") or (not code and bool(person.platform) and chance.happens(0.3, "app", person.number, key))
    return Visit(person, t, key, code, buys, app, known)


def site_rows(visit: Visit, chance: Chance) -> Iterator[Row]:
    """Page views of a visit, and its purchase."""
    for place, page in enumerate(PAGES[: chance.between(1, 3, "pages", visit.person.number, visit.key)]):
        details = {"name": page, "URL": f"https://shop.example/{page}", "siteSection": page, "pageViews": {"value": 1}}
        code = {"marketing": {"trackingCode": visit.code}} if visit.code and not place else {}
        t = visit.t + place * 20 * SECOND
        yield _web(visit, t, "web.webpagedetails.pageViews", chance, web={"webPageDetails": details}, **code)
    if visit.buys:
        order = _purchase(chance, "PO", visit.person.number, visit.key)
        yield _web(visit, visit.t + 3 * MINUTE, "commerce.purchases", chance, **order)


def _web(visit: Visit, t: int, kind: str, chance: Chance, **parts: object) -> Row:
    return Row("web", t, event(chance.uuid("web", visit.person.number, visit.key, t, kind), t, kind, identities(visit), **parts))


def identities(visit: Visit) -> Body:
    """The device, and the person who is logged in."""
    known = [("CRMID", visit.person.crm_id)] if visit.known else []
    return identity_map(("ECID", visit.person.ecid), *known)


def shop_rows(asked: Asked, persons: Sequence[Person], sent: Sequence[Delivery], chance: Chance) -> Iterator[Row]:
    """Purchases in shops: of themselves, and after e-mails."""
    begin = ms(asked.begin)
    for person in persons:
        for day in range(asked.days):
            if chance.happens(BASE_SHOP, "shop", person.number, day):
                t = begin + day * DAY + chance.between(9 * HOUR, 19 * HOUR, "shop at", person.number, day)
                yield _shop(person, t, f"own {day}", chance)
    for found in sent:
        if _buys_in_shop(found, chance):
            t = (found.accepted or 0) + chance.between(3 * HOUR, 5 * DAY, "shop after", *found.order.names)
            yield _shop(found.order.person, t, found.profile_id, chance)


def _buys_in_shop(found: Delivery, chance: Chance) -> bool:
    arrived = found.accepted is not None and found.returned is None and found.order.message.channel == "email"
    return arrived and clicked_at(found, chance) is None and chance.happens(MAIL_BUYS, "shop", *found.order.names)


def _shop(person: Person, t: int, key: str, chance: Chance) -> Row:
    order = _purchase(chance, "SO", person.number, key)
    place = {"placeContext": {"POIinteraction": {"POIDetail": {"name": f"Shop {chance.between(1, 12, 'shop', person.number)}"}}}}
    row_id = chance.uuid("store", person.number, key)
    return Row("store", t, event(row_id, t, "commerce.purchases", identity_map(("CRMID", person.crm_id)), **order, **place))


def _purchase(chance: Chance, prefix: str, *keys: str | int) -> Body:
    """An order of one product; prices are whole cents."""
    rank, quantity = chance.between(1, 40, "product", *keys), chance.between(1, 3, "quantity", *keys)
    total = round((900 + rank * 137) * quantity / 100, 2)
    number = f"{prefix}-{chance.uuid('order', *keys)[:13]}"
    item = {"SKU": f"SKU-{rank:03d}", "name": f"Product {rank}", "quantity": quantity, "priceTotal": total}
    order = {"purchaseID": number, "priceTotal": total, "currencyCode": "USD"}
    return {"commerce": {"purchases": {"value": 1}, "order": order}, "productListItems": [item]}
