"""Journeys written by hand, and a report's rows on them: the product's kernels and finish, without Spark."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Items, Journeys
from cja_spark.journeys.hashing import value_id
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.compile import (
    deduplicated_in,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    window_of,
)
from cja_spark.reports.dictionary import is_changed, maps_of, shown_names, shown_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.text_rules import refused, tellers
from cja_spark.view.spec import View
from cja_spark.view.text_numbers import marked
from tests.reference.derived import FUNCTIONS, taken
from tests.reference.derived_inputs import blank

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
GAP = 30 * MINUTE
START = int(dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
JANUARY = {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 31)}
END = START + 31 * DAY
MORE_TEXTS = ("channel", "journey", "run")  # dimensions that some views have
VIEW = {
    "name": "hand",
    "session": {"timeout": "30 minutes", "starts_with": ["opens"]},
    "dimensions": {"page": "page", "sku": "items[].sku"},
    "metrics": {"orders": "orders", "opens": "opens", "units": "items[].units"},
}


def run_on_texts(chain, zone, texts):
    """Functions of texts, as the reference has them: the product runs them on Spark."""
    return pa.array([_run(chain, zone, text) for text in texts.to_pylist()], pa.string())


def _run(chain, zone, text):
    outputs = {chain.root: text}
    for function in (one.model_dump(exclude_none=True) for one in chain.texts):
        text = blank(FUNCTIONS[function["function"]](function, taken({"time_zone": zone}, {}, outputs)))
        outputs[function.get("output")] = text
    return text


def journeys_of(persons):
    """Persons as lists of (t after the range's start in ms, values by component), in order."""
    events = [event for own in persons for event in own]
    columns = {
        "d_page": np.array([_id(values.get("page")) for _, values in events], np.int64),
        "d_sku": _items([[_id(sku) for sku in values.get("sku", ())] for _, values in events], np.int64),
        "m_units": _items([values.get("units", [np.nan] * len(values.get("sku", ()))) for _, values in events], float),
    }
    columns["m_pages"] = marked(np.full(len(events), np.nan), columns["d_page"] != 0)
    columns["m_skus"] = Items(columns["d_sku"].offsets, marked(np.full(len(columns["d_sku"].values), np.nan), columns["d_sku"].values != 0))
    named = {name for _, values in events for name in values}
    for name in named & {*MORE_TEXTS}:
        columns[f"d_{name}"] = np.array([_id(values.get(name)) for _, values in events], np.int64)
    more = named - {"page", "sku", "units", *MORE_TEXTS}
    for name in {"orders", "opens", *more}:
        columns[f"m_{name}"] = np.array([values.get(name, np.nan) for _, values in events], float)
    offsets = np.append(0, np.cumsum([len(own) for own in persons])).astype(np.int64)
    t = np.array([START + t for t, _ in events], np.int64)
    return Journeys(offsets, t, columns, person_ids=np.arange(len(persons)))


def _id(text):
    return value_id(text) if text else 0


def _items(lists, kind):
    return Items(
        np.append(0, np.cumsum([len(own) for own in lists])).astype(np.int64),
        np.array([one for own in lists for one in own], kind),
    )


def rows_of(persons, view=VIEW, **asked):
    """A report's rows on hand-written persons."""
    return table_of(persons, view, **asked).to_pylist()


def table_of(persons, view=VIEW, **asked):
    """The same as an Arrow table."""
    ask, names = ask_of(persons, view, **asked)
    kind = REPORTS.named(asked["report"])
    return kind.finish(Sums(cells_of(persons, view, **asked)), ask, shown_names(lambda name, ids: names, [ask], run_on_texts))


def cells_of(persons, view=VIEW, **asked):
    """The cells that a task emits."""
    nothing = Cells()
    nothing.add(0, [])
    seen = Seen(journeys_of(persons), ask_of(persons, view, **asked)[0])
    return pa.Table.from_batches([*nothing.batches(0), *REPORTS.named(asked["report"]).kernel(seen).batches(0)])


def ask_of(persons, /, view=VIEW, as_of=END, until=END, items_shown=None, **asked):
    """A report ready to run on hand-written persons, and the texts of their values by id."""
    kind = REPORTS.named(asked["report"])
    report = kind.spec.model_validate({"range": JANUARY, **asked})
    given = with_columns(View.model_validate({**VIEW, **view}), [report])
    settled = {"persistent": persistent_in(report, given), "deduplicated": deduplicated_in(report, given)}
    settled |= {"standard": standard_in(report, given), "neighbours": neighbours_in(report, given)}
    texts = {text for own in persons for _, values in own for text in (*map(values.get, ("page", *MORE_TEXTS)), *values.get("sku", ()))}
    names = {value_id(text): text for text in texts if text}
    ids, known = np.array([*names], np.int64), pa.array(names.values(), pa.string())
    settings = [name for name in given.dimensions if is_changed(name, given)]
    maps = maps_of({name: shown_of(name, given, ids, known, run_on_texts) for name in settings})
    maps |= {name: refused(given.metrics[name], ids, known) for name in tellers(given.metrics, given)}
    settled["ranges"] = ranges_of(report, given, until, as_of)
    ask = Ask(report, given, window_of(report, given, until, as_of), values=maps, items=items_shown, **settled)
    return replace(ask, text_ids=standard_ids([ask])), names


def page(t, name=None, **values):
    """An event on a page."""
    return (t, {"page": name, **values})


def table(persons, *dimensions, **asked):
    """Rows of a table as tuples: kind, values of dimensions, metrics."""
    return [tuple(row.values()) for row in rows_of(persons, report="table", dimensions=list(dimensions), **asked)]


def kept(persons, where, container="event", segments=None):
    """Positions (person, event) that a segment keeps, each event counted by its own page."""
    numbered = [
        [(t, {**values, "sku": [*values.get("sku", ()), f"#{at}.{number}"]}) for number, (t, values) in enumerate(own)]
        for at, own in enumerate(persons)
    ]
    found = table(
        numbered, "sku", metrics=["events"], segments=[{"container": container, "where": where}],
        view={"segments": segments or {}}, rows=1000,
    )  # fmt: skip
    return sorted(sku[1:] for kind, sku, _ in found if kind == "item" and sku.startswith("#"))
