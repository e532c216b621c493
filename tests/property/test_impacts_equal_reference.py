"""Impact of persons who come and go equals the reference: edges of intervals, of the range and of the data, days of 23 and 25 hours."""

from __future__ import annotations

import datetime as dt
import math
import random

import pytest

from tests.property.draws import cases, seeds
from tests.property.test_drawn_reports_equal_reference import rows_alike
from tests.property.test_growth_equals_reference import VIEW, ZONES, end_of, of_reference
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, HOUR, START, rows_of
from tests.unit.kernels.test_rules_of_cohort import at, days

LOTS, SEEDS, PERSONS = 20, 60, 40  # with CJA_DRAW=all
RELEASES = tuple(dt.date.fromisoformat(day) for day in ("2025-03-09", "2025-11-02", "2025-04-06", "2025-09-07", "2011-12-31", "2025-01-10"))
THINGS = ("opens", "orders", {"dimension": "page", "equals": "home"}, {"dimension": "page", "equals": "nowhere"}, {"any": ["opens", "orders"], "segments": ["at_home"]}, {"segments": ["of_sessions"]}, "events")


def thing(chance, number=None):
    found = chance.choice(THINGS)
    return {**(found if isinstance(found, dict) else {"step": found}), **({} if number is None else {"label": f"thing {number}"})}


def person(chance, zero, reach):
    """Events at edges of intervals around a day 0 of its own and around that of all."""
    own, found = chance.choice([zero, zero + chance.randint(-3, 9) * DAY + chance.randint(0, 23) * HOUR]), []
    for _ in range(chance.choice([1, 2, 3, 5, 8])):
        found.append(own + chance.randint(-reach - 1, reach + 1) * DAY + chance.choice([-1, -1, 0, 0, 1, HOUR, -HOUR, 23 * HOUR]))
    return [(t - START, {"page": chance.choice(["home", "home", "cart", None]), "opens": chance.choice([1.0, math.nan, math.nan, 2.0]), "orders": chance.choice([math.nan, 1.0, 0.0])}) for t in sorted(found)]


def drawn(seed):
    """An impact, its range, persons, a view, and until when the data is there."""
    chance = random.Random(seed)
    zone, release, each, many = chance.choice(ZONES), chance.choice(RELEASES), chance.choice([1, 1, 2]), chance.choice([1, 2, 3])
    zero, reach = START + at(release.isoformat(), zone), each * many
    first, last = release - dt.timedelta(days=reach + chance.choice([-1, 0, 0, 0, 2])), release + dt.timedelta(days=reach + chance.choice([-2, -1, -1, 8]))
    last = max(last, first)
    range_ = days(first.isoformat(), last.isoformat())
    ask = {"report": "impact", "indicators": [thing(chance, number) for number in range(chance.choice([1, 2, 3]))], "days": each, "intervals": many,
           "segments": chance.choice([[], [], [], ["at_home"], ["of_sessions"], ["buyers"]])}  # fmt: skip
    ask |= {"release": release} if chance.random() < 0.5 else {"first_use": thing(chance), **chance.choice([{}, {"since": release}])}
    view = {**VIEW, "time_zone": zone, "view_segments": chance.choice([[], [], [], ["at_home"]])}
    persons = [person(chance, zero, reach) for _ in range(PERSONS)]
    return ask, range_, persons, view, chance.choice([zero + 1000 * DAY, zero + 1000 * DAY, zero + reach * DAY, zero + reach * DAY - 1, zero + DAY])


@pytest.mark.parametrize("lot", range(cases(LOTS, 2)))
def test_impacts_equal_the_reference(lot):
    for seed in [*seeds(SEEDS, lot)]:
        ask, range_, persons, view, until = drawn(seed)
        asked = {**ask, "from": START + at(range_["from"].isoformat(), view["time_zone"]), "to": end_of(range_, view)}
        try:
            rows_alike(rows_of(persons, view, until=until, **ask, range=range_), report(of_reference(persons), view, asked, until))
        except (AssertionError, TypeError) as difference:
            raise AssertionError(f"seed {seed}: {ask}, {range_}, {view}, {until}") from difference


def test_what_is_drawn_is_known_not_known_changed_and_left_out():
    rows = [row for seed in range(60) for ask, range_, persons, view, until in [drawn(seed)] for row in rows_of(persons, view, until=until, **ask, range=range_)]
    assert sum(row["times_done"] is None for row in rows if row["row_kind"] == "interval") > 20
    assert sum(bool(row["times_done"]) for row in rows if row["row_kind"] == "interval") > 100
    assert sum(bool(row["change_rate"]) for row in rows) > 20
    assert sum(bool(row["people"]) for row in rows if row["row_kind"] == "left_out") > 5
