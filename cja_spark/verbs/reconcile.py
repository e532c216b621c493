"""`cja reconcile`: the source system's numbers beside ours, and what each difference is made of."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cja_spark.errors import ConfigurationError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, files_root, instant, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project
    from cja_spark.reconciliation.result import Reconciled


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--from", dest="date_from", metavar="DAY", help="the first day; that of the source's numbers when not given")
    command.add_argument("--to", dest="date_to", metavar="DAY", help="the last day; that of the source's numbers when not given")
    command.add_argument("--reported", metavar="FILE", help="another CSV file of the source's numbers than reconcile.yaml names")
    command.add_argument("--as-of", help="the instant of our numbers; what arrived later is not in them; that of the newest load when not given")
    command.add_argument("--reported-at", help="the instant of the source's numbers; that of ours when not given")
    command.add_argument("--validate", action="store_true", help="only say whether the comparison means something yet")
    command.add_argument("--anyway", action="store_true", help="compare also what means nothing yet")
    command.add_argument("--out", help="also write the table into this file: .csv, or .json with a line per row")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.page.document import require_place

    moments = instant(asked.as_of), instant(asked.reported_at)
    days, place = _days(asked.date_from, asked.date_to), None if asked.out is None else _place(asked.out)
    if place is not None:
        require_place(place)
    reported = asked.reported if asked.reported is None or ":/" in asked.reported else str(Path(asked.reported).resolve())
    project, lake = open_places(asked, writes=False, first=_require)
    from cja_spark.reconciling import Comparison, reconcile

    with step("reconcile"):
        comparison = Comparison(days, *moments, anyway=asked.anyway, validate_only=asked.validate, reported=reported)
        found = reconcile(lake, project, comparison, files_root=files_root(asked, project))
    say(found.text())
    if asked.validate:
        say("the comparison means something" if found.meaningful else "compared anyway: the comparison means nothing yet")
        return 0
    if place is not None:
        _write(place, found)
        say(f"table {place}")
    return found.exit_code


def _require(project: Project) -> None:
    from cja_spark.reconciling import spec_in

    spec_in(project)


def _days(first: str | None, last: str | None) -> tuple[date, date] | None:
    if first is None and last is None:
        return None
    days = []
    for name, text in (("--from", first), ("--to", last)):
        try:
            days.append(date.fromisoformat(text or ""))
        except ValueError as error:
            raise ConfigurationError(f"{name}: '{text or ''}' is no day; write 2026-08-31, for both --from and --to.") from error
    if days[0] > days[1]:
        raise ConfigurationError(f"--from {days[0]} is after --to {days[1]}.")
    return days[0], days[1]


def _place(text: str) -> Path:
    if Path(text).suffix not in (".csv", ".json"):
        raise ConfigurationError(f"--out: '{text}' ends neither in .csv nor in .json.")
    return Path(text)


def _write(place: Path, found: Reconciled) -> None:
    import json

    import pyarrow.csv

    from cja_spark.page.document import write_document

    table = found.table()
    if place.suffix == ".csv":
        sink = pyarrow.BufferOutputStream()
        pyarrow.csv.write_csv(table, sink)
        write_document(place, sink.getvalue().to_pybytes(), mode=0o644)
    else:
        lines = "".join(json.dumps(row, default=str) + "\n" for row in table.to_pylist())
        write_document(place, lines.encode(), mode=0o644)


VERB = Verb("put the source system's numbers beside ours, and say what each difference is made of", _arguments, _run)
