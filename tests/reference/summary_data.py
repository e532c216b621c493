"""Summary data (cja.md 3.6): rows of an hour or a day without a person, beside the events of a table or a trend.

A dataset is `{"granularity": "day", "rows": [{"t": ms, column: value}]}`; a row is an event of nobody.
"""

from __future__ import annotations

from tests.reference.calculated import leaves
from tests.reference.metrics import ALL_OF, path, spec_of
from tests.reference.order import in_range
from tests.reference.segments import value_matches
from tests.reference.standard import BUCKETS, text
from tests.reference.values import filled, settled

OF_DAYS = (*BUCKETS, "day_of_week", "day_of_month", "day_of_year", "week_of_year", "month_of_year", "quarter_of_year", "weekday_or_weekend")
OF_HOURS = ("hour", "hour_of_day", "am_pm", *OF_DAYS)


def source(spec: dict) -> tuple[str, str] | None:
    """The dataset and the column that a component of summary data is of."""
    return tuple(spec["summary"].split(".", 1)) if "summary" in spec else None


def group(spec: dict) -> list[str]:
    """The dimensions that a summary data group joins."""
    found = spec.get("summary_data_group") or []
    found = found["dimensions"] if isinstance(found, dict) else found
    return [found] if isinstance(found, str) else list(found)


def column(view: dict, dimension: str, dataset: str) -> str | None:
    """The column of a dataset whose values a dimension has, its own or of its group."""
    spec = spec_of(view, "dimensions", dimension)
    sources = [source(spec), *(source(spec_of(view, "dimensions", one)) for one in group(spec))]
    return next((one[1] for one in sources if one and one[0] == dataset), None)


def rows(datasets: dict, view: dict, ask: dict) -> list[dict]:
    """The rows that a report takes: those of datasets that its columns are of, in its range, that no segment hides."""
    shown = [*ask.get("metrics", ()), *([ask["sort"]] if ask.get("sort") else [])]
    needed = leaves(view, shown)
    sources = {leaf.metric: source(spec_of(view, "metrics", leaf.metric)) for leaf in needed}
    named = {name for leaf in needed for name in leaf.segments}
    found = []
    for dataset in sorted({one[0] for one in sources.values() if one} & {*datasets}):
        metrics = {name for name, one in sources.items() if one and one[0] == dataset}
        times = OF_HOURS if datasets[dataset]["granularity"] == "hour" else OF_DAYS
        known = {name for name in view.get("dimensions", {}) if column(view, name, dataset)} | {*times}
        for row in datasets[dataset]["rows"]:
            event = event_of(row, dataset, view, times)
            hidden = [one for one in (*view.get("view_segments", ()), *ask.get("segments", ())) if hides(one, event, view, known)]
            if in_range(row, ask) and not hidden:
                own = {name for name in named if not hides(name, event, view, known)}
                table = {name: value for name, value in event.items() if name in ask.get("dimensions", ()) or not isinstance(value, list)}
                found.append({"person": None, "session": None, "event": table, "in": own, "summary": metrics})
    return found


def event_of(row: dict, dataset: str, view: dict, times: tuple[str, ...]) -> dict:
    """A row as an event: its own dimensions and those that group them, its metrics, its time; no value of all else.

    A dimension of items that the row has a value of has one item; of others there is no item. In a table there are those
    items alone that a dimension of the table has a value of.
    """
    event = {"t": row["t"], **{name: text(row["t"], name, view) for name in times}}
    for name in view.get("dimensions", {}):
        chain, where = path(view, "dimensions", name), column(view, name, dataset)
        if where is None and [array for array in chain if not array.startswith(ALL_OF)]:
            continue
        spec = spec_of(view, "dimensions", name)
        value = None if where is None else settled(row[where], spec, view.get("calendar", "gregorian"))
        value = filled(value, view, name)
        for _ in chain:
            value = [value]
        event[name] = value
    for name in view.get("metrics", {}):
        of = source(spec_of(view, "metrics", name))
        if of and of[0] == dataset:
            event[name] = row[of[1]]
    return event


def hides(segment: object, event: dict, view: dict, known: set[str]) -> bool:
    """Whether a segment is known to hide a row: one of events, of no other days, whose condition is false."""
    spec = view["segments"][segment] if isinstance(segment, str) else segment
    if spec.get("container", "event") != "event" or spec.get("range") is not None:
        return False
    return truth(spec["where"], event, view, known) is False


def truth(condition: object, event: dict, view: dict, known: set[str]) -> bool | None:
    """Whether a row meets a condition; None where it cannot be asked."""
    if isinstance(condition, str):
        condition = {"segment": condition}
    if "segment" in condition:
        condition = view["segments"][condition["segment"]]
    if "where" in condition:
        return None if condition.get("range") is not None else truth(condition["where"], event, view, known)
    if "all" in condition or "any" in condition:
        decides = "any" in condition
        parts = [truth(one, event, view, known) for one in condition["any" if decides else "all"]]
        if decides in parts:
            return decides
        return None if None in parts else not decides
    if "exclude" in condition:
        inner = truth(condition["exclude"], event, view, known)
        return None if inner is None else not inner
    asked = condition.get("dimension") in known and "distinct" not in condition and condition.get("model", "repeating") == "repeating"
    return value_matches(event, condition, view) if asked else None
