"""Fallout: how many persons, sessions or attempts reach each step of a path (rules F1-F12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cja_spark.reports.fallout_around import Happened, HappenedThere
from cja_spark.reports.fallout_cells import finish, kernel
from cja_spark.reports.fallout_steps import FalloutExclusion, FalloutStep, Grace, Modes, Step, Ties
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.of_steps import OfSteps
from cja_spark.reports.whole_periods import refuse_too_many_buckets
from cja_spark.span import Months, Span
from cja_spark.spec import AsTuple, Name
from cja_spark.view.calendar import Granularity
from cja_spark.view.spec import View

__all__ = ["Fallout", "Grace", "Happened", "Step"]

MAX_STEPS = 32


class Fallout(OfSteps):
    """How many reach each step. With a window a chain must end within it, also after the range (`entry`, F9).

    Attributes:
        steps: what has to happen.
        exclude: what must not happen between two of the steps (F8).
        exclusion: whether it ends the chain it lies in (`drop_attempt`), or puts out who makes no chain without it (`drop_person`).
        container: whose events a chain may take.
        window: the longest time from the first step to any other (F6).
        window_start: `any` chain counts, or only the one that begins at the `first` step-1 event (F7).
        order: as written; `strict`: each step the very next event; `any`: the most steps within a window (F3).
        ties: what counts as later among events of equal or almost equal time (F4).
        one_event_one_step: whether one event serves one step of a chain only (F5).
        modes: `strict_order` and `strict_deduplication` of windowFunnel, which end a unit's chains at an event that must not be there.
        date_rule: whether all steps must lie in the range, or the first one (F9).
        count: persons, sessions, or attempts, of which a unit may make several (F10).
        base: what shares of the total are of: those who reach the first step, or all units with a range event (F11).
        trend: by what periods the steps are told too; what is counted is in the period of its first step (F13).
        times: whether it is told how long each step takes, after the one before it and after the first one (F12).
        between: the dimension whose values are told that come between a step and the next one, of who goes on (F12).
        after: the dimension whose values are told that come right after the last step of who goes no further (F12).
        breakdown: a dimension whose value at `breakdown_step` parts the counts (F12).
        report: how many reach each step of a path.
        breakdown_step: the step whose event has the value, counted from 1.
        include_no_value: whether those who have none there are a part; without a word the dimension says it.
    """

    report: Literal["fallout"] = "fallout"
    steps: Annotated[tuple[FalloutStep, ...], AsTuple] = Field(min_length=1, max_length=MAX_STEPS)
    exclude: Annotated[tuple[FalloutExclusion, ...], AsTuple] = Field(default=(), max_length=MAX_STEPS)
    exclusion: Literal["drop_attempt", "drop_person"] | None = None
    container: Literal["person", "session"] = "person"
    window: Span | None = None
    window_start: Literal["any", "first"] = "any"
    order: Literal["ordered", "strict", "any"] = "ordered"
    ties: Ties = "total_order"
    one_event_one_step: bool = True
    modes: Modes = ()
    date_rule: Literal["in_range", "entry"] | None = None
    count: Literal["persons", "sessions", "attempts"] | None = None
    base: Literal["first_step", "all"] = "first_step"
    trend: Granularity | None = None
    times: bool = False
    between: HappenedThere | None = None
    after: HappenedThere | None = None
    breakdown: Name | None = None
    breakdown_step: int = Field(default=1, ge=1)
    include_no_value: bool | None = None

    @model_validator(mode="after")
    def _possible(self) -> Fallout:
        faults = [fault for given, fault in (*self._faults(), *self._faults_of_exclusions(), *self._faults_of_modes()) if given]
        if faults:
            raise ValueError(" ".join(faults))
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> Fallout:
        if self.trend is not None:
            refuse_too_many_buckets(self.range, self.trend)
        return self

    def _faults(self) -> tuple[tuple[bool, str], ...]:
        any_order, step_order = self.order == "any", self.ties == "step_order"
        first, following = self.window_start == "first", any(step.next for step in self.steps)
        follows = "order: strict" if self.order == "strict" else "a step with next: true"
        strict = self.order == "strict" or following
        steps, at = len(self.steps), self.breakdown_step
        chain = [name for name in ("breakdown", "trend", "times", "between", "after") if getattr(self, name)]
        return (
            (self.date_rule == "entry" and self.window is None, "date_rule: entry needs a window."),
            (at > steps, f"breakdown_step: {at} is above the number of steps, {steps}."),
            (self.steps[0].next, "next: true on the first step: no step comes before it."),
            (any_order and following, "order: any takes no step with next: true; steps have no order there."),
            (any_order and self.ties != "total_order", "order: any takes no ties; steps have no order there."),
            (any_order and first, "order: any takes no window_start: first; no step is the first there."),
            (strict and isinstance(self.ties, Grace), f"ties: grace does not go with {follows}."),
            (strict and step_order, f"ties: step_order does not go with {follows}."),
            (step_order and first, "ties: step_order does not go with window_start: first."),
            (
                bool(chain) and (any_order or step_order),
                f"{'order: any' if any_order else 'ties: step_order'} reports no chain of events; leave {' and '.join(chain)} out"
                f"{'.' if any_order else ', or write ties: total_order.'}",
            ),
            (
                self.between is not None and all(step.next or self.order == "strict" for step in self.steps[1:]),
                "between asks what happens before the next step, and each step is " + ("the very next event." if steps > 1 else "the first one; name another."),
            ),
            (self.after is not None and steps == 1, "after asks what those do who go no further, and there is one step; name another."),
            (
                self.trend is not None and self.base == "all",
                "base: all does not go with trend; who has an event in a period may begin in another.",
            ),
            (self.include_no_value is not None and not self.breakdown, "include_no_value is said of parts; name a breakdown."),
            (
                self.count == "attempts" and self.base == "all",
                "base: all does not go with count: attempts; a share of units that is no share of attempts.",
            ),
            (self.count == "attempts" and not first, "count: attempts needs window_start: first."),
            (
                self.count == "sessions" and self.container != "session",
                "count: sessions needs container: session.",
            ),
            (
                self.count == "persons" and self.container != "person",
                "count: persons needs container: person; a fallout within sessions counts sessions.",
            ),
        )

    def _faults_of_exclusions(self) -> tuple[tuple[bool, str], ...]:
        """What exclusions do not go with."""
        steps, some = len(self.steps), bool(self.exclude)
        far = [one.between[1] for one in self.exclude if one.between and one.between[1] > steps]
        grace = isinstance(self.ties, Grace) and self.window_start == "any"
        attempts = self.exclusion == "drop_person" and self.count == "attempts"
        return (
            (self.exclusion is not None and not some, "exclusion says what an exclusion does; name one under exclude."),
            (some and steps == 1, "exclude: what must not happen lies between two steps, and there is one."),
            (bool(far) and steps > 1, f"exclude: between names step {max(far, default=0)}, and there are {steps}."),
            (some and self.order == "any", "order: any takes no exclude; nothing lies between steps without an order."),
            (some and grace, "ties: grace takes exclude only with window_start: first; a step before the one it follows has no between."),
            (some and attempts, "exclusion: drop_person does not go with count: attempts; who leaves makes none."),
        )

    def _faults_of_modes(self) -> tuple[tuple[bool, str], ...]:
        """What modes do not go with."""
        others = (
            (self.order != "ordered", f"order: {self.order}"), (any(step.next for step in self.steps), "a step with next: true"),
            (isinstance(self.ties, Grace), "ties: grace"), (self.window_start == "first", "window_start: first"), (bool(self.exclude), "exclude"),
        )  # fmt: skip
        not_with, some = ", ".join(text for given, text in others if given), bool(self.modes)
        return (
            (some and bool(not_with), f"modes: {', '.join(self.modes)} does not go with {not_with}."),
            (some and self.one_event_one_step, "modes need one_event_one_step: false; an event is each of the steps that it meets there."),
        )

    def settled(self, view: View) -> Self:
        """With what the breakdown says of events without a value."""
        found: dict[str, object] = {name: what.settled(view) for name in ("between", "after") if (what := getattr(self, name))}
        if self.breakdown:
            found["include_no_value"] = shows(self.include_no_value, self.breakdown, view)
        return self.model_copy(update=found) if found else self

    def effective(self) -> Self:
        """The same fallout with its date rule, and what it counts."""
        counted = {"people": "persons"}.get(self.counted(), self.counted())
        found = {"date_rule": self.effective_date_rule(), "count": counted}
        return self.model_copy(update={**found, "exclusion": self.effective_exclusion()})

    def effective_exclusion(self) -> str | None:
        """What exclusions do, where there are some (F8)."""
        return (self.exclusion or "drop_attempt") if self.exclude else None

    def effective_date_rule(self) -> str:
        """`entry` with a window, else `in_range`, unless the author says (F9)."""
        return self.date_rule or ("entry" if self.window is not None else "in_range")

    def counted(self) -> str:
        """What a row counts, and so what its columns are called: people, sessions or attempts (F10)."""
        if self.count == "attempts":
            return "attempts"
        return "people" if self.container == "person" else "sessions"

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are broken down by, and what is told around steps."""
        around = (what.dimension for what in (self.between, self.after) if what)
        return tuple(dict.fromkeys((*((self.breakdown,) if self.breakdown else ()), *around)))

    def own_steps(self) -> tuple[Step, ...]:
        """What has to happen, and what must not."""
        return (*self.steps, *self.exclude)


def tail(report: Fallout) -> timedelta | Months | None:
    """How far after its first step a chain may end, also after the range."""
    return report.window if report.effective_date_rule() == "entry" else None


REPORTS.register("fallout")(Kind(Fallout, kernel, finish, tail))
