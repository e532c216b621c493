"""The channels: what each dataset of the retailer looks like, all of it following from the same visits."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, pick, skewed
from cja_spark.demo.visits import CATEGORIES, PRODUCTS, category, persons, price, sku, visits

HOUR_MS = 3_600_000
CALL_SHARE = {"help": 0.4, "tracking": 0.06, "purchase": 0.02}  # of visits of a kind after which the person calls
REASONS = ("delivery", "return", "payment", "size", "account")
STATES = ("NY", "CA", "TX", "FL", "WA", "IL", "MA", "CO")


def _iso(t: Column) -> Column:
    return F.date_format(F.timestamp_millis(t), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")


def _items(rows: DataFrame, seed: int) -> Column:
    """One or two products with quantity and line total, as the cart has them."""
    product = F.col("product")
    second = F.pmod(product * 7 + 13, F.lit(PRODUCTS))
    quantity = (1 + skewed(chance("quantity", seed, "person", "visit"), 3)).cast("int")

    def line(rank: Column, count: Column) -> Column:
        return F.struct(
            sku(rank).alias("SKU"),
            F.concat(F.lit("Product "), rank.cast("string")).alias("name"),
            count.alias("quantity"),
            F.round(price(rank, seed) * count, 2).alias("priceTotal"),
        )

    first, other = line(product, quantity), line(second, F.lit(1))
    two = chance("two", seed, "person", "visit") < 0.3
    return F.when(two, F.array(first, other)).otherwise(F.array(first))


def _total(items: Column) -> Column:
    return F.round(F.aggregate(items, F.lit(0.0), lambda total, item: total + item["priceTotal"]), 2)


def _count(page: str) -> Column:
    return F.struct(F.when(F.col("page") == page, F.lit(1)).alias("value"))


def _identity(seed: int, device: str) -> Column:
    """An identityMap with the device and, when known, the person; blank and placeholder ids among them."""
    draw = chance("placeholder", seed, "person", "visit", "nth")
    crm = (
        F.when(F.col("known"), F.col("crm_id"))
        .when(draw < 0.002, F.lit("undefined"))
        .when(draw < 0.003, F.lit("00000000-0000-0000-0000-000000000000"))
        .when(draw < 0.004, F.lit(""))
    )
    ecid = F.when((draw > 0.9995) & ~F.col("known"), F.lit("")).otherwise(F.col(device))
    listed = F.array(F.struct(crm.alias("id"), F.lit(False).alias("primary")))
    return F.struct(
        F.array(F.struct(ecid.alias("id"), F.lit(True).alias("primary"))).alias("ECID"),
        F.when(crm.isNotNull(), listed).alias("CRM"),
    )


def browsing(pages: DataFrame, seed: int, *, app: bool) -> DataFrame:
    """Site or app events in XDM's shape; app events share the paths that mean the same.

    Rows:    One per page view.
    Columns: returns t bigint (ms), then the payload.
    """
    rows = pages.where(F.col("in_app") == app).withColumn("items", _items(pages, seed))
    shows = F.col("page").isin("product", "cart", "checkout", "confirmation")
    bought = F.col("page") == "confirmation"
    prefix = "a" if app else "w"
    order = F.struct(
        F.when(bought, F.concat(F.lit("PO-"), "person", F.lit("-"), "visit")).alias("purchaseID"),
        F.when(bought, _total(F.col("items"))).alias("priceTotal"),
    )
    # A phone has an id of its own.
    device = (
        rows.withColumn("_device", F.concat(F.lit("4"), F.substring("ecid", 2, 37)))
        if app
        else rows.withColumn("_device", F.col("ecid"))
    )
    page_name = (
        F.when(F.col("page") == "product", F.concat(F.lit("product: "), sku(F.col("product"))))
        .when(F.col("page") == "category", F.concat(F.lit("category: "), category(F.col("product"))))
        .otherwise(F.col("page"))
    )
    columns = [
        F.concat(F.lit(prefix), "person", F.lit("-"), "visit", F.lit("-"), "nth").alias("_id"),
        _iso(F.col("t")).alias("timestamp"),
        _identity(seed, "_device").alias("identityMap"),
        F.struct(
            F.struct(page_name.alias("name"), F.col("page").alias("siteSection")).alias("webPageDetails")
        ).alias("web"),
        F.col("channel"),
        F.struct(F.when(F.col("nth") == 1, F.col("campaign")).alias("trackingCode")).alias("marketing"),
        F.struct(
            _count("product").alias("productViews"), _count("cart").alias("productListAdds"),
            _count("checkout").alias("checkouts"), _count("confirmation").alias("purchases"), order.alias("order"),
        ).alias("commerce"),
        F.when(shows, F.col("items")).alias("productListItems"),
        F.struct(F.when(F.col("page") == "search", category(F.col("product"))).alias("term")).alias("search"),
    ]  # fmt: skip
    if app:
        columns.append(F.struct(F.lit("4.2").alias("version"), F.col("nth").alias("screen")).alias("application"))
    return device.select("t", *columns)


def email(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """E-mails: a visit by e-mail was sent, opened and clicked before; others were only sent, or opened in vain."""
    rows = visits(spark, events, seed).where(F.col("crm_id").isNotNull())
    clicked = rows.where(F.col("channel") == "email")
    click = clicked.select("*", F.explode(F.array(
        *[F.struct(F.lit(kind).alias("type"), F.lit(before).alias("before")) for kind, before in (("send", 3 * HOUR_MS), ("open", 90_000), ("click", 20_000))]
    )).alias("_mail"))  # fmt: skip
    ignored = rows.where((F.col("channel") != "email") & (chance("mailed", seed, "person", "visit") < 0.5))
    some_time = (F.lit(20 * HOUR_MS) * chance("mail_hour", seed, "person", "visit")).cast("bigint") + 6 * HOUR_MS
    opened = chance("opened", seed, "person", "visit") < 0.3
    vain = ignored.select(
        "*",
        F.explode(F.when(opened, F.array(F.lit("send"), F.lit("open"))).otherwise(F.array(F.lit("send")))).alias(
            "_type"
        ),
    )
    vain = vain.withColumn(
        "_mail",
        F.struct(
            F.col("_type").alias("type"),
            (some_time - F.when(F.col("_type") == "open", 1_800_000).otherwise(0)).cast("int").alias("before"),
        ),
    ).drop("_type")
    both = click.unionByName(vain).withColumn("t", F.col("start") - F.col("_mail.before"))
    month = F.lpad(F.month(F.timestamp_millis("start")).cast("string"), 2, "0")
    return both.select(
        "t",
        F.concat(F.lit("m"), "person", F.lit("-"), "visit", F.lit("-"), "_mail.type").alias("_id"),
        (F.col("t") / 1000).cast("bigint").alias("sent_at"),
        F.col("crm_id").alias("customer"),
        F.col("_mail.type").alias("interaction"),
        F.coalesce("campaign", F.concat(F.lit("newsletter_"), month)).alias("message"),
        F.lit("email").alias("channel"),
    )


def calls(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """Calls: mostly within hours after a help page; order tracking spares most of them."""
    rows = visits(spark, events, seed).where(F.col("crm_id").isNotNull())
    share = F.lit(0.004)
    for kind, part in CALL_SHARE.items():
        share = F.when(F.col("kind") == kind, F.lit(part)).otherwise(share)
    called = rows.where(chance("calls", seed, "person", "visit") < share)
    t = F.col("start") + (600_000 + chance("call_hours", seed, "person", "visit") * 20 * HOUR_MS).cast("bigint")
    moment = F.timestamp_millis("t")
    form = F.pmod("person", F.lit(4))
    written = (
        F.when(form == 0, F.date_format(moment, "yyyy-MM-dd HH:mm:ss"))
        .when(form == 1, F.date_format(moment, "yyyy-M-d H:mm:ss"))
        .when(form == 2, F.date_format(moment, "yyyy-MM-dd'T'HH:mm:ss'Z'"))
        .otherwise((F.col("t") / 1000).cast("bigint").cast("string"))
    )
    minutes = 3 + chance("minutes", seed, "person", "visit") * 22
    return called.withColumn("t", t).select(
        "t",
        F.concat(F.lit("k"), "person", F.lit("-"), "visit").alias("call_id"),
        written.alias("started_at"),
        F.col("crm_id").alias("customer_id"),
        pick(REASONS, chance("reason", seed, "person", "visit")).alias("reason"),
        (minutes * 60).cast("int").cast("string").alias("duration_seconds"),
        F.round(minutes * 0.9, 2).alias("cost"),
        F.concat(F.lit("agent_"), (chance("agent", seed, "person", "visit") * 40).cast("int")).alias("agent"),
        F.lit("call").alias("channel"),
    )


def store(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """Purchases in shops, by the customer card; some follow a visit to the site by days."""
    rows = visits(spark, events, seed).where(
        F.col("crm_id").isNotNull() & (chance("store", seed, "person", "visit") < 0.06)
    )
    t = F.col("start") + (chance("store_days", seed, "person", "visit") * 6 * 24 * HOUR_MS).cast("bigint") + HOUR_MS
    bought = rows.withColumn("t", t).withColumn("items", _items(rows, seed))
    return bought.select(
        "t",
        F.concat(F.lit("s"), "person", F.lit("-"), "visit").alias("_id"),
        F.timestamp_millis("t").cast("timestamp_ntz").alias("sold_at"),
        F.col("crm_id").alias("card"),
        F.concat(F.lit("shop_"), (chance("shop", seed, "person") * 25).cast("int")).alias("shop"),
        F.struct(
            F.struct(F.lit(1).cast("bigint").alias("value")).alias("purchases"),
            F.struct(
                F.concat(F.lit("SO-"), "person", F.lit("-"), "visit").alias("purchaseID"),
                _total(F.col("items")).alias("priceTotal"),
            ).alias("order"),
        ).alias("commerce"),
        F.col("items").alias("productListItems"),
        F.lit("store").alias("channel"),
    )


def crm(spark: SparkSession, events: int, seed: int) -> DataFrame:
    """Customers: one row each, and for every hundredth an older row that the newer one replaces."""
    rows = persons(spark, events, seed).where(F.col("crm_id").isNotNull())
    rows = rows.withColumn(
        "version",
        F.explode(F.when(F.pmod("person", F.lit(100)) == 3, F.array(F.lit(1), F.lit(2))).otherwise(F.array(F.lit(2)))),
    )
    return rows.select(
        "crm_id",
        F.when(F.col("version") == 1, F.lit("none"))
        .otherwise(pick(("bronze", "silver", "gold", "platinum"), F.pow(chance("tier", seed, "person"), F.lit(2.0))))
        .alias("tier"),
        pick(STATES, chance("state", seed, "person")).alias("state"),
        F.date_add(F.lit("2019-01-01").cast("date"), (chance("joined", seed, "person") * 2400).cast("int"))
        .cast("string")
        .alias("joined"),
        F.sha2(F.concat(F.lit("customer"), "person"), 256).alias("email_sha256"),
        "version",
    ).orderBy("crm_id", "version")


def catalogue(spark: SparkSession, seed: int) -> DataFrame:
    """Products with name, category and price."""
    rank = F.col("id").cast("int")
    return spark.range(PRODUCTS).select(
        sku(rank).alias("sku"),
        F.concat(F.lit("Product "), rank.cast("string")).alias("name"),
        category(rank).alias("category"),
        price(rank, seed).alias("price"),
    )


__all__ = ["CATEGORIES", "browsing", "calls", "catalogue", "crm", "email", "store"]
