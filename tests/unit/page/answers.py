"""Answers of every kind of report, finished from summed cells as a run finishes them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from cja_spark.journeys.batch import Window
from cja_spark.journeys.hashing import person_key
from cja_spark.plan import Answer
from cja_spark.reports import attribution_cells as of_attribution
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import KEYS, Cells, Sums
from cja_spark.reports.flow_rows import LINKS, NODES
from cja_spark.reports.flow_rows import TOTAL as TOTAL_OF_FLOW
from cja_spark.reports.histogram import ALL_PEOPLE, PEOPLE, UNITS
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.measures import base_metrics
from cja_spark.reports.paths_ranked import FIGURES, MEMBERS
from cja_spark.reports.paths_ranked import TOTAL as TOTAL_OF_PATHS
from cja_spark.reports.people_behind import people_behind
from cja_spark.reports.ranges import Ranges
from cja_spark.reports.table_cells import TOTAL
from cja_spark.reports.timeline_cells import AMOUNTS, OF_EVENT, OF_PERSON, SESSION, TIME, VALUES
from cja_spark.reports.timeline_cells import EVENTS as EVENTS_OF_ALL
from cja_spark.reports.timeline_cells import PEOPLE as PEOPLE_OF_ALL_EVENTS
from cja_spark.reports.timeline_cells import SESSIONS as SESSIONS_OF_ALL
from cja_spark.spec import LAST_DAY
from cja_spark.view.calendar import instant_ms
from cja_spark.view.spec import View

START, END = (instant_ms(dt.date(2026, 1, day), "UTC") for day in (1, 3))
VIEW = View.model_validate(
    {
        "name": "shop",
        "dimensions": {"page": {"field": "page", "label": "page name", "context": "variant"}},
        "metrics": {
            "orders": "orders",
            "revenue": {"field": "paid", "format": "currency", "decimals": 2},
            "rate": {"calculate": "orders / people", "format": "percent"},
            "share": {"calculate": "people[buyers] / people", "format": "percent"},
            "lift": {"calculate": "lift(orders, people, control='home')", "format": "percent"},
        },
        "segments": {"buyers": {"where": {"metric": "orders", "at_least": 1}}},
    }
)
NAMES = {1: "home", 2: "cart", 16: "home", 17: "cart"}


def answer(cells: Cells, excluded_persons: int = 0, **report: object) -> Answer:
    """A report's answer; value ids 1 and 2 are home and cart, the range is 1 and 2 January 2026."""
    spec = REPORTS.named(str(report["report"])).spec.model_validate(report)
    window = Window(START, START, END, END, END, START)
    ask = Ask(spec, VIEW, window, ranges=Ranges(windows=dict.fromkeys(spec.days_compared(LAST_DAY, VIEW.calendar), window)))
    sums = Sums(pa.Table.from_batches(list(cells.batches(0, max(KEYS, len(spec.dimensions_combined()))))))
    rows = REPORTS.named(spec.report).finish(sums, ask, lambda name, ids: NAMES)
    behind = people_behind(ask, sums, lambda name, ids: NAMES, len(rows))
    return Answer(ask, rows, f"run_of_{spec.name}", kept=True, excluded_persons=excluded_persons, behind=behind)


def table(home: float, cart: float, metrics: tuple[str, ...] = ("people", "orders", "revenue", "rate")) -> Answer:
    """A table of pages; every person ordered once for 5."""
    cells = Cells()
    for measure, metric in enumerate(base_metrics(metrics, VIEW)):
        price = 5 if metric == "revenue" else 1
        cells.add(measure, [price * home, price * cart], [1, 2])
        cells.add(TOTAL + measure, price * (home + cart))
    return answer(cells, report="table", name="pages", dimensions=["page"], metrics=metrics)


def trend(first: float, second: float, metrics: tuple[str, ...] = ("people", "orders")) -> Answer:
    """Two days, with nobody on both."""
    cells = Cells()
    for measure, _ in enumerate(metrics):
        cells.add(measure, [first, second], [0, 1])
        cells.add(TOTAL + measure, first + second)
    return answer(cells, report="trend", name="daily", metrics=metrics)


def sessions(home: float, cart: float) -> Answer:
    """Sessions of pages: as many sessions, people and bounces as persons, four seconds each."""
    cells = Cells()
    for measure in range(8):
        scale = 4_000 if measure >= 6 else 1
        cells.add(measure, [home * scale, cart * scale], [1, 2])
        cells.add(100 + measure, (home + cart) * scale)
    return answer(cells, report="sessions", name="visits", dimension="page")


def histogram(first: float, second: float, count: str = "people", people: tuple[float, float] | None = None) -> Answer:
    """Two buckets of orders, with nobody below and above."""
    cells = Cells()
    cells.add(UNITS, [first, second], [1, 2])
    if count != "people":
        cells.add(PEOPLE, people or (first, second), [1, 2])
        cells.add(ALL_PEOPLE, sum(people or (first, second)))
    return answer(cells, report="histogram", name="orders_of_people", metric="orders", count=count, buckets=2)


