"""Persons and their visits: who comes when, by which channel, how far they get. Everything else follows from this."""

from __future__ import annotations

import math
from datetime import timedelta

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, listed, pick, skewed, weighted
from cja_spark.demo.masters import CAMPAIGNS, PRODUCTS
from cja_spark.demo.spec import DAY_MS, DAYS, Year

CHANNELS = {"direct": 26, "search": 30, "email": 18, "paid": 13, "social": 9, "affiliate": 4}
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
    "found_cart": ("home", "search", "product", "cart"),
    "found_checkout": ("home", "search", "product", "cart", "checkout"),
    "found_purchase": ("home", "search", "product", "cart", "checkout", "confirmation"),
    "lost": ("home", "help"),
    "helped_purchase": ("home", "category", "product", "help", "help_article", "cart", "checkout", "confirmation"),
    "helped_checkout": ("home", "category", "product", "help", "help_article", "cart", "checkout"),
}
NEEDS_LOGIN = ("checkout", "confirmation", "order_tracking")
KINDS = {  # per channel the weights of PATHS
    "direct": (22, 23, 8, 9, 5, 9, 8, 7, 2, 1, 2, 2, 1, 1),
    "search": (33, 27, 12, 7, 4, 5, 2, 1, 3, 1, 3, 1, 1, 0),
    "email": (16, 26, 4, 15, 8, 22, 2, 2, 2, 1, 1, 0, 1, 0),
    "paid": (43, 28, 6, 8, 4, 5, 1, 0, 1, 1, 1, 1, 0, 1),
    "social": (56, 30, 4, 4, 2, 2, 0, 0, 1, 0, 1, 0, 0, 0),
    "affiliate": (30, 28, 6, 13, 7, 10, 1, 0, 2, 1, 1, 0, 1, 0),
}
MOST_VISITS = 12
TRACKING_DAY, TRACKED_SHARE = 181, 0.5  # from this day of the year on the help asks first "Where is my order?"; who then goes there
ACCOUNT_SHARE, LOGIN_SHARE, APP_SHARE, SECOND_BROWSER_SHARE = 0.6, 0.35, 0.3, 0.15


def season(year: Year) -> list[float]:
    """Weight of each day of the year: busy before Christmas, quiet in spring, busier at weekends."""
    weights = []
    for number in range(DAYS):
        day = year.first_day + timedelta(days=number)
        yearly = 1 + 0.25 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 330) / DAYS)
        peak = 1.8 if day.month == 11 and 24 <= day.day <= 30 else 1.0
        weights.append(yearly * peak * (1.25 if day.weekday() >= 5 else 1.0))
    return weights


def _day(year: Year, draw: Column) -> Column:
    """A day of the year by its weight: a list holds each day as often as its weight says."""
    return pick([day for day, weight in enumerate(season(year)) for _ in range(round(weight * 8))], draw)


def device(seed: int, *keys: str) -> Column:
    """A device's id of 38 digits, as ECIDs are."""
    return F.concat(F.lit("3"), F.lpad(F.abs(F.xxhash64(F.lit("ecid"), F.lit(seed).cast("bigint"), *keys)), 37, "0"))


def persons(spark: SparkSession, year: Year) -> DataFrame:
    """People of the story.

    Rows:    One per person.
    Columns: returns person bigint, crm_id string (null without an account), household bigint (whose devices are used:
        every 80th person uses the neighbour's), visits int (1 to 12, most people few).
    """
    neighbour = F.pmod(F.col("person"), F.lit(80)) == 41
    return spark.range(year.persons).select(F.col("id").alias("person")).select(
        "person",
        F.when(
            chance("account", year.seed, "person") < ACCOUNT_SHARE,
            F.concat(F.lit("C"), F.lpad(F.col("person").cast("string"), 9, "0")),
        ).alias("crm_id"),
        F.when(neighbour, F.col("person") - 1).otherwise(F.col("person")).alias("household"),
        (1 + skewed(chance("visits", year.seed, "person"), MOST_VISITS)).alias("visits"),
    )  # fmt: skip


def _kinds() -> list[str]:
    """Kinds of visits by percent: first those of people with an account, channel after channel, then the others'.

    Nobody without an account gets to a page that needs a login: such a visit ends at a product, found by a search or not.
    """
    names = [weighted(dict(zip(PATHS, weights, strict=True))) for weights in KINDS.values()]
    with_account = [name for channel in names for name in channel]
    without = [_as_guest(name) for name in with_account]
    return with_account + without


