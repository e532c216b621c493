"""What the events speak of: the catalogue's products, the campaigns, the customers of the CRM."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, listed, pick

CAMPAIGNS = tuple(f"c{number:02d}_{theme}" for number, theme in enumerate(
    ("autumn", "black_friday", "gifts", "new_year", "winter_sale", "spring", "easter", "outdoor", "summer", "back_to_school")
))  # fmt: skip
CATEGORIES = ("shoes", "jackets", "shirts", "trousers", "bags", "accessories", "fitness", "outdoor")
PRODUCTS = 400
TIERS = ("bronze", "silver", "gold", "platinum")
STATES = ("NY", "CA", "TX", "FL", "WA", "IL", "MA", "CO")


def sku(product: Column) -> Column:
    """The SKU of a product's rank."""
    return F.concat(F.lit("SKU"), F.lpad(product.cast("string"), 5, "0"))


def product_name(product: Column) -> Column:
    """A product's name."""
    return F.concat(F.lit("Product "), product.cast("string"))


def cents(product: Column, seed: int) -> Column:
    """A product's price in cents."""
    return 900 + F.pmod(F.xxhash64(F.lit("price"), F.lit(seed).cast("bigint"), product.cast("int")), F.lit(19_000))


def category(product: Column) -> Column:
    """A product's category."""
    return listed(CATEGORIES, F.pmod(product, F.lit(len(CATEGORIES))))


def catalogue(spark: SparkSession, seed: int) -> DataFrame:
    """Products.

    Rows:    One per product.
    Columns: returns sku, name, category string, price double (dollars).
    """
    rank = F.col("id").cast("int")
    return spark.range(PRODUCTS).select(
        sku(rank).alias("sku"),
        product_name(rank).alias("name"),
        category(rank).alias("category"),
        (cents(rank, seed) / 100).alias("price"),
    )


def crm(people: DataFrame, seed: int) -> DataFrame:
    """Customers.

    Rows:    One per person with an account; every hundredth has an older row before it, which the newer one replaces.
    Columns: reads person bigint, crm_id string; returns crm_id, tier, state, joined, email_sha256 string, version int.
    """
    versions = F.when(F.pmod("person", F.lit(100)) == 3, F.array(F.lit(1), F.lit(2))).otherwise(F.array(F.lit(2)))
    rows = people.where(F.col("crm_id").isNotNull()).withColumn("version", F.explode(versions))
    tier = pick(TIERS, F.pow(chance("tier", seed, "person"), F.lit(2.0)))
    joined = F.date_add(F.lit("2019-01-01").cast("date"), (chance("joined", seed, "person") * 2400).cast("int"))
    return rows.select(
        "crm_id",
        F.when(F.col("version") == 1, F.lit("none")).otherwise(tier).alias("tier"),
        pick(STATES, chance("state", seed, "person")).alias("state"),
        joined.cast("string").alias("joined"),
        F.sha2(F.concat(F.lit("customer"), "person"), 256).alias("email_sha256"),
        "version",
    ).orderBy("crm_id", "version")