def paths(home: float, cart: float, converted: tuple[float, float] | None = None) -> Answer:
    """Two paths of one page, each taken once by so many, half of whom order, or as many as are said."""
    cells, ordered = Cells(), converted or (home / 2, cart / 2)
    for number, name in enumerate(FIGURES):
        amounts = [home, cart] if name in ("trials", "people") else [*ordered]
        cells.add(number, amounts, [1, 2], [1, 2])
        cells.add(TOTAL_OF_PATHS + number, sum(amounts))
    cells.add(MEMBERS, [1, 1], [1, 2], [1, 2], 0, [1, 2])
    return answer(cells, report="paths", name="paths_to_orders", dimension="page", conversion="orders", min_support=1)


def flow(home: float, cart: float) -> Answer:
    """Paths that enter at home or at the cart, each person's only one."""
    cells = Cells()
    for number in range(3):
        cells.add(TOTAL_OF_FLOW + number, home + cart)
        cells.add(NODES + number, home + cart, 0, 2)
        cells.add(NODES + number, [home, cart], 1, [16, 17])
        cells.add(LINKS + number, [home, cart], 0, 2, [16, 17])
    return answer(cells, report="flow", name="from_entry", dimension="page", starts_with="entry", columns=1)


def attribution(home: float, cart: float, nothing: float = 30, **given: object) -> Answer:
    """Persons who saw home, others who saw the cart and some who saw nothing before their one order of 1."""
    cells, total, report = Cells(), home + cart + nothing, {"models": ["last_touch", "linear"], **given}
    for measure in (of_attribution.AMOUNT, of_attribution.CONVERSIONS, of_attribution.PEOPLE):
        cells.add(measure, total)
    for number in range(len(report["models"])):
        for measure, alone in ((of_attribution.CREDIT, of_attribution.NOBODY), (of_attribution.GAVE, of_attribution.NOBODYS)):
            cells.add(measure + number, [home, cart], [1, 2])
            cells.add(alone + number, nothing)
    for measure in (of_attribution.TOUCHED, of_attribution.TOUCHED_PEOPLE, of_attribution.LAST, of_attribution.LAST_PEOPLE):
        cells.add(measure, [home, cart], [1, 2])
    cells.add(of_attribution.SETS, [home, cart], [1, 2], [1, 2])
    cells.add(of_attribution.MEMBERS, [1, 1], [1, 2], [1, 2], [1, 2])
    for measure in (of_attribution.TOUCHES, of_attribution.TOUCHES_PEOPLE):
        cells.add(measure, [nothing, home + cart], [0, 1])
        cells.add(measure + 2, home + cart, 0)
    return answer(cells, report="attribution", name="models", metric="orders", dimension="page", **report)


def contribution(home: float, cart: float, before: float = 50) -> Answer:
    """Orders of home and of the cart, one of each person; as many of both before."""
    cells = Cells()
    for side, counts in enumerate(((before, before), (home, cart))):
        own = Cells()
        for measure in range(2):
            own.add(measure, counts, [1, 2])
            own.add(TOTAL + measure, sum(counts))
        cells.take(own, side)
        cells.take(own, 2 + side)
    return answer(cells, report="contribution", name="drivers", metric="orders", dimensions=["page"])


def next_previous(home: float, cart: float) -> Answer:
    """Home or the cart as the first page of each person."""
    cells = Cells()
    for number in range(3):
        cells.add(TOTAL_OF_FLOW + number, home + cart)
        cells.add(NODES + number, [home, cart], 1, [16, 17])
    return answer(cells, report="next_previous", name="first_page", dimension="page", anchor="entry")


def timeline(people: float, persons: tuple[str, ...] | list[str] = ()) -> Answer:
    """So many people with two events each, home and the cart a minute later; the first two that are named, or so many of a draw, are told."""
    cells, told = Cells(), [person_key(one) for one in persons[:2]] or [*range(1, 1 + min(round(people), 20))]
    for measure, amount in ((PEOPLE_OF_ALL_EVENTS, people), (SESSIONS_OF_ALL, people), (EVENTS_OF_ALL, 2 * people), (AMOUNTS, 60_000 * people)):
        cells.add(measure, amount)
        if measure != PEOPLE_OF_ALL_EVENTS:
            cells.add(OF_PERSON + measure, [amount / people if people else 0] * len(told), told)
    for number, moment in ((1, START), (2, START + 60_000)):
        cells.add(SESSION, [1] * len(told), told, number)
        cells.add(TIME, [moment] * len(told), told, number)
        cells.add(VALUES, [1] * len(told), told, number, 0, number)
    cells.add(OF_EVENT, [60_000] * len(told), told, 1)
    drawn = {"persons": persons} if persons else {}
    return answer(cells, report="timeline", name="lives", dimensions=["page"], **drawn)
