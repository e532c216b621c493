"""Files of a story: one per dataset and load, and the tables beside them."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cja_spark.demo.optimizer.arrivals import Arrival, load_of
from cja_spark.demo.optimizer.chance import Chance
from cja_spark.demo.optimizer.library import CAMPAIGN_MESSAGES
from cja_spark.demo.optimizer.reported import Cause, Number, causes, reported
from cja_spark.demo.optimizer.row import iso, ms
from cja_spark.demo.optimizer.spec import FILES, Asked
from cja_spark.errors import UnwritableError

Loads = Mapping[tuple[str, int], Sequence[Arrival]]


def loads_of(found: Iterable[Arrival], asked: Asked) -> Loads:
    """Rows by dataset and load (ms UTC), loads in order; those up to `as_of`."""
    loads: dict[tuple[str, int], list[Arrival]] = {}
    for arrival in found:
        load = load_of(arrival.at, asked)
        if load <= ms(asked.loaded_at):
            loads.setdefault((arrival.row.dataset, load), []).append(arrival)
    return dict(sorted(loads.items(), key=lambda item: (item[0][1], item[0][0])))


def file_of(dataset: str, load: int) -> str:
    """Where the rows of a load lie.

    >>> file_of("store", 1_785_110_400_000)
    'store.json/2026-07-27T00.json'
    """
    return f"{FILES[dataset]}/{iso(load)[:13]}.json"


def write_all(target: Path, found: Sequence[Arrival], asked: Asked) -> None:
    """Write what is not there yet, the tables after the rows.

    Raises:
        UnwritableError: the folder cannot be written.
    """
    loads = loads_of(found, asked)
    for (dataset, load), arrived in loads.items():
        lines = (json.dumps(arrival.row.body, separators=(",", ":")) + "\n" for arrival in arrived)
        write_file(target / file_of(dataset, load), "".join(lines), written=load)
    names = {Chance(asked.seed).uuid("campaign", message.owner.name): message.owner.name for message in CAMPAIGN_MESSAGES}
    head = Number._fields
    write_file(target / "reported.csv", _table(("date", *head[1:], "value"), _numbers(reported(found, asked), names)))
    of_campaigns = reported(found, asked, by_campaign=True)
    write_file(target / "reported-campaigns.csv", _table(("date", *head[1:], "value"), _numbers(of_campaigns, names)))
    why = (("date", *Cause._fields[1:], "count"), _causes(causes(found, asked)))
    write_file(target / "causes.csv", _table(*why))
    counts = ((dataset, iso(load), len(arrived)) for (dataset, load), arrived in loads.items())
    write_file(target / "loads.csv", _table(("dataset", "load", "rows"), counts))


def write_file(path: Path, text: str, *, written: int | None = None) -> None:
    """Write a file unless the same is there: who loads files knows them by their time.

    Args:
        path: where.
        text: what.
        written: when the file says that it was written, ms UTC; connect takes that for the rows' arrival.

    Raises:
        UnwritableError: the file cannot be written.
    """
    content = text.encode("utf-8")
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(content)
        if written is not None:
            os.utime(draft, (written / 1000, written / 1000))
        draft.replace(path)
    except OSError as error:
        raise UnwritableError.place(str(path), error.strerror or str(error)) from error


def _numbers(shown: Counter[Number], names: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    for number, count in sorted(shown.items()):
        if count:
            yield number.day, number.channel, names.get(number.campaign, ""), number.metric, count


def _causes(added: Counter[Cause]) -> Iterator[tuple[object, ...]]:
    for cause, count in sorted(added.items()):
        if count:
            yield (*cause, count)


def _table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue()
