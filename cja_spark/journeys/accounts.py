"""Accounts of the events that journeys are built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.mapping_time import spans, with_account
from cja_spark.journeys.fields import Field
from cja_spark.lake import Lake
from cja_spark.view.spec import View


def accounts_used(view: View, fields: Iterable[Field], accounts: Sequence[str]) -> tuple[str, ...]:
    """The account datasets, of those that a connection has, that are a view's persons or that some fields are made of."""
    paths = {view.person_id} | {path for field in fields for path in (field.path, *(field.formula.paths() if field.formula else ()))}
    return tuple(name for name in accounts if name in paths)


def with_accounts(lake: Lake, events: DataFrame, accounts: Iterable[str]) -> DataFrame:
    """Give events a column per account dataset, with its name.

    Rows:    The same.
    Columns: reads person_id string, ts timestamp; adds {accounts} string.
    """
    for name in accounts:
        events = with_account(events, spans(lake.accounts(name).read()), name)
    return events


def of_persons(events: DataFrame, account: str | None) -> DataFrame:
    """Events with the accounts of a dataset as their persons, where a view says so.

    Args:
        events: the events, with a column of their accounts.
        account: the account dataset, which is the namespace of such persons; None leaves persons as they are.

    Rows:    Those with an account.
    Columns: reads person_id, person_namespace, {account} string; changes person_id, person_namespace.
    Source:  O1: the account key as person ID.
    """
    if account is None:
        return events
    known = events.where(F.col(account).isNotNull())
    return known.withColumns({"person_id": F.col(account), "person_namespace": F.lit(account)})
