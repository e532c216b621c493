"""Golden folders as the product reads them: input.csv as rows of the events table, ask.yaml as a view and a report."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from dataclasses import dataclass
from pathlib import Path

import yaml

from cja_spark.journeys.hashing import value_id
from cja_spark.journeys.summaries import read_summaries
from cja_spark.journeys.summary_rows import Summaries
from cja_spark.reports.ask import Ask
from cja_spark.reports.compile import asks_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.kinds import REPORTS as _ALL  # noqa: F401 - registers every kind
from cja_spark.view.calendar import instant_ms, local_day
from cja_spark.view.spec import View
from tests.reference.golden import instant, summaries_of

SEPARATORS = ("|", ";")
BUCKETS = 4
OWN = ("person_id", "timestamp", "dataset", "event_id", "sequence")
COLUMNS = (
    "person_id string, person_namespace string, event_id string, ts timestamp, event_date date, dataset string, "
    "dataset_position int, sequence bigint, row_hash bigint, load bigint"
)


def written(folder: Path) -> dict:
    """ask.yaml as it is written."""
    return yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))


def view_of(folder: Path) -> View:
    """The folder's data view."""
    return View.model_validate({"name": "golden", **written(folder).get("view", {})})


def summaries_in(lake, folder: Path) -> Summaries:
    """The folder's summary data, written to its tables, as the product reads it."""
    found, view = summaries_of(folder), view_of(folder)
    for name, one in found.items():
        rows = [{**row, "ts": dt.datetime.fromtimestamp(row["t"] / 1000, dt.UTC), "load": 1} for row in one["rows"]]
        frame = lake.spark.createDataFrame([{key: value for key, value in row.items() if key != "t"} for row in rows])
        lake.summary(name).overwrite(frame)
    granularity = {name: one["granularity"] for name, one in found.items()}
    start, end = (instant(written(folder)["ask"][name]) for name in ("from", "to"))
    return read_summaries(lake, view, found, granularity, start, end)


def ask_of(folder: Path, values, newest: int) -> Ask:
    """The folder's report, ready to run. Its instants must be first instants of days in the view's time zone."""
    found, view = written(folder), view_of(folder)
    asked = dict(found["ask"])
    start, end = instant(asked.pop("from")), instant(asked.pop("to"))
    first, after = local_day(start, view.time_zone), local_day(end, view.time_zone)
    assert (instant_ms(first, view.time_zone), instant_ms(after, view.time_zone)) == (start, end)
    days = {"from": first, "to": after - dt.timedelta(days=1)}
    report = REPORTS.named(asked["report"]).spec.model_validate({**asked, "range": days})
    until = instant(found["data_until"]) if "data_until" in found else newest
    return asks_of([report], view, values, data_until=until, as_of=until, arrays={})[0]


@dataclass
class Lot:
    """Inputs that are built together: persons of each have ids of their own, so that a report reads only its own ones."""

    inputs: list[list[Path]]

    def view(self) -> View:
        """One view with the components of all folders."""
        views = [view_of(folder) for folders in self.inputs for folder in folders]
        parts = {kind: {name: one for view in views for name, one in getattr(view, kind).items()}
                 for kind in ("derived", "dimensions", "metrics")}  # fmt: skip
        return View(name="golden", buckets=BUCKETS, period="year", **parts)

    def takes(self, folders: list[Path]) -> bool:
        """Whether another input fits: a component means one field, and no field lies below another."""
        ours, theirs = self.view(), Lot([folders]).view()
        same = all(
            getattr(ours, kind).get(name, one) == one
            for kind in ("derived", "dimensions", "metrics")
            for name, one in getattr(theirs, kind).items()
        )
        paths = {path for some in (*self.inputs, folders) for path in _paths(some)}
        return same and not any(path.startswith((f"{other}.", f"{other}[]")) for path in paths for other in paths)

    def widest(self) -> int:
        """The input of most folders."""
        return max(range(len(self.inputs)), key=lambda number: len(self.inputs[number]))

    def bucket(self, number: int) -> int:
        """Where an input lies: the widest alone, so that tasks can read it, the others together."""
        return 0 if number == self.widest() else 1 + number % (BUCKETS - 1)

    def person(self, written: str, number: int) -> str:
        """An input's person under a longer id that falls into its bucket; no report shows ids."""
        longer = (f"{written}~{number}~{more}" for more in itertools.count())
        return next(name for name in longer if value_id(name) % BUCKETS == self.bucket(number))

    def keys(self, number: int) -> list[int]:
        """The keys of an input's persons."""
        return [value_id(self.person(person, number)) for person in {row["person_id"] for row in _rows(self.inputs[number])}]


