"""Events and rows of summary data written by hand, and a report's rows on them: the product, without Spark."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.summary_rows import Summaries, Summary
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.compile import ranges_of, standard_ids, standard_in, window_of
from cja_spark.reports.dictionary import is_changed, maps_of, shown_names, shown_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.one_pass import no_pass, run_asks
from cja_spark.reports.summaries import names_with, with_summaries
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import columns_of_dimension, source_of_metric
from tests.property.arrays import batch_of, text_ids_of
from tests.reference import order

JANUARY = {"from": dt.date(2026, 1, 1), "to": dt.date(2026, 1, 31)}


def ms(text):
    """An ISO instant or day, in UTC where it does not say, as ms."""
    moment = dt.datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def answer(view, events=(), granularity="day", asked=None, **datasets):
    """Rows of a report as tuples.

    Args:
        view: the view, as its YAML would be; arrays of objects end in `[].name`.
        events: per event its components by name, with `person_id` and `at`.
        granularity: of all datasets.
        asked: the report.
        datasets: per dataset its rows by column, with `at`.
    """
    given = View.model_validate({"name": "hand", **view})
    spec = REPORTS.named(asked["report"]).spec.model_validate({"range": JANUARY, **asked})
    events = [{**one, "t": ms(one["at"]), "row_hash": number} for number, one in enumerate(events)]
    texts = {text for one in (*events, *(row for rows in datasets.values() for row in rows)) for cell in one.values() for text in (cell if isinstance(cell, list) else [cell]) if isinstance(text, str)}
    known = {value_id(text): text for text in texts}
    shown = {name: shown_of(name, given, np.array([*known], np.int64), pa.array(known.values(), pa.string())) for name in given.dimensions if is_changed(name, given)}
    until = ms("2026-02-01")
    found = text_ids_of(spec, given, texts, {name: one.texts["value"].to_pylist() for name, one in shown.items()})
    ask = Ask(spec, given, window_of(spec, given, until, until), found, standard=standard_in(spec, given), values=maps_of(shown), ranges=ranges_of(spec, given, until, until))
    found |= standard_ids([ask])
    summaries = Summaries({name: summary_of(given, name, granularity, rows) for name, rows in datasets.items()})
    sums = Sums(pa.Table.from_batches([*run_asks([ask], [batch(given, events)])])) if events else no_pass([ask]).sums[0]
    names = shown_names(names_with(lambda name, ids: known, summaries), [ask])
    rows = REPORTS.named(asked["report"]).finish(with_summaries(sums, ask, summaries), ask, names).to_pylist()
    return [tuple(row.values()) for row in rows]


def batch(view, events):
    """Events as kernels see them; what an event does not say is not set."""
    fields = {f"d_{name}": (name, (one.field or "").count("[]"), True) for name, one in view.dimensions.items() if one.field}
    fields |= {f"m_{name}": (name, 0, False) for name, one in view.metrics.items() if getattr(one, "field", None)}
    whole = [{**{name: [] if depth else None for name, depth, _ in fields.values()}, **one} for one in events]
    return batch_of(order.journeys(whole), fields)


def summary_of(view, dataset, granularity, rows):
    """Rows as the product reads them."""
    sources = {metric: source_of_metric(view, metric) for metric in view.metrics}
    texts = {name: own[dataset] for name in view.dimensions if dataset in (own := columns_of_dimension(view, name))}
    amounts = {name: source[1] for name, source in sources.items() if source and source[0] == dataset}
    return Summary.of(
        np.array([ms(row["at"]) for row in rows], np.int64), granularity,
        {name: pa.array([row.get(column) for row in rows], pa.string()) for name, column in texts.items()},
        {name: np.array([np.nan if row.get(column) is None else row[column] for row in rows], float) for name, column in amounts.items()},
    )  # fmt: skip
