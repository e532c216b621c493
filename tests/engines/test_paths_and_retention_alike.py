"""DuckDB's SQL, ClickHouse's own `retention` and the product's reports answer alike, cell by cell: paths (rules B1-B5) and elapsed retention (C5).

Three draws, full of equal times, of gaps at which sessions end and of days at which periods begin. The SQL says each definition anew. Where times
are equal, the order of the journey is that of the sequence number, in all of them.
"""

from __future__ import annotations

import datetime as dt
import math

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from cja_spark.frames import report_rows
from cja_spark.reports.paths import Paths
from cja_spark.reports.retention import Retention
from tests.engines.clickhouse import answer
from tests.engines.journeys import DAY_MS, END, START, WINDOW_MS, events, frame

SEEDS, PERSONS = (11, 12, 13), 1_500
VIEW = {
    "name": "engines", "time_zone": "UTC", "session": {"timeout": "30 minutes"},
    "dimensions": {"page": "page"}, "metrics": {"amount": "amount", "visits": "visits", "orders": "orders"},
}  # fmt: skip
RANGE = {"from": dt.date(2026, 3, 2), "to": dt.date(2026, 3, 29)}
LONG = {"from": dt.date(2026, 2, 16), "to": dt.date(2026, 4, 19)}  # 63 days
LONG_START, LONG_END = START - 14 * DAY_MS, START + 49 * DAY_MS
PATHS = {
    "sessions": {"max_len": 3},
    "persons": {"container": "person", "max_len": 3},
    "first values": {"container": "person", "max_len": 2, "keep": "first"},
    "with the last": {"container": "person", "max_len": 4, "include_last": True},
    "all values": {"container": "person", "max_len": 3, "repeats": "keep"},
    "without home": {"max_len": 2, "exclude": ["home", "help"]},
    "by persons": {"container": "person", "max_len": 2, "count": "persons", "min_support": 50},
    "often": {"container": "person", "conversion": "visits", "max_len": 5, "min_support": 5},
}  # fmt: skip
RETENTIONS = {
    "days": {"start": "visits", "return": "orders"},
    "days or later": {"start": "visits", "return": "orders", "mode": "on_or_after"},
    "the start again": {"start": "orders", "buckets": 12},
    "weeks": {"start": "visits", "return": "orders", "size": "7 days", "buckets": 2},
    "weeks or later": {"start": "orders", "return": "visits", "size": "7 days", "buckets": 2, "mode": "on_or_after"},
    "thirty days": {"start": "visits", "return": "orders", "size": "30 days", "buckets": 1, "range": LONG},
}  # fmt: skip
EDGES = [t0 + back for t0 in (END - 8 * DAY_MS, END - 21 * DAY_MS, LONG_END - 60 * DAY_MS) for back in (-1, 0, 1)]
AFTER = [0, DAY_MS - 1, DAY_MS, 7 * DAY_MS - 1, 7 * DAY_MS, 30 * DAY_MS - 1, 30 * DAY_MS]


def drawn(seed: int) -> pa.Table:
    """Events of a draw, with amounts that are null, 0 or more, pages that are not set, and persons who start and return at the very edges."""
    table, chance = events(seed, PERSONS), np.random.default_rng(seed)
    page = table["page"].to_numpy(zero_copy_only=False)
    amount = np.where(page == "order", chance.choice([0.0, 1.0, 2.5], len(page)), np.nan)
    pages = pa.array(page.tolist(), mask=chance.random(len(page)) < 0.15)
    table = table.set_column(table.schema.get_field_index("page"), "page", pages).append_column("amount", pa.array(amount, mask=np.isnan(amount)))
    edges = [{"person": f"edge{number}", "t": t0 + after, "visits": int(not which), "orders": which, "page": "edge", "amount": None}
             for number, t0 in enumerate(EDGES) for which, after in ((0, 0), *((1, after) for after in AFTER))]  # fmt: skip
    numbered = [{**row, "sequence": table.num_rows + number} for number, row in enumerate(edges)]
    return pa.concat_tables([table, pa.Table.from_pylist(numbered, table.schema)])


