"""The cart: one or two products with quantity and line total, the same on every page of a visit."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance, skewed
from cja_spark.demo.masters import PRODUCTS, cents, product_name, sku


def _first() -> Column:
    return F.col("product")


def _second() -> Column:
    return F.pmod(F.col("product") * 7 + 13, F.lit(PRODUCTS))


def _quantity(seed: int) -> Column:
    return (1 + skewed(chance("quantity", seed, "person", "visit"), 3)).cast("bigint")


def _two(seed: int) -> Column:
    return chance("two", seed, "person", "visit") < 0.3


def items(seed: int) -> Column:
    """productListItems, of the columns person, visit and product."""

    def line(product: Column, quantity: Column) -> Column:
        return F.struct(
            sku(product).alias("SKU"),
            product_name(product).alias("name"),
            quantity.alias("quantity"),
            (cents(product, seed) * quantity / 100).alias("priceTotal"),
        )

    first = line(_first(), _quantity(seed))
    second = line(_second(), F.lit(1).cast("bigint"))
    return F.when(_two(seed), F.array(first, second)).otherwise(F.array(first))


def total(seed: int) -> Column:
    """What the cart costs in dollars: whole cents are added, so the sum is exact."""
    second = F.when(_two(seed), cents(_second(), seed)).otherwise(F.lit(0))
    return (cents(_first(), seed) * _quantity(seed) + second) / 100
