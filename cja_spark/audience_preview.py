"""Preview of an audience: how many people, who would enter and leave, how many come back; it writes nothing.

All persons are counted, or those of some buckets, of which each person lies in one by the hash of its id: then figures
are estimates, and each has its error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark import plan
from cja_spark.audience_people import Part, Within, everybody, passes, persons
from cja_spark.audiences.identity import pepper_beside, require_pepper
from cja_spark.audiences.members import realized
from cja_spark.audiences.people import identified, keyed, publishable, suppressed
from cja_spark.audiences.register import find
from cja_spark.audiences.spec import MAX_PEOPLE, Audience
from cja_spark.audiences.tables import SUPPRESSIONS
from cja_spark.audiences.wish import in_ms
from cja_spark.errors import ConfigurationError
from cja_spark.instants import in_utc
from cja_spark.journeys.built import notes_of
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publishing import chosen, just_after
from cja_spark.sources.failures import spark_errors
from cja_spark.spec import Spec

BACK_WITHIN = (7, 14, 30)
SAMPLES = 10


class Estimate(NamedTuple):
    """A number of people and how far off it may be, 19 times of 20; 0 when all persons were counted."""

    people: int
    error: int

    @classmethod
    def of(cls, found: int, share: float) -> Estimate:
        """The estimate from a count of a share of all persons: each of N is among them with the probability `share`."""
        people = found / share
        return cls(round(people), math.ceil(1.96 * math.sqrt(max(found, 1) * (1 - share)) / share) if share < 1 else 0)

    def text(self) -> str:
        """The number, and its error where it has one."""
        return f"{self.people:,}" + (f" ± {self.error:,}" if self.error else "")


class AudiencePreview(Spec):
    """What an audience would be at an instant.

    Attributes:
        audience: its name.
        as_of: the instant.
        window: whose events count.
        counted: the share of all persons that was counted; the rest is estimated.
        people: how many would belong.
        members: how many are told to belong now.
        enter: how many would enter.
        leave: how many would leave.
        rejected: how many identities cannot be published.
        returned: by days, of those who belonged so many days earlier the share that came back since.
        samples: some masked ids, by what would become of them.
    """

    audience: str
    as_of: datetime
    window: tuple[datetime, datetime]
    counted: float
    people: Estimate
    members: int
    enter: Estimate
    leave: Estimate
    rejected: Estimate
    returned: dict[int, float | None]
    samples: dict[str, tuple[str, ...]]

    def text(self) -> str:
        """Some lines for the person at the terminal."""
        counted = "all persons counted" if self.counted == 1 else f"estimated from {self.counted:.0%} of all persons"
        back = ", ".join(f"{'-' if share is None else f'{share:.1%}'} in {days} days" for days, share in self.returned.items())
        lines = [
            f"{self.audience}, {self.window[0]:%Y-%m-%d %H:%M} to {self.window[1]:%Y-%m-%d %H:%M} UTC, {counted}",
            f"  people    {self.people.text()} ({self.people.people / MAX_PEOPLE:.1%} of the {MAX_PEOPLE:,} that can be published)",
            f"  members   {self.members:,} now; {self.enter.text()} would enter, {self.leave.text()} would leave",
            f"  rejected  {self.rejected.text()} identities that cannot be published",
            f"  returned  {back}",
        ]
        lines += [f"  {what:<9} {', '.join(ids)}" for what, ids in self.samples.items()]
        return "\n".join(lines)


def preview_audience(
    lake: Lake, project: Project, name: str, *, as_of: datetime | None = None, share: float = 1.0
) -> AudiencePreview:
    """Tell what an audience would be: nothing is written, no claim is taken.

    The returning share is measured, not modelled: of the people who would have belonged 7, 14 and 30 days earlier, how
    many had an event since. Decision: the best forecast of a return that needs no assumption.

    Args:
        lake: the lake.
        project: the project.
        name: the audience.
        as_of: the end of its window; just after the newest event when not given.
        share: how much of all persons is counted, above 0; whole buckets of them are read, so it may be a little more.

    Raises:
        ConfigurationError: a name that no audience has, or a share that is none.
        InputError: there are no journeys yet.
    """
    [audience] = chosen(project, [name])
    if not 0 < share <= 1:
        raise ConfigurationError(f"--share: {share} is no share; write a number above 0 and up to 1.")
    with spark_errors(f"preview of audience '{name}'", lake.location):
        built = plan.built_of(lake, project)
        moment = in_ms(in_utc(as_of) or just_after(built.data_until))
        chosen_buckets, of = _buckets(lake, project, share)
        part = Part(built.version, chosen_buckets)
        return _Previewed(lake, project, audience, moment, part, of).preview()


def _buckets(lake: Lake, project: Project, share: float) -> tuple[frozenset[int] | None, int]:
    """The buckets that are read, and of how many; all where they were not built alike."""
    counts = {row["buckets"] for row in notes_of(lake, project.view).values()}
    of = counts.pop() if len(counts) == 1 else 1
    some = math.ceil(share * of)
    return (None, of) if some == of else (frozenset(range(some)), of)


class _Previewed(NamedTuple):
    lake: Lake
    project: Project
    audience: Audience
    as_of: datetime
    part: Part
    buckets: int

    @property
    def counted(self) -> float:
        return 1.0 if self.part.buckets is None else len(self.part.buckets) / self.buckets

    def preview(self) -> AudiencePreview:
        entry = find(self.lake, self.audience.name)
        id_ = entry.audience_id if entry else ""
        found = {row["what"]: row for row in self._compared(id_).collect()}
        counts = {what: Estimate.of(found[what]["people"] if what in found else 0, self.counted) for what in _WHATS}
        stay = sum(found[what]["people"] for what in ("enter", "stay") if what in found)
        return AudiencePreview(
            audience=self.audience.name, as_of=self.as_of, window=self._window(), counted=self.counted,
            people=Estimate.of(stay, self.counted), members=realized(self.lake, id_).count() if id_ else 0,
            enter=counts["enter"], leave=counts["leave"], rejected=counts["rejected"],
            returned={days: self._returned(days) for days in BACK_WITHIN},
            samples={what: tuple(found[what]["ids"]) for what in ("enter", "stay", "leave") if what in found},
        )  # fmt: skip

    def _window(self) -> tuple[datetime, datetime]:
        return self.audience.window(self.as_of, self.project.view.time_zone)

    def _compared(self, audience_id: str) -> DataFrame:
        """Per what would become of people how many they are, with some masked ids."""
        passing = partial(passes, tree=self.audience.segments)
        rows = persons(self.lake, self.project, Within(self.audience, *self._window(), passing), self.part)
        if self.lake.table(SUPPRESSIONS).count():
            pepper = pepper_beside(self.lake.location)
            require_pepper(self.lake, pepper)
            now = identified(rows, self.audience, suppressed(self.lake), pepper)
            now = publishable(now).unionByName(now.where(F.col("error").isNotNull()))
        else:
            now = keyed(rows, self.audience)
        now = now.select("profile_key", "namespace", "id", "error", F.lit(True).alias("_now"))
        before = realized(self.lake, audience_id)
        if self.part.buckets is not None:
            before = before.where(F.pmod(F.xxhash64("id"), F.lit(self.buckets)).isin(*self.part.buckets))
        was = before.select("profile_key", F.col("namespace").alias("_namespace"), F.col("id").alias("_id"))
        joined = now.join(was, on="profile_key", how="full")
        identity = F.coalesce("namespace", "_namespace"), F.coalesce("id", "_id")
        order = F.xxhash64(*identity)
        told = joined.select(_what().alias("what"), _masked(*identity).alias("masked"), order.alias("_order"))
        per_slot = told.groupBy("what", F.pmod("_order", F.lit(SAMPLES)).alias("_slot")).agg(
            F.count("what").alias("people"), F.min_by("masked", "_order").alias("masked")
        )
        ids = F.array_sort(F.collect_list("masked")).alias("ids")
        return per_slot.groupBy("what").agg(F.sum("people").cast("int").alias("people"), ids)

    def _returned(self, days: int) -> float | None:
        """Of those who belonged some days earlier the share that came back; None when nobody belonged."""
        start, end = self._window()
        back = timedelta(days=days)
        passing = partial(passes, tree=self.audience.segments)
        then = persons(self.lake, self.project, Within(self.audience, start - back, end - back, passing), self.part)
        since = persons(self.lake, self.project, Within(self.audience, end - back, end, everybody), self.part)
        came = since.select("person_id", F.lit(1).alias("_came"))
        both = then.select("person_id").join(came, on="person_id", how="left")
        row = both.agg(F.count("person_id").alias("then"), F.count("_came").alias("came")).collect()[0]
        return row["came"] / row["then"] if row["then"] else None


_WHATS: Sequence[str] = ("enter", "stay", "leave", "rejected")


def _what() -> Column:
    return (
        F.when(F.col("error").isNotNull(), "rejected")
        .when(F.col("_now").isNull(), "leave")
        .when(F.col("_id").isNull(), "enter")
        .otherwise("stay")
    )


def _masked(namespace: Column, id_: Column) -> Column:
    """An id of which at most two characters and a quarter can be read."""
    shown = F.least(F.lit(2), F.floor(F.char_length(id_) / 4)).cast("int")
    return F.concat(F.lower(namespace), F.lit(":"), F.substr(id_, F.lit(1), shown), F.lit("…"))