@pytest.fixture(scope="module", params=SEEDS)
def draw(request, spark):
    """A draw, its database, and the rows of every report."""
    table = drawn(request.param)
    database = duckdb.connect()
    database.register("arrow_events", table)
    database.execute(f"""
        create table events as
        with gaps as (select *, coalesce(t - lag(t) over (partition by person order by t, sequence) > {WINDOW_MS}, true) as opens from arrow_events)
        select *, sum(opens::int) over (partition by person order by t, sequence rows unbounded preceding) as session from gaps""")
    paths = [Paths.model_validate({"range": RANGE, "dimension": "page", "conversion": "amount", "rows": 1_000, **given}) for given in PATHS.values()]
    retentions = [Retention.model_validate({"range": RANGE, **given, **more}) for given in RETENTIONS.values() for more in ({}, {"breakdown": "page"})]
    names = [*PATHS, *((name, parted) for name in RETENTIONS for parted in (False, True))]
    found = report_rows(frame(spark, table), VIEW, [*paths, *retentions])
    yield table, database, dict(zip(names, ([row.asDict() for row in one.collect()] for one in found), strict=True))
    database.close()


def paths_in_sql(*, container="session", conversion="amount", max_len=5, keep="last", include_last=False, repeats="first", exclude=(), count="trials", min_support=30):
    """Every path with what it has, and whether it has enough trials or persons."""
    unit = "person, session" if container == "session" else "person"
    left_out = "".join(f" and page <> '{page}'" for page in exclude)
    own = "" if include_last else f" and coalesce({conversion}, 0) = 0"
    cut = f"[-{max_len}:]" if keep == "last" else f"[:{max_len}]"
    text = f"array_to_string(path{cut}, ' → ')"
    marked = f"'… → ' || {text}" if keep == "last" else f"{text} || ' → …'"
    name = f"case when len(path) > {max_len} then {marked} else {text} end"
    return f"""
        with cut as (
            select *, coalesce(sum((coalesce({conversion}, 0) <> 0)::int) over (partition by {unit} order by t, sequence rows between unbounded preceding and 1 preceding), 0) as trial
            from events where t >= {START} and t < {END}
        ),
        trials as (select {unit}, trial, bool_or(coalesce({conversion}, 0) <> 0) as converts, sum(coalesce({conversion}, 0)) as amount from cut group by {unit}, trial),
        valued as (select *, lag(page) over (partition by {unit}, trial order by t, sequence) as before from cut where page is not null{left_out}{own}),
        taken as (select {unit}, trial, list(page order by t, sequence) as path from valued where {'true' if repeats == 'keep' else 'page is distinct from before'} group by {unit}, trial),
        named as (select person, converts, amount, case when path is null then '(none)' else {name} end as path from trials left join taken using ({unit}, trial)),
        paths as (
            select path, count(*) as trials, count(*) filter (converts) as converted, count(distinct person) as people,
                count(distinct person) filter (converts) as converted_people, sum(amount) as amount from named group by path
        )
        select *, {'people' if count == 'persons' else 'trials'} >= {min_support} from paths
        union all select null, count(*), count(*) filter (converts), count(distinct person), count(distinct person) filter (converts), sum(amount), null from named"""


def wilson(n, c):
    """The lower and the upper bound of a rate."""
    p, z = c / n, 1.959964
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


COUNTS = ("trials", "converted_trials", "people", "converted_people", "metric_sum")


@pytest.mark.parametrize("name", PATHS)
def test_paths(draw, name):
    _, database, answers = draw
    given = PATHS[name]
    everything = database.execute(paths_in_sql(**given)).fetchall()
    [[_, *whole, _]] = [row for row in everything if row[0] is None]
    shown = {path: tuple(counts) for path, *counts, enough in everything if enough}
    rest = [counts for path, *counts, enough in everything if path is not None and not enough]
    rows = answers[name]
    of_persons = (2, 3) if given.get("count") == "persons" else (0, 1)
    overall = whole[of_persons[1]] / whole[of_persons[0]]
    for kind in ("top", "bottom"):
        ranked = [row for row in rows if row["row_kind"] == kind]
        assert {row["path_taken"]: tuple(row[column] for column in COUNTS) for row in ranked} == shown
        rates = {path: wilson(*(counts[at] for at in of_persons)) for path, counts in shown.items()}
        number = {path: counts[of_persons[0]] for path, counts in shown.items()}
        best = sorted(shown, key=lambda path: (-round(rates[path][0], 12) if kind == "top" else round(rates[path][1], 12), -number[path], path.encode()))
        assert [row["path_taken"] for row in ranked] == best
        for row in ranked:
            n, c = (shown[row["path_taken"]][at] for at in of_persons)
            assert (row["converted_rate"], row["rate_lower"], row["rate_upper"], row["rate_lift"]) == pytest.approx((c / n, *rates[row["path_taken"]], c / n / overall), rel=1e-9)
    [total] = [row for row in rows if row["row_kind"] == "total"]
    assert [total[column] for column in COUNTS] == whole
    [other] = [row for row in rows if row["row_kind"] == "other"]
    assert (other["trials"], other["converted_trials"], other["metric_sum"]) == tuple(sum(counts[at] for counts in rest) for at in (0, 1, 4))
    assert len(shown) >= 5
    assert rest


