"""One pass over the known rows of a range: Spark moves them, the view says what they are, the kernel who counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from cja_spark.journeys.accounts import accounts_used, with_accounts
from cja_spark.journeys.batch import Window
from cja_spark.journeys.derived.derive import derive
from cja_spark.journeys.fields import Field, column_of, event_fields, id_of, words_of
from cja_spark.journeys.group import Lookups, looked_up
from cja_spark.journeys.merge import merge
from cja_spark.journeys.values import lookup_ids, new_values
from cja_spark.journeys.worker import prepare_worker
from cja_spark.kernels.reconcile import CAUSES, Bools, Clock, Counted, Facts, Floats, sides
from cja_spark.kernels.sessions import Ints
from cja_spark.kernels.values import ValueMap
from cja_spark.lake import Lake
from cja_spark.reconciliation.cells import CELLS, OURS, Places, cells_of, summed
from cja_spark.reconciliation.compare import Cell
from cja_spark.reconciliation.known import known_rows, reasons_in
from cja_spark.reconciliation.linear import Weights, weights_of
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.kind import Names
from cja_spark.reports.names import names_from
from cja_spark.reports.table import Table
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View
from cja_spark.worker_errors import worker_errors

FACTS = ("_state", "_reason", "_dataset", "_load")
MARGIN_MS = 3 * 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()


@dataclass(frozen=True)
class Setting:
    """What a pass is asked of a lake and its project.

    Attributes:
        view: the view.
        spec: the comparison.
        matches: per lookup dataset the event path that holds its keys.
        arrays: per lookup dimension the arrays its keys lie in.
        datasets: names of the datasets, in their order.
        accounts: those of accounts.
    """

    view: View
    spec: Reconciliation
    matches: Mapping[str, str]
    arrays: Mapping[str, tuple[str, ...]]
    datasets: tuple[str, ...]
    accounts: tuple[str, ...] = ()

    @property
    def plain(self) -> View:
        """The view without its own segments, which rows of tests are asked about too."""
        return self.view.model_copy(update={"view_segments": ()})

    def weights(self) -> list[tuple[str, Weights, Weights]]:
        """Per metric of the source what an event adds to ours, and to the source's besides."""
        return [
            (name, weights_of(answer.ours, self.view) or {}, (weights_of(answer.retries, self.view) or {}) if answer.retries else {})
            for name, answer in self.spec.metrics.items()
        ]

    def carrier(self) -> Table:
        """A report that reads all that the pass does."""
        metrics = {name: None for _, ours, more in self.weights() for name in (*ours, *more)}
        tests = () if self.spec.test_profiles is None else (self.spec.test_profiles,)
        segments = (*tests, *self.spec.segments, *self.view.view_segments)
        dimensions = tuple(dict.fromkeys((self.spec.channel, self.spec.campaign)))
        return Table.model_validate({"name": "reconcile", "dimensions": dimensions, "metrics": tuple(metrics), "segments": segments})


