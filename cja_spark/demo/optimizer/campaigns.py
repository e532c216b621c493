"""Whom campaigns send to, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import NEWS_PUSH, NOTICE_SMS, SALE_EMAIL
from cja_spark.demo.optimizer.messages import Message, Order
from cja_spark.demo.optimizer.people import Person
from cja_spark.demo.optimizer.row import DAY, HOUR, ms
from cja_spark.demo.optimizer.spec import Asked

# First day, days between two sendings, hour of the day (UTC), hours until all are sent, share of people.
WAVES: dict[Message, tuple[int, int, int, int, float]] = {
    SALE_EMAIL: (2, 9, 13, 2, 0.8),
    NEWS_PUSH: (1, 6, 16, 1, 0.9),
}
NOTICES = 2


def campaign_orders(asked: Asked, persons: Sequence[Person], chance: Chance) -> Iterator[Order]:
    """All that campaigns send."""
    begin, end = ms(asked.begin), ms(asked.end)
    for message, (first, every, hour, hours, share) in WAVES.items():
        for start in range(begin + first * DAY + hour * HOUR, end, every * DAY):
            wave = chance.uuid("wave", message.key, start)
            for person in persons:
                if person.test or chance.happens(share, "in wave", message.key, start, person.number):
                    t = start + chance.between(0, hours * HOUR, "wave at", message.key, start, person.number)
                    yield Order(message, person, t, wave, batch=wave)
    for person in persons:
        for number in range(chance.between(0, NOTICES, "notices", person.number)):
            yield Order(NOTICE_SMS, person, chance.between(begin, end - 1, "notice", number, person.number), f"notice {number}")
