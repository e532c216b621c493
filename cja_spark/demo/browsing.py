"""Site and app: page views in XDM's shape, and the bot that reads product pages."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo.cart import items, total
from cja_spark.demo.chance import chance, pick, weighted
from cja_spark.demo.masters import PRODUCTS, category, sku
from cja_spark.demo.spec import DAY_MS, DAYS, Year
from cja_spark.demo.visits import device

BOT = "9" * 38
BOT_AGENT = "Mozilla/5.0 (compatible; pricewatch/2.1; +https://pricewatch.example/bot)"
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36": 44,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1": 30,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15": 16,
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0": 10,
}
# Of rows without a login: what a broken tag writes where the person's id should be.
PLACEHOLDERS = {"undefined": 0.002, "00000000-0000-0000-0000-000000000000": 0.001, "": 0.001}
NO_DEVICE_SHARE = 0.0005


def site(pages: DataFrame, seed: int) -> DataFrame:
    """Site events.

    Rows:    One per page view outside the app.
    Columns: reads person bigint, visit, nth int, page, channel, campaign, crm_id string, known, in_app boolean,
        product, browser int, household, t bigint; returns t bigint (ms), _id, timestamp string, identityMap, web struct,
        channel string, marketing, commerce struct, productListItems array<struct>, search, environment struct.
    """
    agent = pick(weighted(AGENTS), chance("agent", seed, "household", "browser"))
    rows = pages.where(~F.col("in_app")).withColumn("_device", device(seed, "household", "browser"))
    return _web(rows.withColumn("_agent", agent), seed)


def app(pages: DataFrame, seed: int) -> DataFrame:
    """App events: what means the same has the site's paths; a phone has an id of its own and no browser.

    Rows:    One per screen of the app.
    Columns: reads person bigint, visit, nth int, page, channel, campaign, crm_id string, known, in_app boolean,
        product int, t bigint; returns t bigint (ms), _id, timestamp string, identityMap, web struct, channel string,
        marketing, commerce struct, productListItems array<struct>, search, application, device struct.
    """
    rows = pages.where(F.col("in_app")).withColumn("_device", device(seed, "person"))
    system = F.when(chance("phone", seed, "person") < 0.55, F.lit("iOS")).otherwise(F.lit("Android"))
    return rows.select(
        "t",
        *_payload("a", seed),
        F.struct(F.lit("4.2").alias("version"), F.col("nth").alias("screen")).alias("application"),
        F.struct(system.alias("operatingSystem")).alias("device"),
    )


def bot(spark: SparkSession, year: Year) -> DataFrame:
    """One device that reads product pages all year round, at even distances: one event in a hundred.

    Rows:    One per page view, at least 1,000.
    Columns: returns t bigint (ms), _id, timestamp string, identityMap, web struct, channel string, marketing, commerce
        struct, productListItems array<struct>, search, environment struct.
    """
    count = max(year.events // 100, 1000)
    rows = spark.range(count).select(
        F.lit(-1).cast("bigint").alias("person"), F.lit(1).alias("visit"), F.col("id").cast("int").alias("nth"),
        F.lit(BOT).alias("_device"), F.lit(BOT_AGENT).alias("_agent"), F.lit(None).cast("string").alias("crm_id"),
        F.lit("product").alias("page"), F.lit("direct").alias("channel"),
        F.lit(None).cast("string").alias("campaign"), F.lit(False).alias("known"),
        F.pmod("id", F.lit(PRODUCTS)).cast("int").alias("product"),
        (F.lit(year.begin_ms) + F.col("id") * (DAYS * DAY_MS // count)).alias("t"),
    )  # fmt: skip
    return _web(rows, year.seed)


def iso(t: Column) -> Column:
    """ISO text of an instant in ms."""
    return F.date_format(F.timestamp_millis(t), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")


def _web(rows: DataFrame, seed: int) -> DataFrame:
    browser = F.struct(F.struct(F.col("_agent").alias("userAgent")).alias("browserDetails"))
    return rows.select("t", *_payload("w", seed), browser.alias("environment"))


def _payload(prefix: str, seed: int) -> tuple[Column, ...]:
    shows = F.col("page").isin("product", "cart", "checkout", "confirmation")
    entry = F.col("nth") == 1
    page = F.struct(_page_name().alias("name"), F.col("page").alias("siteSection"))
    return (
        F.concat(F.lit(prefix), "person", F.lit("-"), "visit", F.lit("-"), "nth").alias("_id"),
        iso(F.col("t")).alias("timestamp"),
        _identity_map(seed).alias("identityMap"),
        F.struct(page.alias("webPageDetails")).alias("web"),
        F.col("channel"),
        F.struct(F.when(entry, F.col("campaign")).alias("trackingCode")).alias("marketing"),
        _commerce(seed).alias("commerce"),
        F.when(shows, items(seed)).alias("productListItems"),
        F.struct(F.when(F.col("page") == "search", category(F.col("product"))).alias("term")).alias("search"),
    )


def _page_name() -> Column:
    return (
        F.when(F.col("page") == "product", F.concat(F.lit("product: "), sku(F.col("product"))))
        .when(F.col("page") == "category", F.concat(F.lit("category: "), category(F.col("product"))))
        .otherwise(F.col("page"))
    )


def _commerce(seed: int) -> Column:
    def one(page: str) -> Column:
        return F.struct(F.when(F.col("page") == page, F.lit(1).cast("bigint")).alias("value"))

    bought = F.col("page") == "confirmation"
    number = F.concat(F.lit("PO-"), "person", F.lit("-"), "visit")
    order = F.struct(
        F.when(bought, number).alias("purchaseID"),
        F.when(bought, total(seed)).alias("priceTotal"),
    )
    return F.struct(
        one("product").alias("productViews"), one("cart").alias("productListAdds"),
        one("checkout").alias("checkouts"), one("confirmation").alias("purchases"), order.alias("order"),
    )  # fmt: skip


def _identity_map(seed: int) -> Column:
    """The device and, when known, the person; of the others a few have a placeholder, fewer no device."""
    draw = chance("placeholder", seed, "person", "visit", "nth")
    person, reached = F.when(F.col("known"), F.col("crm_id")), 0.0
    for text, share in PLACEHOLDERS.items():
        reached += share
        person = person.when(draw < reached, F.lit(text))
    lost = ~F.col("known") & (draw >= 1 - NO_DEVICE_SHARE)
    machine = F.when(lost, F.lit("")).otherwise(F.col("_device"))
    return F.struct(
        F.array(F.struct(machine.alias("id"), F.lit(True).alias("primary"))).alias("ECID"),
        F.when(person.isNotNull(), F.array(F.struct(person.alias("id"), F.lit(False).alias("primary")))).alias("CRM"),
    )
