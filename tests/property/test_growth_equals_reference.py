"""Growth of persons who come and go, before the range too, equals the reference: every class, edges of periods and of the lookback, days of 23 and 25 hours."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.reference.calendar import edges
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, HOUR, START, rows_of
from tests.unit.kernels.test_rules_of_cohort import at, days

LOTS, SEEDS, PERSONS = 20, 60, 40  # with CJA_DRAW=all
VIEW = {
    "name": "growth", "session": {"timeout": "30 minutes"},
    "dimensions": {"page": "page"}, "metrics": {"orders": "orders", "opens": "opens"},
    "segments": {
        "at_home": {"where": {"dimension": "page", "equals": "home"}}, "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
        "of_sessions": {"container": "session", "where": {"dimension": "page", "equals": "cart"}},
    },
}  # fmt: skip
ZONES = ("UTC", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia")
RANGES = {  # what days each size of periods is drawn of; the clock is set in some of them
    "day": (("2025-03-08", "2025-03-12"), ("2025-11-01", "2025-11-04"), ("2025-04-05", "2025-04-08"), ("2025-09-06", "2025-09-09"), ("2011-12-29", "2012-01-01")),
    "week": (("2024-12-25", "2025-01-15"), ("2025-03-08", "2025-03-28")), "month": (("2025-01-31", "2025-04-01"),), "quarter": (("2025-01-01", "2025-09-30"),),
    "year": (("2024-06-01", "2026-01-31"),),
}  # fmt: skip
LENGTHS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY, "quarter": 91 * DAY, "year": 365 * DAY}


def asked(chance, zone):
    """A growth and its range in ms, of whole periods or not."""
    size = chance.choice(["day", "day", "day", "week", "week", "month", "quarter", "year"])
    first, last = chance.choice(RANGES[size])
    active = chance.choice([None, "opens", {"metric": "opens", "at_least": 2}, {"metrics": ["opens", "orders"], "match": "any", "segments": ["at_home"]}, {"segments": ["of_sessions"]}, {"metric": "bounces", "more_than": 0}, {"metric": "orders", "at_most": 0}])
    ask = {"report": "growth", "granularity": size, "lookback": chance.choice([1, 2, 2, 3, 4]), "segments": chance.choice([[], [], [], ["at_home"], ["of_sessions"], ["buyers"]])}
    ask |= {} if active is None else {"active": active}
    return ask, days(first, last), START + at(first, zone), START + at(last, zone)


def person(chance, size, first, last, starts):
    """Events at edges of periods and between, from before the longest lookback to after the range."""
    length, found = LENGTHS[size], []
    for _ in range(chance.choice([1, 1, 2, 3, 5, 8])):
        edge = chance.choice(starts) if starts and chance.random() < 0.5 else first + chance.randint(-6, 6) * length
        found.append(edge + chance.choice([-1, -1, 0, 0, 1, HOUR, -HOUR, 23 * HOUR, length // 2]))
    return [(t - START, {"page": chance.choice(["home", "home", "cart", None]), "opens": chance.choice([1.0, 1.0, 2.0, math.nan]), "orders": chance.choice([math.nan, math.nan, 1.0, 0.0])}) for t in sorted(found)]


def drawn(seed):
    """A report, its range, persons, a view, and until when the data is there."""
    chance = random.Random(seed)
    zone = chance.choice(ZONES)
    ask, range_, first, last = asked(chance, zone)
    view = {**VIEW, "time_zone": zone, "view_segments": chance.choice([[], [], [], ["at_home"]]), "calendar": chance.choice(["gregorian", "gregorian", "4-5-4", {"week_start": "sunday"}])}
    starts = edges(first - 5 * LENGTHS[ask["granularity"]], last + DAY, ask["granularity"], zone, view["calendar"])
    persons = [person(chance, ask["granularity"], first, last, starts) for _ in range(PERSONS)]
    return ask, range_, persons, view, chance.choice([last + 1000 * DAY, last + 1000 * DAY, chance.choice(starts), chance.choice(starts) - 1])


def of_reference(persons):
    """The events as the reference wants them."""
    return [
        {"person_id": f"person-{number:04d}", "t": START + t, "sequence": place, **values}
        for number, own in enumerate(persons) for place, (t, values) in enumerate(own)
    ]  # fmt: skip


def end_of(range_, view):
    """The first instant after a range, ms UTC."""
    return START + at((range_["to"] + dt.timedelta(days=1)).isoformat(), view["time_zone"])


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_growth_equals_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, range_, persons, view, until = drawn(seed)
        ours = rows_of(persons, view, until=until, **ask, range=range_)
        expected = report(of_reference(persons), view, {**ask, "from": START + at(range_["from"].isoformat(), view["time_zone"]), "to": end_of(range_, view)}, until)
        try:
            rows_alike(ours, expected)
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {range_}, {view}, {until}") from difference


def test_what_is_drawn_has_every_class_and_periods_that_are_not_over():
    rows = [row for seed in range(40) for ask, range_, persons, view, until in [drawn(seed)] for row in rows_of(persons, view, until=until, **ask, range=range_)[1:]]
    told = [row for row in rows if row["people"] is not None]
    assert len(told) < len(rows)
    for name in ("new_people", "repeat_people", "return_people", "dormant_people"):
        assert sum(row[name] for row in told) > 50