@dataclass(frozen=True)
class Task:
    """What a task of the pass does with rows.

    Attributes:
        ask: the carrier, ready to run.
        setting: what is compared.
        columns: columns of journeys that the rows have.
        lookups: of those that hold keys, what they become.
        clock: the range and the instants.
        reasons: reasons for dropping, by their numbers.
        arrived: per load and dataset when its rows came, ms UTC.
    """

    ask: Ask
    setting: Setting
    columns: tuple[str, ...]
    lookups: Lookups
    clock: Clock
    reasons: tuple[str, ...]
    arrived: Mapping[tuple[int, str], int]

    def cells(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Cells of all rows of a task, summed."""
        prepare_worker()
        found = CELLS.empty_table()
        for batch in batches:
            if batch.num_rows:
                found = summed([found, *self._of(batch)])
        yield from found.to_batches()

    def _of(self, batch: pa.RecordBatch) -> Iterator[pa.Table]:
        rows = pa.Table.from_batches([batch])
        for name, lookup in self.lookups.items():
            rows = rows.set_column(rows.column_names.index(name), name, looked_up(rows[name].combine_chunks(), lookup))
        seen = Seen(merge([rows], self.columns), self.ask)
        assert seen.journeys.events == len(rows), "each row is an event of its own"
        dataset, reason = (_codes(rows[name], words) for name, words in (("_dataset", self.setting.datasets), ("_reason", self.reasons)))
        facts = self._facts(rows, seen, dataset)
        counts, spec = self.setting.spec.source_counts, self.setting.spec
        found = sides(facts, self.clock, Counted(counts.repeats, counts.test_profiles))
        ids = seen.journeys.ids
        places = Places(ids(spec.channel), ids(spec.campaign), dataset, reason, facts.arrived - facts.t)
        for number, (_, ours, more) in enumerate(self.setting.weights()):
            yield from cells_of(number, found, places, _amounts(seen, ours), _amounts(seen, more))

    def _facts(self, rows: pa.Table, seen: Seen, dataset: Ints) -> Facts:
        spec, view = self.setting.spec, self.setting.view
        nothing: Bools = np.zeros(len(rows), bool)
        test = nothing if spec.test_profiles is None else _matches(seen, spec.test_profiles)
        kept = ~nothing
        for use in (*spec.segments, *view.view_segments):
            kept = kept & _matches(seen, use)
        return Facts(seen.journeys.t, self._arrived(rows["_load"].to_numpy(), dataset), rows["_state"].to_numpy(), test, kept)

    def _arrived(self, load: Ints, dataset: Ints) -> Ints:
        """When rows arrived, ms UTC: looked up once per load and dataset; 0 where no load tells."""
        width, names = len(self.setting.datasets), self.setting.datasets
        keys, places = np.unique(load * width + dataset, return_inverse=True)
        return np.array([self.arrived.get((key // width, names[key % width]), 0) for key in keys.tolist()], np.int64)[places]


def _codes(column: pa.ChunkedArray, words: Sequence[str]) -> Ints:
    """The places of texts among some words; 0 for what is none of them."""
    found: Ints = pc.index_in(column, value_set=pa.array(words, pa.string())).fill_null(0).to_numpy().astype(np.int64)
    return found


def _matches(seen: Seen, use: str | Segment) -> Bools:
    return seen.matches(seen.ask.segment(use))


def _amounts(seen: Seen, weights: Weights) -> Floats:
    """What each row adds to a metric: float64[rows], 0 where it is not set."""
    found: Floats = np.zeros(seen.journeys.events)
    for name, weight in weights.items():
        found = found + weight * np.nan_to_num(seen.amounts(name))
    return found


@worker_errors()
def measured(lake: Lake, setting: Setting, clock: Clock, version: int, arrived: Mapping[tuple[int, str], datetime]) -> tuple[list[Cell], frozenset[str]]:
    """Measure ours and the causes of all differences, in one pass.

    Args:
        lake: the lake.
        setting: what is compared.
        clock: the range and the instants.
        version: the version of events that is read.
        arrived: per load and dataset when its rows came.

    Returns: the cells, and the channels that the rows have.
    """
    days = EPOCH + timedelta(days=clock.first_day), EPOCH + timedelta(days=clock.last_day)
    view, carrier = setting.plain, setting.carrier()
    columns = tuple(columns_of([carrier], view))
    fields = tuple(field for field in event_fields(view, setting.matches) if field.name in columns)
    rows = _derived(lake, setting, known_rows(lake, version, days), fields)
    values = _dictionary(lake, rows, fields, view)
    start, end = ((day * 86_400_000) for day in (clock.first_day, clock.last_day + 1))
    [ask] = asks_of([carrier], view, values, data_until=end, as_of=end, arrays=setting.arrays)
    window = Window(start - MARGIN_MS, start - MARGIN_MS, end + MARGIN_MS, end + MARGIN_MS, end, start - MARGIN_MS)
    arrivals = {key: int(at.timestamp() * 1000) for key, at in arrived.items()}
    lookups = {field.name: lookup_ids(lake, field) for field in fields if field.lookup}
    task = Task(replace(ask, window=window), setting, columns, lookups, clock, tuple(reasons_in(lake)), arrivals)
    found = _rows(rows, fields).mapInArrow(task.cells, from_arrow_schema(CELLS)).toArrow()
    names = shown_names(names_from(values), [ask])
    channels = values.where(F.col("dimension") == setting.spec.channel).select("id").toArrow()["id"].to_numpy()
    known = frozenset(names(setting.spec.channel, _shown(task, channels)).values())
    return _named(summed([found.cast(CELLS)]), task, names), known


def _derived(lake: Lake, setting: Setting, rows: DataFrame, fields: Sequence[Field]) -> DataFrame:
    joined = with_accounts(lake, rows, accounts_used(setting.plain, fields, setting.accounts))
    formulas = [field.formula for field in fields if field.formula]
    return joined.transform(derive, formulas, lambda dataset: lake.lookup(dataset).read(), lake.profiles.read)


def _dictionary(lake: Lake, rows: DataFrame, fields: tuple[Field, ...], view: View) -> DataFrame:
    """The texts of these rows alone: those in quarantine may have some that no event has."""
    texts = new_values(lake, rows, fields, (), words=words_of(view)).select("dimension", id_of(F.col("value")).alias("id"), "value")
    return lake.spark.createDataFrame(texts.toArrow(), texts.schema)


def _rows(rows: DataFrame, fields: Sequence[Field]) -> DataFrame:
    """Each row as a journey of one event: nothing of a message depends on another, so nothing is exchanged.

    Columns: reads ts timestamp, dataset string, load bigint, _state bigint, _reason string, {paths} (where the fields lie);
        returns person bigint, t array<bigint>, {lists} (of the fields), _state bigint, _reason, _dataset string, _load bigint.
    """
    return rows.select(
        F.monotonically_increasing_id().alias("person"),
        F.array(F.floor(F.unix_micros("ts") / 1000).cast("bigint")).alias("t"),
        *(F.array(column_of(field, rows.schema)).alias(field.name) for field in fields),
        "_state", "_reason", F.col("dataset").alias("_dataset"), F.col("load").alias("_load"),
    )  # fmt: skip


def _shown(task: Task, ids: Ints) -> Ints:
    """The ids that a channel's values are shown under."""
    how = task.ask.values.get(task.setting.spec.channel)
    return np.unique(how.of(ids)) if isinstance(how, ValueMap) else ids


def _named(cells: pa.Table, task: Task, names: Names) -> list[Cell]:
    """Cells with their texts; what has no channel or campaign is of the empty one."""
    spec, metrics = task.setting.spec, tuple(task.setting.spec.metrics)
    channels, campaigns = (names(dimension, np.unique(cells[of].to_numpy())) for dimension, of in ((spec.channel, "channel"), (spec.campaign, "campaign")))
    details = {"dropped": task.reasons, "not_yet_arrived": task.setting.datasets}
    found = []
    for cell in cells.to_pylist():
        cause = "" if cell["cause"] == OURS else CAUSES[cell["cause"]]
        detail = details[cause][cell["detail"]] if cause in details else ""
        place = channels.get(cell["channel"], ""), campaigns.get(cell["campaign"], "")
        found.append(Cell(metrics[cell["metric"]], *place, cause, detail, cell["amount"], cell["rows"], cell["lag_ms"]))
    return found
