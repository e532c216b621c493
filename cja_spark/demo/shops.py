"""The shops: purchases by customer card, some days after a visit to the site."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.demo.cart import items, total
from cja_spark.demo.chance import chance
from cja_spark.demo.spec import DAY_MS

SHOP_SHARE = 0.06  # of visits after which the person buys in a shop
NO_CARD_SHARE = 0.02


def purchases(visits: DataFrame, seed: int) -> DataFrame:
    """Purchases in shops, with a time without zone as tills have it.

    Rows:    One per purchase.
    Columns: reads person bigint, visit int, crm_id string, start bigint, product int; returns t bigint (ms), _id string,
        sold_at timestamp_ntz, card, shop string, commerce struct, productListItems array<struct>, channel string.
    """
    key = ("person", "visit")
    bought = visits.where(F.col("crm_id").isNotNull() & (chance("store", seed, *key) < SHOP_SHARE))
    later = (chance("store_days", seed, *key) * 6 * DAY_MS).cast("bigint") + 3_600_000
    order = F.struct(
        F.concat(F.lit("SO-"), "person", F.lit("-"), "visit").alias("purchaseID"), total(seed).alias("priceTotal")
    )
    one = F.struct(F.lit(1).cast("bigint").alias("value"))
    return bought.withColumn("t", F.col("start") + later).select(
        "t",
        F.concat(F.lit("s"), "person", F.lit("-"), "visit").alias("_id"),
        F.timestamp_millis("t").cast("timestamp_ntz").alias("sold_at"),
        F.when(chance("no_card", seed, *key) >= NO_CARD_SHARE, F.col("crm_id")).alias("card"),
        F.concat(F.lit("shop_"), (chance("shop", seed, "person") * 25).cast("int")).alias("shop"),
        F.struct(one.alias("purchases"), order.alias("order")).alias("commerce"),
        items(seed).alias("productListItems"),
        F.lit("store").alias("channel"),
    )
