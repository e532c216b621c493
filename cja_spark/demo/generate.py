"""Generating the demo data: seven datasets, defects included, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from pyspark.sql import SparkSession

from cja_spark.demo.arrivals import Written, write, write_whole
from cja_spark.demo.browsing import app, bot, site
from cja_spark.demo.calls import calls
from cja_spark.demo.mailings import mailings
from cja_spark.demo.masters import catalogue, crm
from cja_spark.demo.shops import purchases
from cja_spark.demo.spec import DemoReceipt, Folders, Year, year_of
from cja_spark.demo.visits import pages, persons, visits
from cja_spark.errors import ConfigurationError, UnwritableError
from cja_spark.failpoints import failpoint

MARKER = "generated.json"


def generate(
    spark: SparkSession,
    target: str,
    *,
    events: int = 200_000,
    seed: int = 7,
    first_day: date = date(2025, 9, 1),
    folders: Folders = "week",
) -> DemoReceipt:
    """Generate a retailer's year below `target`/raw, unless the same is already there.

    A folder holds one year: ids repeat from year to year, so a lake that loaded two would mix them. The marker is written last: a run that was killed is followed by one that starts over.

    Args:
        spark: the session; all rows are made by its executors.
        target: a folder on a local or shared disk.
        events: about how many events in all, 10 thousand to 100 million.
        seed: another seed is another year.
        first_day: the year is 365 days from here.
        folders: what one folder of arrivals holds, `raw/web/week=2025-09-01/` or `raw/web/day=2025-09-01/`.

    Raises:
        ConfigurationError: a number outside its bounds, another year in the folder, or a session whose time zone is
            not UTC.
        UnwritableError: the folder cannot be written.
    """
    year = year_of(events=events, seed=seed, first_day=first_day, folders=folders)
    _require_utc(spark)
    marker = Path(target, "raw", MARKER)
    before = finished(marker)
    if before is not None:
        _require_same(before.year, year, target)
        return before.model_copy(update={"fresh": False})
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError.place(str(marker.parent), error.strerror or str(error)) from error
    written: dict[str, Written] = {}
    for name, write_one in _datasets(spark, year).items():
        written[name] = write_one(str(marker.parent / name))
        failpoint("demo.dataset_written")
    receipt = DemoReceipt(
        year=year,
        rows={name: counts.rows for name, counts in written.items()},
        late={name: counts.late for name, counts in written.items()},
        repeated={name: counts.repeated for name, counts in written.items()},
    )
    _finish(marker, receipt)
    return receipt


def finished(marker: Path) -> DemoReceipt | None:
    """Receipt of what lies there; none when nothing was finished.

    Raises:
        ConfigurationError: another version wrote it.
    """
    try:
        return DemoReceipt.model_validate_json(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValidationError as error:
        raise ConfigurationError(
            f"{marker} is of another version of the demo data. Remove {marker.parent} and the lake that loaded it."
        ) from error


def _require_same(there: Year, asked: Year, target: str) -> None:
    if there != asked:
        raise ConfigurationError(
            f"{target} holds another year: {there.words()}; asked is {asked.words()}. "
            "Name other places with --files and --lake, or remove both."
        )


def _finish(marker: Path, receipt: DemoReceipt) -> None:
    draft = marker.with_suffix(".draft")
    draft.write_text(receipt.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(marker)


def _require_utc(spark: SparkSession) -> None:
    zone = spark.conf.get("spark.sql.session.timeZone")
    if zone not in {"UTC", "Etc/UTC", "Z"}:
        raise ConfigurationError(f"The demo data are written in UTC and spark.sql.session.timeZone is '{zone}'.")


def _datasets(spark: SparkSession, year: Year) -> dict[str, Callable[[str], Written]]:
    seed, visited = year.seed, visits(spark, year)
    seen = pages(visited, seed)
    web = site(seen, seed).unionByName(bot(spark, year))
    return {
        "web": lambda path: write(web, path, "json", year),
        "app": lambda path: write(app(seen, seed), path, "parquet", year),
        "email": lambda path: write(mailings(visited, seed), path, "json", year),
        "calls": lambda path: write(calls(visited, seed), path, "csv", year, "call_id"),
        "store": lambda path: write(purchases(visited, seed), path, "parquet", year),
        "crm": lambda path: write_whole(crm(persons(spark, year), seed), path),
        "catalogue": lambda path: write_whole(catalogue(spark, seed), path),
    }
