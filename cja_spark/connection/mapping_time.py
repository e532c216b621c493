"""Accounts by mapping time: each event takes the account that its person belongs to at its time (rule F20)."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.errors import InputError


def spans(mappings: DataFrame) -> DataFrame:
    """Gather mappings to the time that each person spends in an account.

    Rows:    One per person.
    Columns: reads person_id, account string, since timestamp; returns person_id string,
        spans array<struct<since timestamp, account string>> (where an account begins, in time order).
    Ties:    None: the table has one row per person and mapping time.
    """
    gathered = mappings.groupBy("person_id").agg(F.array_sort(F.collect_list(F.struct("since", "account"))).alias("_all"))
    begins = F.filter(
        F.col("_all"),
        lambda one, at: (at == 0) | (one["account"] != F.get(F.col("_all"), at - 1)["account"]),
    )
    return gathered.select("person_id", begins.alias("spans"))


def with_account(events: DataFrame, spans: DataFrame, name: str) -> DataFrame:
    """Give each event its account; null where its person has none.

    Args:
        events: the events.
        spans: of `spans`.
        name: what the column is called.

    Rows:    The same; `spans` has one row per person, so the join cannot multiply them.
    Columns: reads person_id string, ts timestamp; reads of spans person_id string,
        spans array<struct<since timestamp, account string>>; adds {account} string.
    Raises:  InputError when events have a column of that name already.
    Source:  F20: the latest mapping time that is not after the event; before the first one, the earliest account.
    """
    if twin := next((column for column in events.columns if column.lower() == name.lower()), None):
        raise InputError(f"account dataset '{name}': events have a column '{twin}' already; give the dataset another name.")
    joined = events.join(spans, on="person_id", how="left")
    return joined.select(*(F.col(f"`{column}`") for column in events.columns), account_at(F.col("spans"), F.col("ts")).alias(name))


def account_at(spans: Column, ts: Column) -> Column:
    """The account at an instant: of the last span that begins at or before it, else of the first; in whole ms."""
    at = F.unix_millis(ts)
    begun = F.filter(spans, lambda one: F.unix_millis(one["since"]) <= at)
    return F.coalesce(F.try_element_at(begun, F.lit(-1)), F.get(spans, 0))["account"]
