"""Golden folders of comparisons: their rows, the source's numbers, and the answer of the reference."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import yaml

from tests.reference.reconcile import ORDER, reconcile


def instant(text):
    return text if isinstance(text, datetime) else datetime.fromisoformat(text.replace("Z", "+00:00"))


def asked(folder):
    written = yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))
    how = dict(written["how"])
    for name in ("as_of", "reported_at"):
        how[name] = instant(how[name]).astimezone(UTC) if instant(how[name]).tzinfo else instant(how[name]).replace(tzinfo=UTC)
    how["young"] = timedelta(days=how["young"])
    assert isinstance(how["date_from"], date)
    return how, [{"channel": "", "campaign": "", **one} for one in written["reported"]]


def rows_of(folder):
    with (folder / "input.csv").open(encoding="utf-8", newline="") as lines:
        return [
            {
                **row, "t": instant(row["t"]), "arrived": instant(row["arrived"]), "test": row["test"] == "true",
                "kept": row["kept"] == "true", "amount": float(row["amount"]), "retries": float(row["retries"]),
            }
            for row in csv.DictReader(lines)
        ]  # fmt: skip


def expected_of(folder):
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as lines:
        numbers = ("source", "ours", "difference", "count")
        return [{key: (float(cell) if cell else None) if key in numbers else cell for key, cell in row.items()} for row in csv.DictReader(lines)]


def told(rows, how, reported):
    """The lines of the comparison as the reference has them."""
    found = []
    for one in reported:
        own = [row for row in rows if one["channel"] in ("", row["channel"]) and one["campaign"] in ("", row["campaign"])]
        ours, causes = reconcile(own, how)
        key = {"channel": one["channel"], "campaign": one["campaign"]}
        difference = one["value"] - ours
        found.append({**key, "source": one["value"], "ours": ours, "difference": difference, "cause": "", "detail": "", "count": None})
        rest = difference - sum(causes.values())
        ordered = sorted(causes.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1]))
        for (cause, detail), count in [*ordered, (("unexplained", ""), rest)]:
            found.append({**key, "source": None, "ours": None, "difference": None, "cause": cause, "detail": detail, "count": count})
    return found
