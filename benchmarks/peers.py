"""DuckDB's side: the same questions on the same events as Parquet."""

from __future__ import annotations

from benchmarks.events import STEPS

GAP_MS = 30 * 60 * 1000
DAY_MS = 86_400_000


def fallout(source: str) -> str:
    """Persons per step, steps in time order, any start counts."""
    chain, previous = "", "chosen"
    for at, step in enumerate(STEPS):
        after = f" AND t > t{at - 1}" if at else ""
        chain += (
            f", chain{at} AS (SELECT *, min(CASE WHEN event = '{step}'{after} THEN t END) OVER "
            f"(PARTITION BY person_id ORDER BY t ROWS UNBOUNDED PRECEDING) AS t{at} FROM {previous})"
        )
        previous = f"chain{at}"
    counts = ", ".join(f"count(DISTINCT CASE WHEN t{at} IS NOT NULL THEN person_id END)" for at in range(len(STEPS)))
    return f"WITH chosen AS (SELECT person_id, t, event FROM {source} WHERE event IN {STEPS}){chain} SELECT {counts} FROM {previous}"


def sessions(source: str) -> str:
    """Sessions by a gap of more than 30 minutes."""
    return (
        "SELECT count(*) FILTER (WHERE opens) FROM (SELECT lag(t) OVER own IS NULL OR t - lag(t) OVER own > "
        f"{GAP_MS} AS opens FROM {source} WINDOW own AS (PARTITION BY person_id ORDER BY t))"
    )


def pages(source: str) -> str:
    """Events, people and sessions per page."""
    return (
        "WITH numbered AS (SELECT person_id, page, t, sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER "
        "(PARTITION BY person_id ORDER BY t ROWS UNBOUNDED PRECEDING) AS session_no FROM "
        f"(SELECT person_id, page, t, lag(t) OVER own IS NULL OR t - lag(t) OVER own > {GAP_MS} AS opens "
        f"FROM {source} WINDOW own AS (PARTITION BY person_id ORDER BY t))) "
        "SELECT page, count(*), count(DISTINCT person_id), count(DISTINCT (person_id, session_no)) FROM numbered GROUP BY page"
    )


def session_figures(source: str) -> str:
    """Sessions, events, persons and sessions of one event."""
    return (
        "WITH numbered AS (SELECT person_id, sum(CASE WHEN opens THEN 1 ELSE 0 END) OVER "
        "(PARTITION BY person_id ORDER BY t ROWS UNBOUNDED PRECEDING) AS session_no FROM "
        f"(SELECT person_id, t, lag(t) OVER own IS NULL OR t - lag(t) OVER own > {GAP_MS} AS opens "
        f"FROM {source} WINDOW own AS (PARTITION BY person_id ORDER BY t))), "
        "sized AS (SELECT person_id, count(*) AS events FROM numbered GROUP BY person_id, session_no) "
        "SELECT count(*), sum(events)::BIGINT, count(DISTINCT person_id), count(*) FILTER (WHERE events = 1) FROM sized"
    )


def trend(source: str) -> str:
    """Events, people and revenue per UTC day, and in all (null)."""
    day = f"strftime(DATE '1970-01-01' + (t // {DAY_MS})::INTEGER, '%Y-%m-%d')"
    return (
        f"SELECT day, count(*), count(DISTINCT person_id), coalesce(sum(revenue), 0) FROM (SELECT *, {day} AS day "
        f"FROM {source}) GROUP BY GROUPING SETS ((day), ())"
    )


def channels(source: str) -> str:
    """People, orders and revenue per channel, and in all (null)."""
    return (
        "SELECT channel, count(DISTINCT person_id), count(revenue), coalesce(sum(revenue), 0) "
        f"FROM {source} GROUP BY GROUPING SETS ((channel), ())"
    )
