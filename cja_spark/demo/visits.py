"""Persons and their visits: who comes when, by which channel, how far they get. Everything else follows from this."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, pick, skewed, weighted

FIRST_DAY = date(2025, 9, 1)
DAYS = 365
EVENTS_PER_PERSON = 14
CHANNELS = ("direct", "search", "email", "paid", "social", "affiliate")
CAMPAIGNS = tuple(f"c{number:02d}_{theme}" for number, theme in enumerate(
    ("autumn", "black_friday", "gifts", "new_year", "winter_sale", "spring", "easter", "outdoor", "summer", "back_to_school")
))  # fmt: skip
CATEGORIES = ("shoes", "jackets", "shirts", "trousers", "bags", "accessories", "fitness", "outdoor")
PRODUCTS = 400
# How far a visit gets, and the pages of it. A shopper's later pages need a login, as on most sites.
PATHS = {
    "bounce": ("home",),
    "browse": ("home", "category", "product"),
    "search": ("home", "search", "product", "product"),
    "cart": ("home", "category", "product", "cart"),
    "checkout": ("home", "category", "product", "cart", "checkout"),
    "purchase": ("home", "category", "product", "cart", "checkout", "confirmation"),
    "help": ("home", "help", "help_article"),
    "tracking": ("home", "help", "order_tracking"),
}
KINDS = tuple(PATHS)
_WEIGHTS = {  # per channel the weights of KINDS
    "direct": (24, 24, 10, 10, 5, 11, 9, 7),
    "search": (34, 28, 16, 8, 4, 6, 3, 1),
    "email": (16, 26, 6, 16, 8, 24, 2, 2),
    "paid": (44, 28, 8, 9, 4, 6, 1, 0),
    "social": (56, 30, 5, 5, 2, 2, 0, 0),
    "affiliate": (30, 28, 8, 14, 7, 12, 1, 0),
}


def season() -> list[float]:
    """Weight of each day of the year: busy before Christmas, quiet in February, busier at weekends."""
    weights = []
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        yearly = 1 + 0.25 * math.cos(2 * math.pi * (number - 85) / 365)
        peak = 1.8 if day.month == 11 and 24 <= day.day <= 30 else 1.0
        weights.append(yearly * peak * (1.25 if day.weekday() >= 5 else 1.0))
    return weights


def _days() -> Column:
    """Days of the year, each as often as its weight says."""
    scale = 8
    return F.array(*[F.lit(day) for day, weight in enumerate(season()) for _ in range(max(1, round(weight * scale)))])


def persons(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """People of the story.

    Rows:    One per person.
    Columns: person bigint, crm_id (null without an account), ecid (shared by every 40th pair), visits int.
    """
    count = max(events // EVENTS_PER_PERSON, 20)
    rows = spark.range(count).withColumnRenamed("id", "person")
    account = chance("account", seed, "person") < 0.6
    shared = F.when(F.pmod("person", F.lit(80)) == 41, F.col("person") - 1).otherwise(F.col("person"))
    rows = rows.withColumn("_device", shared)
    return rows.select(
        "person",
        F.when(account, F.concat(F.lit("C"), F.lpad(F.col("person").cast("string"), 9, "0"))).alias("crm_id"),
        F.concat(
            F.lit("3"), F.lpad(F.abs(F.xxhash64(F.lit("ecid"), F.lit(seed), "_device")).cast("string"), 37, "0")
        ).alias("ecid"),
        (1 + skewed(chance("visits", seed, "person"), 12)).alias("visits"),
    )


def visits(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """All visits to site and app.

    Rows:    One per visit.
    Columns: adds visit int, start bigint (ms UTC), channel, campaign, kind, in_app boolean, login boolean,
        product int (rank; Zipf).
    """
    start_ms = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp() * 1000)
    rows = persons(spark, events, seed).withColumn("visit", F.explode(F.sequence(F.lit(1), F.col("visits"))))
    days = _days()
    key = ("person", "visit")
    day = F.element_at(days, (chance("day", seed, *key) * F.size(days)).cast("int") + 1)
    hour = 6 + 17 * F.pow(chance("hour", seed, *key), F.lit(0.7))
    rows = rows.withColumn(
        "start", (F.lit(start_ms) + day.cast("bigint") * 86_400_000 + (hour * 3_600_000).cast("bigint"))
    )
    draw = chance("channel", seed, *key)
    rows = rows.withColumn(
        "channel", F.element_at(F.array(*[F.lit(c) for c in CHANNELS]), weighted((26, 30, 18, 13, 9, 4), draw) + 1)
    )
    month = F.month(F.timestamp_millis("start"))
    campaign = F.element_at(
        F.array(*[F.lit(c) for c in CAMPAIGNS]), (F.pmod(month + 3, F.lit(12)) * 10 / 12).cast("int") + 1
    )
    kind = F.lit(None).cast("string")
    for channel, weights in _WEIGHTS.items():
        names = F.array(*[F.lit(name) for name in KINDS])
        kind = F.when(
            F.col("channel") == channel, F.element_at(names, weighted(weights, chance("kind", seed, *key)) + 1)
        ).otherwise(kind)
    rows = rows.withColumn(
        "campaign", F.when(F.col("channel").isin("email", "paid", "affiliate"), campaign)
    ).withColumn("_kind", kind)
    buys = F.col("_kind").isin("checkout", "purchase", "tracking")
    return rows.withColumn("kind", F.when(buys & F.col("crm_id").isNull(), "browse").otherwise(F.col("_kind"))).select(
        "person", "crm_id", "ecid", *("visit", "start", "channel", "campaign", "kind"),
        (chance("app", seed, *key) < 0.3).alias("in_app"),
        (F.col("crm_id").isNotNull() & (chance("login", seed, *key) < 0.35)).alias("login"),
        skewed(chance("product", seed, *key), PRODUCTS).alias("product"),
    )  # fmt: skip


def pages(rows: DataFrame, seed: int) -> DataFrame:
    """The pages of visits.

    Rows:    One per page view.
    Columns: adds nth int (1 is the visit's first), page, t bigint (ms UTC), known boolean (the person is logged in).
    """
    paths = F.lit(None).cast("array<string>")
    for kind, path in PATHS.items():
        paths = F.when(F.col("kind") == kind, F.array(*[F.lit(page) for page in path])).otherwise(paths)
    opened = rows.select("*", F.posexplode(paths).alias("_at", "page")).withColumn("nth", F.col("_at") + 1)
    pause = 15_000 + (chance("pause", seed, "person", "visit", "nth") * 150_000).cast("bigint")
    needs_login = F.col("page").isin("checkout", "confirmation", "order_tracking")
    return (
        opened.withColumn("t", F.col("start") + F.col("_at").cast("bigint") * 170_000 + pause)
        .withColumn("known", (F.col("login") & (F.col("nth") >= 2)) | needs_login)
        .drop("_at")
    )


def sku(product: Column) -> Column:
    """The SKU of a product's rank."""
    return F.concat(F.lit("SKU"), F.lpad(product.cast("string"), 5, "0"))


def price(product: Column, seed: int) -> Column:
    """A product's price in dollars; the catalogue's."""
    return F.round(9 + F.pmod(F.xxhash64(F.lit("price"), F.lit(seed), product.cast("int")), F.lit(19_000)) / 100, 2)


def category(product: Column) -> Column:
    """A product's category."""
    return pick(CATEGORIES, F.pmod(product, F.lit(len(CATEGORIES))) / len(CATEGORIES))
