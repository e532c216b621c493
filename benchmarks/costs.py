"""CPU ns per event of each kind of work, beside what it may cost; `+` is what it adds to a report without it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.clock import timed
from benchmarks.events import VIEW
from benchmarks.questions import CHANNELS, FALLOUT, PAGES, RANGE, REPORT_OF, SESSIONS, TREND, ask
from benchmarks.yardstick import slowness, yardstick
from cja_spark.lake import Lake
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.cohort import Cohort
from cja_spark.reports.contribution import Contribution
from cja_spark.reports.deflection import Deflection
from cja_spark.reports.engagement import Engagement
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.flow import Flow
from cja_spark.reports.frequency import Frequency
from cja_spark.reports.growth import Growth
from cja_spark.reports.histogram import Histogram
from cja_spark.reports.impact import Impact
from cja_spark.reports.indicators import Indicators
from cja_spark.reports.overlap import Overlap
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.paths import Paths
from cja_spark.reports.retention import Retention
from cja_spark.reports.spec import Report
from cja_spark.reports.table import Table
from cja_spark.reports.time_to_event import TimeToEvent
from cja_spark.reports.timeline import Timeline
from cja_spark.reports.trend import Trend
from cja_spark.view.spec import View

AT_MOST = 1.5  # times the target


@dataclass(frozen=True)
class Work:
    """A report and what it may cost.

    Attributes:
        report: the report.
        target: ns per event; of the whole report, or with `without` of what is added to that one.
        view: the view it is asked of.
        without: the same report without the work that is measured.
    """

    report: Report
    target: int
    view: View = VIEW
    without: Report | None = None


def _view(**given: object) -> View:
    """The view with other settings of a dimension or a metric; what is stored is the same."""
    written = VIEW.model_dump(mode="json", exclude_unset=True)
    return View.model_validate({**written, **{part: {**written[part], **some} for part, some in given.items()}})


def _attributed(model: str, target: int = 150, beside: tuple[str, ...] = (), **options: str) -> Work:
    """Orders by channel, beside other dimensions, credited by a model to the channels that came before."""
    orders = {"field": "revenue", "behavior": "instances", "attribution": {"model": model, **options}}
    report = Table.model_validate({"name": model, "range": RANGE, "dimensions": ["channel", *beside], "metrics": ["orders"]})
    return Work(report, target, _view(metrics={"orders": orders}))


MODELS = ("last_touch", "first_touch", "linear", "u_shaped", "time_decay")
ORDERS = {"orders": {"field": "revenue", "behavior": "instances"}}
BY_MODELS = AttributionPanel.model_validate({"name": "by_models", "range": RANGE, "metric": "orders", "dimension": "channel", "models": [*MODELS]})
TABLE_OF_MODELS = Table.model_validate({
    "name": "of_models", "range": RANGE, "dimensions": ["channel"],
    "columns": {model: {"metric": "orders", "attribution": {"model": model}} for model in MODELS},
})  # fmt: skip


CHANNELS_BY_WEEKDAY = Table.model_validate({"name": "by_weekday", "range": RANGE, "dimensions": ["channel"], "across": "day_of_week", "metrics": ["events", "people"]})
CAMPAIGNS = Table.model_validate({"name": "campaigns", "range": RANGE, "dimensions": ["campaign"], "metrics": ["events", "people"]})
BOUGHT = {
    "container": "person",
    "where": {"then": [
        {"dimension": "event", "equals": "product"}, {"within": "7 days"}, {"dimension": "event", "equals": "purchase"}
    ]},
}  # fmt: skip
TREND_OF_BUYERS = Trend.model_validate(
    {"name": "buyers", "range": RANGE, "metrics": ["events", "people", "revenue"], "segments": [BOUGHT]}
)

REVENUE_OF_PEOPLE = Histogram.model_validate({"name": "revenue_of_people", "range": RANGE, "metric": "revenue", "start": 0, "size": 100, "buckets": 20})
PATHS_TO_REVENUE = Paths.model_validate({"name": "paths", "range": RANGE, "dimension": "page", "conversion": "revenue"})

FLOW_OVER_TIME = Flow.model_validate({"name": "flow_over_time", "range": RANGE, "dimension": "page", "starts_with": "entry", "trend": "day"})
FLOW_FROM_ENTRY = Flow.model_validate({"name": "flow", "range": RANGE, "dimension": "page", "starts_with": "entry"})
BUYERS_BACK = Retention.model_validate({"name": "buyers_back", "range": RANGE, "start": "events", "return": {"dimension": "event", "equals": "purchase"}, "buckets": 7})
BUYERS_BACK_BY_CHANNEL = Retention.model_validate({**BUYERS_BACK.model_dump(mode="json", by_alias=True, exclude_unset=True), "name": "back_by_channel", "breakdown": "channel"})
HALF = {"from": "2026-02-15", "to": "2026-03-31"}  # the half before it is compared with: as many events as the whole range
HALVES = Trend.model_validate({"name": "halves", "range": HALF, "metrics": ["events", "people", "revenue"], "compare": "previous_period", "moving_average": 7})
VISITS_BY_WEEK = Cohort.model_validate({"name": "visits_by_week", "range": RANGE, "inclusion": "events", "return": "sessions", "granularity": "week"})
DRIVERS = Contribution.model_validate({"name": "drivers", "range": RANGE, "metric": "events", "dimensions": ["page"], "compare": "previous_period"})
HOW_OFTEN = Frequency.model_validate({"name": "how_often", "range": RANGE, "events": [{"dimension": "event", "equals": one} for one in ("product", "cart", "purchase")]})
AROUND_THE_CART = Impact.model_validate({"name": "around_the_cart", "range": RANGE, "indicators": [{"dimension": "event", "equals": one} for one in ("product", "purchase")], "first_use": {"dimension": "event", "equals": "cart"}})
WHAT_IS_USED = Engagement.model_validate({"name": "what_is_used", "range": RANGE, "granularity": "day", "events": [{"dimension": "event", "equals": one} for one in ("product", "cart", "purchase")]})
GROWTH_BY_DAY = Growth.model_validate({"name": "growth_by_day", "range": RANGE, "granularity": "day", "lookback": 14})
CART_AND_PURCHASE = Deflection.model_validate({
    "name": "cart_and_purchase", "range": RANGE, "topic": "page", "self_service": {"dimension": "event", "equals": "cart"},
    "call": {"dimension": "event", "equals": "purchase"}, "baseline": {"control": {"dimension": "event", "equals": "product"}},
})  # fmt: skip
CART_TO_PURCHASE = TimeToEvent.model_validate({
    "name": "cart_to_purchase", "range": RANGE, "start": {"dimension": "event", "equals": "cart"}, "event": {"dimension": "event", "equals": "purchase"}, "tail": "7 days",
})  # fmt: skip
PAGES_BEFORE_PURCHASE = Indicators.model_validate({"name": "pages_before_purchase", "range": RANGE, "outcome": "revenue", "dimension": "page"})
LIVES = Timeline.model_validate({"name": "lives", "range": RANGE, "dimensions": ["page", "channel"], "metrics": ["revenue"]})
THREE_SETS = Overlap.model_validate({"name": "three_sets", "range": RANGE, "sets": [{"dimension": "event", "equals": one} for one in ("product", "cart", "purchase")]})


def _excluding(exclusion: str) -> Fallout:
    """The fallout without a search between its second and its last step."""
    exclude = [{"dimension": "event", "equals": "search", "between": [2, 4]}]
    written = REPORT_OF[FALLOUT].model_dump(mode="json", exclude_unset=True, by_alias=True)
    return Fallout.model_validate({**written, "name": exclusion, "exclude": exclude, "exclusion": exclusion})


def _around() -> Fallout:
    """The fallout, with the pages between its steps and after them."""
    written = REPORT_OF[FALLOUT].model_dump(mode="json", exclude_unset=True, by_alias=True)
    return Fallout.model_validate({**written, "name": "around", "between": "page", "after": "page"})


def _kept(allocation: str, expiration: str) -> View:
    persistence = {"allocation": allocation, "expiration": expiration}
    return _view(dimensions={"campaign": {"field": "campaign", "persistence": persistence}})


WORKS: dict[str, Work] = {
    TREND: Work(REPORT_OF[TREND], 60),
    "trend of a half, beside the half before": Work(HALVES, 90),  # no target of its own: a trend, and the events parted in two
    PAGES: Work(REPORT_OF[PAGES], 90),
    CHANNELS: Work(REPORT_OF[CHANNELS], 90),
    SESSIONS: Work(REPORT_OF[SESSIONS], 60),
    "persistence, most recent of a session": Work(CAMPAIGNS, 30, _kept("most_recent", "session"), CAMPAIGNS),
    "persistence, original of 30 days": Work(CAMPAIGNS, 30, _kept("original", "30 days"), CAMPAIGNS),
    "sequence segment, within 7 days": Work(TREND_OF_BUYERS, 100, VIEW, REPORT_OF[TREND]),
    "table of channels across weekdays": Work(CHANNELS_BY_WEEKDAY, 90),  # no target of its own: that of a table
    "attribution, linear": _attributed("linear"),
    "attribution, time decay": _attributed("time_decay"),
    "attribution, participation": _attributed("participation"),
    "attribution, linear, beside days": _attributed("linear", 150 + 90, beside=("day",)),  # attribution, and a table by another dimension
    "attribution, algorithmic": _attributed("algorithmic"),
    "attribution, five models in a table": Work(TABLE_OF_MODELS, 5 * 150, with_columns(VIEW, [TABLE_OF_MODELS])),
    "attribution, five models and what came before": Work(BY_MODELS, 5 * 150, _view(metrics=ORDERS)),  # no more than five attributions
    "attribution, algorithmic by rates": _attributed("algorithmic", 250, game="rate_game"),
    FALLOUT: Work(REPORT_OF[FALLOUT], 80),
    "fallout, 4 steps, an exclusion": Work(_excluding("drop_attempt"), 80),
    "fallout, 4 steps, who leaves by an exclusion": Work(_excluding("drop_person"), 80, without=REPORT_OF[FALLOUT]),  # a second walk
    "fallout, 4 steps, pages between and after": Work(_around(), 80 + 90),  # no target of its own: a fallout, and a table by one dimension
    "histogram, revenue of people": Work(REVENUE_OF_PEOPLE, 70),
    "paths of pages to revenue": Work(PATHS_TO_REVENUE, 150),
    "flow of pages from the entry": Work(FLOW_FROM_ENTRY, 150),
    "the same by day": Work(FLOW_OVER_TIME, 2 * 150),  # no target of its own: two flows, as paths are walked along once more by period
    "retention, buyers by day": Work(BUYERS_BACK, 100),
    "the same by channel": Work(BUYERS_BACK_BY_CHANNEL, 100 + 90),  # no target of its own: a retention, and a table by one dimension
    "cohorts of weeks": Work(VISITS_BY_WEEK, 100),
    "contribution of pages to a change of events": Work(DRIVERS, 100),  # no target of its own: two tables by one dimension
    "frequency of three steps": Work(HOW_OFTEN, 70),  # no target of its own: that of histograms and overlaps
    "engagement of three steps": Work(WHAT_IS_USED, 100),  # no target of its own: that of cohorts
    "impact of the first cart": Work(AROUND_THE_CART, 100),  # no target of its own: that of retention
    "growth of days": Work(GROWTH_BY_DAY, 100),  # no target of its own: that of cohorts
    "time from cart to purchase": Work(CART_TO_PURCHASE, 90),
    "call deflection, a purchase as the call": Work(CART_AND_PURCHASE, 120),
    "indicators, pages before revenue": Work(PAGES_BEFORE_PURCHASE, 150),
    "overlap of three steps": Work(THREE_SETS, 70),
    "timeline of 20 persons": Work(LIVES, 90),  # no target of its own: that of tables, which read the same columns
}  # fmt: skip


def costs(lake: Lake, events: int, rounds: int) -> tuple[list[str], list[str]]:
    """The table of costs, medians of rounds in turns, and the names of what costs more than `AT_MOST` times its target.

    A yardstick is taken in every round beside the work: the ratio is that of a machine as fast as the one of the targets.
    """
    lines = ["| work | CPU ns per event | yardstick | target | ratio |", "|---|---|---|---|---|"]
    above = []
    for name, work in WORKS.items():
        whole, part, yards = [], [], []
        for _ in range(rounds + 1):  # the first one warms up: workers, files, compiled kernels
            yards.append(yardstick())
            whole.append(_cpu(lake, work.report, work.view))
            part.append(_cpu(lake, work.without, VIEW) if work.without else 0.0)
        cost = (_median(whole[1:]) - _median(part[1:])) * 1e9 / events
        slow = slowness(yards)
        ratio, sign = cost / slow / work.target, "+" if work.without else ""
        lines.append(f"| {name} | {cost:{sign}.0f} | {slow:.2f} | {work.target:{sign}} | {ratio:.2f} |")
        above += [name] if ratio > AT_MOST else []
    said = f"Above {AT_MOST} times its target: {', '.join(above)}." if above else f"None is above {AT_MOST} times its target."
    return [*lines, "", said], above


def _cpu(lake: Lake, report: Report, view: View) -> float:
    return timed(lambda: ask(lake, [report], view))[2]


def _median(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]
