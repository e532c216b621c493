"""The story from its settings: all rows of all datasets, those that arrive too late for anybody among them."""

from __future__ import annotations

from collections.abc import Sequence

from cja_spark.demo.optimizer.campaigns import campaign_orders
from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.defects import spoil
from cja_spark.demo.optimizer.entities import entities
from cja_spark.demo.optimizer.feedback import Delivery, deliver
from cja_spark.demo.optimizer.inbound import inbound_rows
from cja_spark.demo.optimizer.messages import Order
from cja_spark.demo.optimizer.people import people
from cja_spark.demo.optimizer.push import track_push
from cja_spark.demo.optimizer.row import Row, ms
from cja_spark.demo.optimizer.runs import runs, service_events
from cja_spark.demo.optimizer.spec import Asked
from cja_spark.demo.optimizer.tracking import complained_at, track
from cja_spark.demo.optimizer.visits import shop_rows, site_rows, visits


def rows(asked: Asked) -> list[Row]:
    """All rows of the story; what would happen after its end is not told."""
    chance = Chance(asked.seed)
    persons = people(asked.persons, chance)
    walked = runs(asked, persons, chance)
    orders = [*(order for run in walked for order in run.orders), *campaign_orders(asked, persons, chance)]
    sent = deliveries(orders, chance)
    visited = list(visits(asked, persons, sent, chance))
    found = [
        *entities(asked, chance),
        *(row for run in walked for row in run.rows),
        *service_events(asked, persons, chance),
        *(row for one in sent for row in (*one.rows, *track(one, chance), *track_push(one, chance))),
        *(row for visit in visited for row in (*site_rows(visit, chance), *inbound_rows(visit, chance))),
        *shop_rows(asked, persons, sent, chance),
    ]
    end = ms(asked.end)
    told = [row for row in found if row.t < end]
    return spoil(told, chance) if asked.defects else told


def deliveries(orders: Sequence[Order], chance: Chance) -> list[Delivery]:
    """What becomes of the orders: who turned out to have no address, or complained, gets no e-mail any more."""
    suppressed: dict[int, int] = {}
    found = []
    for order in sorted(orders, key=lambda order: (order.t, order.names)):
        number = order.person.number
        delivery = deliver(order, chance, suppressed=suppressed.get(number, order.t) < order.t)
        if order.message.channel == "email":
            ends = [t for t in (delivery.hard, complained_at(delivery, chance)) if t is not None]
            if ends:
                suppressed[number] = min([*ends, suppressed.get(number, ends[0])])
        found.append(delivery)
    return found
