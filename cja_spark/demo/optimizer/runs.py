"""Who enters which journey when, and the service events that share the table of steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import JOURNEYS, WELCOME_2, Journey
from cja_spark.demo.optimizer.people import Person
from cja_spark.demo.optimizer.row import DAY, HOUR, MINUTE, Body, Row, iso, ms
from cja_spark.demo.optimizer.spec import Asked
from cja_spark.demo.optimizer.steps import Run, walk

ENTERS_SHARE, CART_SHARE, AGAIN_SHARE, DIGEST_SHARE, DISCARDED_SHARE = 0.5, 0.5, 0.4, 0.6, 0.03
SPREAD = 40 * MINUTE  # in which an audience is worked through
DISCARDS = (
    "EVENT_WITH_NO_JOURNEY",
    "NO_INTERESTED_JOURNEYS_FOR_SEGMENTMEMBERSHIP_EVENT",
    "maxInstanceStackEventsReached",
    "quietHours",
    "PAUSED_JOURNEY_VERSION",
)


def runs(asked: Asked, persons: Sequence[Person], chance: Chance) -> list[Run]:
    """All runs of all journeys, walked to their end."""
    welcome_1, welcome_2, cart, digest = JOURNEYS
    begin, end = ms(asked.begin), ms(asked.end)
    changed = begin + int(WELCOME_2.published * DAY)
    found: list[Run] = []
    for person in persons:
        found += _welcomed(person, (welcome_1, welcome_2), (begin, changed, end), chance)
        found += _carts(person, cart, (begin, end), chance)
    for number, start in enumerate(digests(asked)):
        batch = chance.uuid("batch", digest.owner.key, number)
        for person in _readers(persons, chance):
            t = start + chance.between(0, SPREAD, "spread", number, person.number)
            found.append(Run(digest, person, t, f"batch {number}", batch=batch, again=number > 0))
    for run in found:
        walk(run, chance)
    return found


def digests(asked: Asked) -> list[int]:
    """Instants (ms) at which the digest reads its audience: the first day at eight, and every week later."""
    return list(range(ms(asked.begin) + 8 * HOUR, ms(asked.end), 7 * DAY))


def _readers(persons: Sequence[Person], chance: Chance) -> list[Person]:
    return [person for person in persons if person.test or chance.happens(DIGEST_SHARE, "reads", person.number)]


def _welcomed(person: Person, versions: tuple[Journey, Journey], span: tuple[int, int, int], chance: Chance) -> Iterator[Run]:
    begin, changed, end = span
    if chance.happens(ENTERS_SHARE, "welcomed", person.number):
        t = chance.between(begin, end - 1, "welcome", person.number)
        yield Run(versions[t >= changed], person, t, "once")


def _carts(person: Person, cart: Journey, span: tuple[int, int], chance: Chance) -> Iterator[Run]:
    if chance.happens(CART_SHARE, "cart", person.number):
        t = chance.between(span[0], span[1] - 1, "cart at", person.number)
        yield Run(cart, person, t, "first")
        later = t + chance.between(3 * DAY, 9 * DAY, "cart later", person.number)
        if chance.happens(AGAIN_SHARE, "cart again", person.number):
            yield Run(cart, person, later, "second", again=True)


def service_events(asked: Asked, persons: Sequence[Person], chance: Chance) -> Iterator[Row]:
    """Rows without a profile: discarded events, and the export of each audience."""
    begin, end = ms(asked.begin), ms(asked.end)
    for person in persons:
        if person.number == 0 or chance.happens(DISCARDED_SHARE, "discarded", person.number):
            t = chance.between(begin, end - 1, "discarded at", person.number)
            what = {"eventType": chance.pick(DISCARDS, "why", person.number), "eventCode": "discard"}
            yield _service(t, "dispatcher", {"eventID": chance.uuid("event", person.number), **what}, chance)
    for number, start in enumerate(digests(asked)):
        job = {"ID": chance.uuid("export", number), "exportSegmentID": chance.uuid("audience", "digest")}
        count = len(_readers(persons, chance))
        yield _service(start - 5 * MINUTE, "segmentExportJob", {**job, "status": "queued", "eventType": "info"}, chance)
        done = {"exportCountTotal": count, "exportCountRealized": count, "exportCountFailed": 0}
        finished = {"status": "finished", "eventType": "info", "eventCode": "INFO_EXPORTJOB_SUCCEEDED"}
        yield _service(start - MINUTE, "segmentExportJob", {**job, **finished, **done}, chance)


def _service(t: int, part: str, said: Body, chance: Chance) -> Row:
    body: Body = {"_id": chance.uuid("service", part, t, *map(str, said.values())), "timestamp": iso(t)}
    body["_experience"] = {"journeyOrchestration": {"serviceEvents": {part: said}}}
    return Row("journey_steps", t, body, dropped="empty_person_id")