def lots(folders: list[Path]) -> list[Lot]:
    """Folders by input, and inputs packed into as few lots as their names allow."""
    inputs: dict[bytes, list[Path]] = {}
    for folder in folders:
        inputs.setdefault((folder / "input.csv").read_bytes(), []).append(folder)
    packed: list[Lot] = []
    for some in inputs.values():
        lot = next((lot for lot in packed if lot.takes(some)), None)
        if lot is None:
            packed.append(Lot([some]))
        else:
            lot.inputs.append(some)
    return packed


def _rows(folders: list[Path]) -> list[dict]:
    with (folders[0] / "input.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _paths(folders: list[Path]) -> list[str]:
    return [name for name in _rows(folders)[0] if name not in OWN]


def newest_of(folders: list[Path]) -> int:
    """The instant of an input's newest event, ms."""
    return max(instant(row["timestamp"]) for row in _rows(folders))


def events_of(spark, lot: Lot):
    """The rows of all inputs as events: paths become nested columns, `|` and `;` become arrays."""
    view = lot.view()
    numbers = {metric.field for metric in view.metrics.values() if getattr(metric, "behavior", "instances") != "instances"}
    numbers -= {dimension.field for dimension in view.dimensions.values()}
    tree = _tree([path for folders in lot.inputs for path in _paths(folders)])
    events = []
    for number, folders in enumerate(lot.inputs):
        rows = _rows(folders)
        datasets = list(dict.fromkeys(row["dataset"] for row in rows))
        for at, row in enumerate(rows):
            values = (_value(tree[name], name, row, (), numbers) for name in tree)
            events.append((lot.person(row["person_id"], number), *_own(row, datasets, at), *values))
    return spark.createDataFrame(events, ", ".join([COLUMNS, *(_typed(name, tree[name], name, numbers) for name in tree)]))


def _own(row: dict, datasets: list[str], number: int) -> tuple:
    moment = dt.datetime.fromtimestamp(instant(row["timestamp"]) / 1000, dt.UTC)
    sequence = int(row["sequence"]) if row.get("sequence") else None
    return ("crm", row["event_id"] or None, moment, moment.date(), row["dataset"],
            datasets.index(row["dataset"]), sequence, number, 1)  # fmt: skip


def _tree(paths: list[str]) -> dict:
    """Paths as nested names: {"product[]": {"name": {}, "warranty[]": {…}}}."""
    tree: dict = {}
    for path in paths:
        here = tree
        for part in path.split("."):
            here = here.setdefault(part, {})
    return tree


def _typed(name: str, below: dict, path: str, numbers: set[str], mark: str = " ") -> str:
    inner = ",".join(_typed(part, below[part], f"{path}.{part}", numbers, ":") for part in below)
    kind = f"struct<{inner}>" if below else "double" if path in numbers else "string"
    return f"`{name.removesuffix('[]')}`{mark}{f'array<{kind}>' if name.endswith('[]') else kind}"


def _value(below: dict, path: str, row: dict, at: tuple[int, ...], numbers: set[str]) -> object:
    if path.endswith("[]"):
        lengths = [_length(row[leaf], len(at), at) for leaf in row if leaf.startswith(path)]
        return [_one(below, path, row, (*at, item), numbers) for item in range(max(lengths, default=0))]
    return _one(below, path, row, at, numbers)


def _one(below: dict, path: str, row: dict, at: tuple[int, ...], numbers: set[str]) -> object:
    if below:
        return tuple(_value(below[part], f"{path}.{part}", row, at, numbers) for part in below)
    text = _cell(row.get(path), at)
    return None if not text else float(text) if path in numbers else text


def _cell(text: str | None, at: tuple[int, ...]) -> str:
    """The part of a cell that belongs to an item; nothing where the cell lists fewer."""
    for level, item in enumerate(at):
        parts = (text or "").split(SEPARATORS[level])
        text = parts[item] if item < len(parts) else ""
    return text or ""


def _length(text: str, level: int, at: tuple[int, ...]) -> int:
    own = _cell(text, at)
    return len(own.split(SEPARATORS[level])) if own else 0
