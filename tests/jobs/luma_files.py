"""The files of conf/luma read and joined by plain Python: tables of events and of their items."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

ZONE = ZoneInfo("America/Los_Angeles")
FIRST_DAY = dt.date(2022, 10, 31)  # a Monday
DAY_MS, WEEKS = 86_400_000, 4  # weeks that are over when the data end


def midnight(days: int) -> int:
    """The first instant, ms, of a day of Los Angeles so many days after the first one."""
    return int(dt.datetime.combine(FIRST_DAY + dt.timedelta(days=days), dt.time(), ZONE).timestamp() * 1000)


START, END = midnight(0), midnight(30)


def _read(folder: Path, name: str) -> list[dict]:
    return json.loads((folder / f"luma-{name}.json").read_text(encoding="utf-8"))


def _own(row: Mapping) -> dict:
    found = row["_yourOrganizationID"]
    return found.get("systemIdentifier", found)


def _event(row: Mapping, number: int, person: str) -> dict:
    t = dt.datetime.fromisoformat(row["timestamp"])
    commerce, kind = row["commerce"], row.get("eventType")
    return {
        "person": person, "t": int(t.timestamp() * 1000), "number": number, "id": row["_id"], "dataset": ("web", "store")[number],
        "event_type": kind, "action": kind or "purchase in a store", "day": (t.astimezone(ZONE).date() - FIRST_DAY).days,
        "label": t.astimezone(ZONE).isoformat(timespec="milliseconds"),
        "saves": float(commerce["saveForLaters"]["value"]) if "saveForLaters" in commerce else None,
        "revenue": commerce["order"]["priceTotal"] if "order" in commerce else None,
    }  # fmt: skip


def _customers(members: list[dict]) -> dict[str, str | None]:
    """The customer number of each card: that of who joined last with it; two cards are in the file twice."""
    joined = sorted(members, key=lambda row: row["loyalty"]["joinDate"])
    return {_own(row)["loyaltyId"]: _own(row)["crmId"] for row in joined}


def database(folder: Path) -> duckdb.DuckDBPyConnection:
    """Tables of the files: events in the order of each journey, their items, and what is known of persons."""
    customers = _customers(_read(folder, "loyalty"))
    tiers = {_own(row)["crmId"]: row["loyalty"]["tier"] for row in _read(folder, "loyalty")}
    states = {_own(row)["crmId"]: row["homeAddress"]["state"] for row in _read(folder, "crm")}
    stock = {_own(row)["inventoryEvent"]["sku"]: _own(row)["inventoryEvent"]["stockEventType"] for row in _read(folder, "inventory-events")}
    products = {_own(row)["product"]["sku"]: _own(row)["product"].get("category") for row in _read(folder, "product-catalog")}
    events, items, seen = [], [], set()
    for number, name in enumerate(("web-events", "offline-purchases")):
        for row in _read(folder, name):
            if row["_id"] in seen:
                continue
            seen.add(row["_id"])
            card = None if number == 0 else _own(row)["loyaltyId"]
            person = row["identityMap"]["lumaCrmId"][0]["id"] if card is None else customers.get(card) or card
            events.append({**_event(row, number, person), "tier": tiers.get(person), "state": states.get(person)})
            items += [
                {"id": row["_id"], "category": products.get(one["SKU"]), "stock": stock.get(one["SKU"]), "quantity": one.get("quantity")}
                for one in row["productListItems"]
            ]
    found = duckdb.connect()
    for table, rows in (("read_events", events), ("read_items", items)):
        found.register(table, pa.Table.from_pylist(rows))
    found.execute(EVENTS)
    return found


EVENTS = """
create table items as select * from read_items;
create table events as
with placed as (select *, row_number() over (partition by person order by t, number, id) as place, day // 7 as week from read_events),
gaps as (select *, coalesce(t - lag(t) over (partition by person order by place) > 1800000, true) as opens from placed)
select *, sum(opens::int) over (partition by person order by place rows unbounded preceding) as session,
    coalesce((dataset = 'store')::int, 0) as orders, coalesce((event_type = 'commerce.purchases')::int, 0) as web_purchases,
    coalesce((event_type = 'commerce.productViews')::int, 0) as views
from gaps;
create table heads as
select *, row_number() over (partition by person order by place) as step from (
    select person, place, action, lag(action) over (partition by person order by place) as before from events)
where action is distinct from before;
"""
