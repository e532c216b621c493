"""E-mails: what was sent, opened and clicked, before the visits that came of it and in vain."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.demo.chance import chance
from cja_spark.demo.spec import DAY_MS

HOUR_MS = 3_600_000
MAILED_SHARE, OPENED_SHARE = 0.5, 0.3
BEFORE_VISIT_MS = {"send": 3 * HOUR_MS, "open": 90_000, "click": 20_000}


def mailings(visits: DataFrame, seed: int) -> DataFrame:
    """E-mail events of people with an account.

    A visit by e-mail was sent, opened and clicked before it; around half of the other visits a newsletter was sent,
    and some of these were opened.

    Rows:    One per sending, opening or click.
    Columns: reads person bigint, visit int, crm_id, channel, campaign string, start bigint; returns t bigint (ms),
        _id string, sent_at bigint (s), customer, interaction, message, channel string.
    """
    rows = visits.where(F.col("crm_id").isNotNull() & _reached(seed))
    rows = rows.select("*", F.explode(_interactions(seed)).alias("_mail"))
    month = F.month(F.date_from_unix_date((F.col("start") / DAY_MS).cast("int")))
    newsletter = F.concat(F.lit("newsletter_"), F.lpad(month.cast("string"), 2, "0"))
    rows = rows.withColumn("t", F.col("start") - F.col("_mail.before"))
    return rows.select(
        "t",
        F.concat(F.lit("m"), "person", F.lit("-"), "visit", F.lit("-"), "_mail.interaction").alias("_id"),
        F.floor(F.col("t") / 1000).cast("bigint").alias("sent_at"),
        F.col("crm_id").alias("customer"),
        F.col("_mail.interaction").alias("interaction"),
        F.when(_by_mail(), F.col("campaign")).otherwise(newsletter).alias("message"),
        F.lit("email").alias("channel"),
    )


def _by_mail() -> Column:
    return F.col("channel") == "email"


def _reached(seed: int) -> Column:
    return _by_mail() | (chance("mailed", seed, "person", "visit") < MAILED_SHARE)


def _interactions(seed: int) -> Column:
    """What happened to the mail of a visit, and how long before the visit."""
    long_before = 6 * HOUR_MS + (chance("mail_hour", seed, "person", "visit") * 20 * HOUR_MS).cast("int")
    sent = _interaction("send", long_before)
    opened = _interaction("open", long_before - HOUR_MS // 2)
    vain = F.when(chance("opened", seed, "person", "visit") < OPENED_SHARE, F.array(sent, opened)).otherwise(
        F.array(sent)
    )
    clicked = F.array(*[_interaction(name, F.lit(before)) for name, before in BEFORE_VISIT_MS.items()])
    return F.when(_by_mail(), clicked).otherwise(vain)


def _interaction(name: str, before: Column) -> Column:
    return F.struct(F.lit(name).alias("interaction"), before.cast("int").alias("before"))
