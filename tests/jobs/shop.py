"""A small shop for jobs that run as processes: a project's folder, its files, and arrivals in two instalments."""

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
PAGES = ("home", "help: returns", "product: lamp", "product: chair", "cart", "checkout", "thanks")
KEYS = {"product: lamp": "productViews", "cart": "productListAdds", "checkout": "checkouts", "thanks": "purchases"}

CONNECTION = """
name: shop
datasets:
  web:
    type: event
    source: {format: json, path: raw/web}
    event_id: _id
    timestamp: timestamp
    person_id: {identity_map: CRM}
    persistent_id: {identity_map: ECID}
    stitching: {method: field_based, replay: unlimited}
  store:
    type: event
    source: {format: parquet, path: raw/store}
    event_id: receipt
    timestamp: sold_at
    person_id: {column: customer, namespace: CRM}
  calls:
    type: event
    source: {format: csv, path: raw/calls}
    timestamp: started_at
    person_id: {column: customer_id, namespace: CRM}
  crm: {type: profile, source: {format: csv, path: raw/crm}, person_id: {column: crm_id, namespace: CRM}}
  catalogue: {type: lookup, source: {format: csv, path: raw/catalogue}, key: sku, matches: "productListItems[].SKU"}
"""
VIEW = """
name: shop
buckets: 4
dimensions:
  page: web.name
  category: {lookup: catalogue.category}
  tier: {profile: crm.tier}
metrics:
  orders: {field: commerce.purchases.value}
  carts: {field: commerce.productListAdds.value}
  calls: {field: reason, behavior: instances}
  spent: {field: amount}
segments:
  buyers: {container: person, where: {metric: orders, at_least: 7}}
  cart_users: {container: person, where: {metric: carts, at_least: 1}}
"""
REPORTS = {
    "pages": "report: table\nrange: last 30 days\ndimensions: [page, tier]\nmetrics: [events, people, sessions, orders]\n",
    "categories": "report: table\nrange: last 30 days\ndimensions: [category]\nmetrics: [people, orders]\n",
    "daily": "report: trend\nrange: last 30 days\ngranularity: day\nmetrics: [events, people, spent, calls]\n",
    "visits": "report: sessions\nrange: last 30 days\n",
    "checkout": "report: fallout\nrange: last 30 days\nsteps: [carts, orders]\nwindow: 7 days\n",
}
AUDIENCE = "segments: {all: [cart_users, {exclude: buyers}]}\nrefresh: daily\nlookback: 30 days\nsinks: [profiles]\n"


def write_project(folder: Path) -> Path:
    """The project's YAML; its lake is `folder`/lake, its files lie in `folder`/raw."""
    files = {
        "connection.yaml": CONNECTION, "view.yaml": VIEW, "lake.yaml": "location: ../lake\nfiles: ..\n",
        "sinks/profiles.yaml": "sink: delta\n", "audiences/cart_leavers.yaml": AUDIENCE,
        **{f"reports/{name}.yaml": text for name, text in REPORTS.items()},
    }  # fmt: skip
    for name, text in files.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "shop"


def _web(dice: random.Random, first_day: int, days: int, count: int):
    for number in range(count):
        device = dice.randrange(60)
        moment = BEGIN + timedelta(days=first_day, seconds=dice.randrange(days * 86_400))
        person = f"C{device // 2}" if dice.random() < 0.3 else dice.choice(["", "undefined"] if number % 50 == 0 else [None])
        page = dice.choice(PAGES)
        row = {"_id": f"w{first_day}-{number}", "timestamp": moment.isoformat(), "web": {"name": page},
               "identityMap": {"ECID": [{"id": f"{device:038d}"}]}}  # fmt: skip
        if person is not None:
            row["identityMap"]["CRM"] = [{"id": person}]
        if page in KEYS:
            row["commerce"] = {KEYS[page]: {"value": 1}}
        if page.startswith("product"):
            row["productListItems"] = [{"SKU": page[9:], "quantity": 1}]
        yield row


def arrive(folder: Path, instalment: int) -> None:
    """Write the files of one instalment: the first 20 days, then 10 more, a late row and a repeated one among them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    dice = random.Random(instalment)
    first, days, count = ((0, 20, 800), (20, 10, 400))[instalment]
    rows = list(_web(dice, first, days, count))
    rows.append({**rows[7]})
    if instalment:
        rows.append({**rows[3], "_id": "late", "timestamp": (BEGIN + timedelta(days=2)).isoformat()})
    raw = folder / "raw"
    for name in ("web", "store", "calls", "crm", "catalogue"):
        (raw / name).mkdir(parents=True, exist_ok=True)
    (raw / "web" / f"part-{instalment}.json").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sold = [BEGIN + timedelta(days=first, seconds=dice.randrange(days * 86_400)) for _ in range(60)]
    pq.write_table(
        pa.table({"receipt": [f"s{first}-{at}" for at in range(60)], "sold_at": pa.array(sold, pa.timestamp("us", "UTC")),
                  "customer": [f"C{dice.randrange(30)}" for _ in range(60)], "amount": [round(dice.random() * 90, 2) for _ in range(60)]}),
        raw / "store" / f"part-{instalment}.parquet",
    )  # fmt: skip
    _csv(raw / "calls" / f"part-{instalment}.csv", ("customer_id", "started_at", "reason"),
         [(f"C{dice.randrange(30)}", (BEGIN + timedelta(days=first, seconds=dice.randrange(days * 86_400))).strftime("%Y-%m-%d %H:%M:%S"),
           dice.choice(["returns", "delivery"])) for _ in range(40)])  # fmt: skip
    if instalment == 0:
        _csv(raw / "crm" / "part.csv", ("crm_id", "tier"), [(f"C{at}", ("gold", "silver")[at % 2]) for at in range(30)])
        _csv(raw / "catalogue" / "part.csv", ("sku", "category"), [("lamp", "light"), ("chair", "seats")])


def _csv(path: Path, header, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
