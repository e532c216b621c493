"""DuckDB's SQL and the product's reports answer alike, cell by cell, on the same five thousand persons.

The SQL says each definition anew: a chain is a join of the person's events with themselves, a cohort a join of persons and periods.
Where times are equal, the order of the journey is that of the sequence number, in both.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from cja_spark.frames import report_rows
from cja_spark.reports.cohort import Cohort
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.histogram import Histogram
from tests.engines.journeys import CART, END, HOME, ORDER, RANGE, START, VIEW, WINDOW_MS, events, frame, steps

WINDOW = f"{WINDOW_MS} ms"
FALLOUTS = {
    "in range": ({"window": WINDOW, "date_rule": "in_range"}, (HOME, CART, ORDER)),
    "entry": ({"window": WINDOW}, (HOME, CART, ORDER)),
    "no window": ({}, (HOME, CART, ORDER)),
    "window of nine days": ({"window": "9 days"}, (HOME, ORDER, HOME)),
    "strict time": ({"window": WINDOW, "ties": "strict_time", "date_rule": "in_range"}, (HOME, CART, ORDER)),
    "four steps": ({"window": "1 day", "preset": "adobe"}, (HOME, CART, ORDER, HOME)),
}  # fmt: skip
COHORTS = {
    "every week": {"granularity": "week"},
    "first week": {"granularity": "week", "entry": "first"},
    "day or later": {"granularity": "day", "mode": "on_or_after"},
    "clickhouse, by days": {"granularity": "day", "preset": "clickhouse"},
}  # fmt: skip
HISTOGRAM = {"metric": "orders", "start": 1, "size": 1, "buckets": 4}


@pytest.fixture(scope="module")
def database():
    found = duckdb.connect()
    found.register("arrow_events", events())
    found.execute("create table events as select * from arrow_events")
    yield found
    found.close()


@pytest.fixture(scope="module")
def answers(spark):
    fallouts = [Fallout.model_validate({"range": RANGE, "steps": steps(*pages), **given}) for given, pages in FALLOUTS.values()]
    cohorts = [Cohort.model_validate({"range": RANGE, "inclusion": "orders", "return": "visits", **given}) for given in COHORTS.values()]
    found = report_rows(frame(spark, events()), VIEW, [*fallouts, *cohorts, Histogram.model_validate({"range": RANGE, **HISTOGRAM})])
    return dict(zip((*FALLOUTS, *COHORTS, "histogram"), ([row.asDict() for row in one.collect()] for one in found), strict=True))


def chains_in_sql(pages, window, *, tail, strict):
    """Per level the persons with a chain so long: the events of one person joined with themselves."""
    def one_of(some):
        return ", ".join(f"'{page}'" for page in some)

    counts = []
    for level in range(1, len(pages) + 1):
        joins = [f"e1.t < {END} and e1.page in ({one_of(pages[0])})"]
        for at in range(2, level + 1):
            later = f"e{at}.t > e{at - 1}.t" if strict else f"(e{at}.t, e{at}.sequence) > (e{at - 1}.t, e{at - 1}.sequence)"
            joins.append(f"e{at}.person = e1.person and {later} and e{at}.page in ({one_of(pages[at - 1])})")
            joins += [f"e{at}.t - e1.t <= {window}"] if window is not None else []
            joins += [] if tail else [f"e{at}.t < {END}"]
        tables = ", ".join(f"ranged e{at}" for at in range(1, level + 1))
        counts.append(f"(select count(distinct e1.person) from {tables} where {' and '.join(joins)})")
    return f"with ranged as (select * from events where t >= {START}) select {', '.join(counts)}"


@pytest.mark.parametrize("name", FALLOUTS)
def test_an_ordered_fallout(database, answers, name):
    given, pages = FALLOUTS[name]
    window = {WINDOW: WINDOW_MS, "9 days": 9 * 86_400_000, "1 day": 86_400_000}.get(given.get("window"))
    in_range = given.get("date_rule") == "in_range" or window is None or "preset" in given
    sql = chains_in_sql(pages, window, tail=not in_range, strict=given.get("ties") == "strict_time")
    [counts] = database.execute(sql).fetchall()
    rows = answers[name]
    assert [row["people"] for row in rows] == [*counts]
    assert counts[0] > counts[-1] > 100
    assert [row["percent_of_total"] for row in rows] == [count / counts[0] for count in counts]


def test_ties_and_the_range_decide_some_of_it(answers):
    """So none of the comparisons above is of journeys on which the options do not differ."""
    last = {name: answers[name][2]["people"] for name in ("in range", "entry", "no window", "strict time")}
    assert len({*last.values()}) == 4


def test_a_histogram(database, answers):
    sql = f"""
        with amounts as (select person, sum(orders) as amount from events where t >= {START} and t < {END} group by person)
        select least(amount, 5), count(*) from amounts group by 1 order by 1
    """
    counts = dict(database.execute(sql).fetchall())
    rows = answers["histogram"]
    assert [row["people"] for row in rows] == [sum(counts.values()), *(counts[place] for place in range(6))]
    assert min(counts.values()) > 10


def cohorts_in_sql(size, *, first, on_or_after):
    """Persons by period of inclusion and periods after, and those included."""
    met = "select distinct person, date_trunc('{}', make_timestamp(t * 1000)) as p from events where t >= {} and t < {} and {} > 0"
    included, back = (met.format(size, START, END, metric) for metric in ("orders", "visits"))
    entry = "select person, min(p) as p from included group by person" if first else "select * from included"
    later = "b.p >= e.p + k.k * interval 1 {0}" if on_or_after else "b.p = e.p + k.k * interval 1 {0}"
    return f"""
        with included as ({included}), back as ({back}), entered as ({entry}), k as (select unnest(generate_series(1, 27)) as k)
        select epoch_ms(e.p), k.k, count(distinct e.person) from entered e join k on true
            join back b on b.person = e.person and {later.format(size)} group by all
        union all select epoch_ms(p), 0, count(*) from entered group by all
    """


@pytest.mark.parametrize("name", COHORTS)
def test_a_cohort_table(database, answers, name):
    given = COHORTS[name]
    first = "first" in (given.get("entry"), {"clickhouse": "first"}.get(given.get("preset")))
    sql = cohorts_in_sql(given["granularity"], first=first, on_or_after=given.get("mode") == "on_or_after")
    counts = {(start, after): people for start, after, people in database.execute(sql).fetchall()}
    cells = {(int(row["bucket"].replace(tzinfo=dt.UTC).timestamp() * 1000), row["periods_after"]): row["people"] for row in answers[name] if row["bucket"]}
    assert cells == {cell: counts.get(cell, 0) for cell in cells}
    assert {cell for cell, people in counts.items() if people} <= {*cells}
    assert len(cells) == {"week": 10, "day": 406}[given["granularity"]]
    assert sum(people > 0 for people in cells.values()) > len(cells) * 0.6
