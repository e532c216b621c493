"""Golden folders of accounts; the format is told in tests/golden/README.md."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.reference.accounts import accounts_of
from tests.reference.golden import instant
from tests.reference.golden_stitching import cells_of


def _since(text: str | None) -> int | None:
    """A mapping time as ms UTC: an instant, or a day; None where it is none."""
    for pattern in ("%Y%m%d", "%Y-%m-%d"):
        try:
            return round(datetime.strptime(text or "", pattern).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            continue
    return instant(text) if text and text[0].isdigit() else None


def mappings_of(folder: Path) -> list[dict]:
    """Mappings as the reference takes them, without those that have no time."""
    rows = cells_of(folder, "mappings.csv")
    found = [{"person": row["person_id"], "account": row["account"], "since": _since(row["mapping_time"]), "file": int(row.get("file") or 1)} for row in rows]
    return [one for one in found if one["since"] is not None]


def told(folder: Path) -> dict[str, str | None]:
    """Per event the account that the reference gives it."""
    events = [{"n": row["event_id"], "person": row["person_id"], "t": instant(row["timestamp"])} for row in cells_of(folder, "input.csv")]
    return dict(zip((event["n"] for event in events), accounts_of(events, mappings_of(folder)), strict=True))


def expected_of(folder: Path) -> dict[str, str | None]:
    return {row["event_id"]: row["account"] for row in cells_of(folder, "expected.csv")}
