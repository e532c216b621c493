"""Accounts of the events that journeys are built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyspark.sql import DataFrame

from cja_spark.connection.mapping_time import spans, with_account
from cja_spark.journeys.fields import Field
from cja_spark.lake import Lake


def accounts_used(fields: Iterable[Field], accounts: Sequence[str]) -> tuple[str, ...]:
    """The account datasets, of those that a connection has, whose column some fields of a view are made of."""
    paths = {path for field in fields for path in (field.path, *(field.formula.paths() if field.formula else ()))}
    return tuple(name for name in accounts if name in paths)


def with_accounts(lake: Lake, events: DataFrame, accounts: Iterable[str]) -> DataFrame:
    """Give events a column per account dataset, with its name.

    Rows:    The same.
    Columns: reads person_id string, ts timestamp; adds {accounts} string.
    """
    for name in accounts:
        events = with_account(events, spans(lake.accounts(name).read()), name)
    return events