def test_settings_of_paths_decide_some_of_it(draw):
    counts = {tuple(sorted((row["path_taken"], row["trials"], row["converted_trials"]) for row in draw[2][name] if row["row_kind"] == "top")) for name in PATHS}
    assert len(counts) == len(PATHS)


def retention_in_sql(*, start, size="24 hours", buckets=7, mode="on", range=RANGE, **given):
    """Persons by value of the start (null in all) and period (null: those who start), and those who are reserved (period -1)."""
    back = given.get("return", start)
    first, end = (START, END) if range is RANGE else (LONG_START, LONG_END)
    length = int(size.split()[0]) * (DAY_MS if "days" in size else DAY_MS // 24)
    met = f"b.k * {length}::bigint <= e.t - s.t0" + ("" if mode == "on_or_after" else f" and e.t - s.t0 < (b.k + 1) * {length}::bigint")
    return f"""
        with ranged as (select *, row_number() over (partition by person order by t, sequence) as place from events where t >= {first} and t < {end}),
        first as (select person, min(place) as place, arg_min(t, place) as t0 from ranged where {start} > 0 group by person),
        s as (select first.*, coalesce(page, 'No value') as page from first join ranged using (person, place) where t0 + {buckets + 1}::bigint * {length} <= {end}),
        back as (select distinct s.person, s.page, b.k from s join ranged e on e.person = s.person and e.place > s.place and e.{back} > 0
            join (select unnest(generate_series(0, {buckets})) as k) b on {met})
        select null as page, null as k, count(*) as people from s union all select null, -1, (select count(*) from first) - count(*) from s
        union all select null, k, count(*) from back group by k
        union all select page, null, count(*) from s group by page union all select page, k, count(*) from back group by page, k"""


@pytest.mark.parametrize("parted", [False, True], ids=["all", "by page"])
@pytest.mark.parametrize("name", RETENTIONS)
def test_elapsed_retention(draw, name, parted):
    _, database, answers = draw
    given = RETENTIONS[name]
    counts = {(page, k): people for page, k, people in database.execute(retention_in_sql(**given)).fetchall() if parted or page is None}
    rows = answers[name, parted]
    cells = {(row.get("breakdown"), -1 if row["row_kind"] == "reserved" else row["elapsed"]): row["people"] for row in rows}
    assert len(cells) == len(rows)
    assert cells == {cell: counts.get(cell, 0) for cell in cells}
    assert {cell for cell, people in counts.items() if people} <= {*cells}
    pages = {page for page, _ in counts}
    assert len(cells) == len(pages) * (given.get("buckets", 7) + 2) + 1
    assert [row["retention_rate"] for row in rows if row["row_kind"] != "reserved"] == pytest.approx(
        [row["people"] / counts[row.get("breakdown"), None] for row in rows if row["row_kind"] != "reserved"], rel=1e-12
    )
    assert counts[None, -1] > 10
    assert sum(people > 10 for people in counts.values()) >= 3


@pytest.mark.parametrize("name", ["days", "days or later", "weeks", "weeks or later"])
def test_elapsed_retention_is_clickhouse_s(draw, name, tmp_path):
    """`retention` per person: who starts, and of those who is back in each period after, whatever else."""
    table, _, answers = draw
    given = RETENTIONS[name]
    days, buckets = (7 if "size" in given else 1), given.get("buckets", 7)
    compared = ">=" if given.get("mode") == "on_or_after" else "="
    back = ", ".join(f"ifNull(later and {given['return']} > 0 and intDiv(t - t0, {days * DAY_MS}) {compared} {k}, false)" for k in range(buckets + 1))
    sql = f"""
        select {', '.join(f'sum(r[{at}])' for at in range(1, buckets + 3))} from (
            select person, retention(ifNull(is_start, false), {back}) as r from (
                select *, minIf((t, sequence), {given['start']} > 0) over (partition by person) as begun, begun.1 as t0,
                    (t, sequence) = begun and {given['start']} > 0 as is_start, (t, sequence) > begun as later
                from {{events}} where t >= {START} and t < {END}
            ) where t0 + {(buckets + 1) * days * DAY_MS} <= {END} group by person
        )"""
    [theirs] = answer(table, sql, tmp_path)
    rows = {row["elapsed"]: row["people"] for row in answers[name, False] if row["row_kind"] != "reserved"}
    assert [float(people) for people in theirs] == [rows[None], *(rows[k] for k in range(buckets + 1))]
    assert rows[None] > 100
