"""Journeys that other engines answer too: thousands of persons by a seed, full of ties and of gaps at which rules change."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

PERSONS, SEED = 5_000, 20260302
WINDOW_MS = 1_800_000
DAY_MS = 86_400_000
START = int(dt.datetime(2026, 3, 2, tzinfo=dt.UTC).timestamp() * 1000)  # a Monday
END = START + 28 * DAY_MS
RANGE = {"from": dt.date(2026, 3, 2), "to": dt.date(2026, 3, 29)}
GAPS = [0, 0, 0, 1, 1000, 60_000, 60_000, 300_000, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1, DAY_MS, 6 * DAY_MS, 9 * DAY_MS]
PAGES = ["home", "home", "cart", "cart", "express", "order", "order", "help"]
HOME, CART, ORDER = ("home", "express"), ("cart", "express"), ("order",)  # an express page is a home and a cart page at once
VIEW = {
    "name": "engines", "time_zone": "UTC", "dimensions": {"page": "page"}, "metrics": {"orders": "orders", "visits": "visits"},
}  # fmt: skip


def events(seed: int = SEED, persons: int = PERSONS) -> pa.Table:
    """Events in the order of each journey: person, t (ms), sequence, page, orders (1 on an order page), visits (1 on most)."""
    chance = np.random.default_rng(seed)
    counts = chance.integers(1, 13, persons)
    total = int(counts.sum())
    owners = np.repeat(np.arange(persons), counts)
    t = np.cumsum(chance.choice(GAPS, total))
    heads = np.append(0, np.cumsum(counts)[:-1])
    begins = START + chance.integers(-12 * DAY_MS, 24 * DAY_MS, persons) // 1000 * 1000
    begins = np.where(chance.random(persons) < 0.1, END - chance.integers(0, WINDOW_MS, persons), begins)  # some reach over the end
    t += np.repeat(begins - t[heads], counts)
    page = chance.choice(PAGES, total)
    return pa.table(
        {
            "person": [f"p{owner}" for owner in owners], "t": t.astype(np.int64), "sequence": np.arange(total),
            "page": page, "orders": (page == "order").astype(np.int64), "visits": (chance.random(total) < 0.7).astype(np.int64),
        }
    )  # fmt: skip


def steps(*pages: tuple[str, ...]) -> list[dict]:
    """Steps of a fallout: one of some pages each."""
    return [{"dimension": "page", "equals_any_of": [*some], "label": f"step {number}"} for number, some in enumerate(pages, 1)]


def frame(spark, table: pa.Table):
    """The same events as a DataFrame that reports take."""
    rows = table.rename_columns({"person": "person_id", "t": "timestamp"})
    return spark.createDataFrame(rows)