def _as_guest(kind: str) -> str:
    """What a visit becomes without an account."""
    if not set(PATHS[kind]) & set(NEEDS_LOGIN):
        return kind
    return "search" if "search" in PATHS[kind] else "browse"


def _kind(year: Year) -> Column:
    """How far a visit gets."""
    key = ("person", "visit")
    percent = F.floor(chance("kind", year.seed, *key) * 100)
    others = F.when(F.col("crm_id").isNull(), F.lit(100 * len(KINDS))).otherwise(F.lit(0))
    kind = listed(_kinds(), others + F.col("_channel") * 100 + percent)
    asked = (F.col("start") >= year.begin_ms + TRACKING_DAY * DAY_MS) & F.col("crm_id").isNotNull()
    return F.when((kind == "help") & asked & (chance("tracked", year.seed, *key) < TRACKED_SHARE), F.lit("tracking")).otherwise(kind)


def _campaign(start: Column) -> Column:
    """The campaign of a moment: ten a year, each for about five weeks."""
    month = F.month(F.date_from_unix_date((start / DAY_MS).cast("int")))
    return listed([CAMPAIGNS[(number + 3) % 12 * 10 // 12] for number in range(1, 13)], month - 1)


def visits(spark: SparkSession, year: Year) -> DataFrame:
    """All visits to site and app.

    Rows:    One per visit.
    Columns: returns person bigint, visit int, crm_id string, household bigint, start bigint (ms UTC), channel,
        campaign (null where nobody advertised), kind string (a key of PATHS), in_app, login boolean, browser,
        product int (Zipf rank).
    """
    seed, key = year.seed, ("person", "visit")
    rows = persons(spark, year).withColumn("visit", F.explode(F.sequence(F.lit(1), F.col("visits"))))
    # From 11 o'clock UTC until midnight: morning to evening in New York, busier late.
    hour = 11 + 12.9 * F.pow(chance("hour", seed, *key), F.lit(0.7))
    day = _day(year, chance("day", seed, *key)).cast("bigint")
    channels = [number for number, share in enumerate(CHANNELS.values()) for _ in range(share)]
    second = (chance("second_browser", seed, "person") < SECOND_BROWSER_SHARE) & (F.col("visit") % 2 == 0)
    return (
        rows.withColumn("start", F.lit(year.begin_ms) + day * DAY_MS + (hour * 3_600_000).cast("bigint"))
        .withColumn("_channel", pick(channels, chance("channel", seed, *key)))
        .withColumn("channel", listed(tuple(CHANNELS), F.col("_channel")))
        .select(
            "person", "visit", "crm_id", "household", "start", "channel",
            F.when(F.col("channel").isin("email", "paid", "affiliate"), _campaign(F.col("start"))).alias("campaign"),
            _kind(year).alias("kind"),
            (chance("app", seed, *key) < APP_SHARE).alias("in_app"),
            (F.col("crm_id").isNotNull() & (chance("login", seed, *key) < LOGIN_SHARE)).alias("login"),
            F.when(second, F.lit(1)).otherwise(F.lit(0)).alias("browser"),
            skewed(chance("product", seed, *key), PRODUCTS).alias("product"),
        )
    )  # fmt: skip


def pages(rows: DataFrame, seed: int) -> DataFrame:
    """The pages of visits.

    Rows:    One per page view.
    Columns: reads person bigint, visit int, kind string, start bigint, login boolean; adds page string, nth int (1 is
        the visit's first), t bigint (ms UTC), known boolean (the person is logged in).
    """
    paths = F.create_map(*[part for kind, path in PATHS.items() for part in (F.lit(kind), F.lit(list(path)))])
    opened = rows.select("*", F.posexplode(paths[F.col("kind")]).alias("_at", "page")).withColumn("nth", F.col("_at") + 1)
    pause = 15_000 + (chance("pause", seed, "person", "visit", "nth") * 150_000).cast("bigint")
    return (
        opened.withColumn("t", F.col("start") + F.col("_at").cast("bigint") * 170_000 + pause)
        .withColumn("known", (F.col("login") & (F.col("nth") >= 2)) | F.col("page").isin(*NEEDS_LOGIN))
        .drop("_at")
    )
