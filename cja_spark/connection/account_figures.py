"""Figures of accounts as a person at the terminal reads them."""

from __future__ import annotations

from pyspark.sql import functions as F

from cja_spark.connection.mapping_time import spans, with_account
from cja_spark.lake import Lake
from cja_spark.spec import Spec


class AccountFigures(Spec):
    """How many events and people of a lake have an account of a dataset (F20)."""

    dataset: str
    events: int
    events_without: int
    people: int
    people_without: int
    accounts: int

    def text(self) -> str:
        """The figures as lines."""
        return (
            f"{self.dataset}: {self.accounts:,} accounts\n"
            f"  without an account        {self.events_without:,} of {self.events:,} events, "
            f"{self.people_without:,} of {self.people:,} people"
        )


def account_figures(lake: Lake, name: str) -> AccountFigures:
    """Count the events with and without an account of a dataset, their people, and the accounts that they have."""
    events = with_account(lake.events.read().select("person_id", "ts"), spans(lake.accounts(name).read()), name)
    person, none = F.col("person_id"), F.col(name).isNull()
    [found] = events.agg(
        F.count("*").alias("events"),
        F.count_if(none).alias("events_without"),
        F.count_distinct(person).alias("people"),
        F.count_distinct(F.when(none, person)).alias("people_without"),
        F.count_distinct(name).alias("accounts"),
    ).collect()
    return AccountFigures(dataset=name, **found.asDict())
