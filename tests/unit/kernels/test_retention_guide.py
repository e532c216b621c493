"""docs/retention.md: its YAML gives its tables, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "retention.md").read_text(encoding="utf-8")
WRITTEN = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
MOMENT = re.compile(r"(?:(\d+) January, |again )(\d\d):(\d\d)")


def moments(cell):
    """Ms after the first of January, of each time that a cell tells; `again` is on the same day."""
    day = 0
    for number, hour, minute in MOMENT.findall(cell):
        day = int(number or day)
        yield ((day - 1) * 24 + int(hour)) * 3_600_000 + int(minute) * 60_000


def cells(pattern):
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def persons():
    """Each person's visit and orders, in order."""
    told = cells(r"\| (Ann|Bob|Cat|Dan|Eva) ")
    return [[*(page(t, visits=1) for t in moments(visit)), *(page(t, orders=1) for t in moments(orders))] for _, visit, orders in told]


def shown(rows):
    return [[row["row_kind"], row["label"] or "", f"{row['people']:g}", "" if row["retention_rate"] is None else f"{row['retention_rate']:g}"] for row in rows]


def test_the_guide_is_what_its_yaml_gives():
    asked, view = yaml.safe_load(WRITTEN[0]), {"metrics": {"orders": "orders", "opens": "opens", "visits": "visits"}}
    table = [[*row, ""][:4] for row in cells(r"\| (total|on|reserved|on_or_after) ")]
    assert shown(rows_of(persons(), view, **asked)) == [row for row in table if row[0] != "on_or_after"]
    later = shown(rows_of(persons(), view, **{**asked, "mode": "on_or_after"}))
    assert [row for row in later if row[0] == "on_or_after"] == [row for row in table if row[0] == "on_or_after"]


def test_the_guides_values_are_what_its_second_yaml_gives():
    assert "Ann and Bob visit first from mail, Cat from search and Dan from a link; Cat calls on 6 January at 13:00." in GUIDE
    view = {"metrics": {name: name for name in ("orders", "opens", "visits", "calls")}, "dimensions": {"channel": "channel"}}
    ann, bob, cat, dan, eva = persons()
    [called] = moments("6 January, 13:00")
    own = [[(ann[0][0], {**ann[0][1], "channel": "mail"}), *ann[1:]], [(bob[0][0], {**bob[0][1], "channel": "mail"}), *bob[1:]],
           [(cat[0][0], {**cat[0][1], "channel": "search"}), page(called, calls=1), *cat[1:]], [(dan[0][0], {**dan[0][1], "channel": "link"}), *dan[1:]], eva]  # fmt: skip
    rows = [row for row in rows_of(own, view, **yaml.safe_load(WRITTEN[1])) if row["row_kind"] in ("value", "other")]
    told = [[row["row_kind"], row["breakdown"] or "", row["step_name"] or "", row["label"] or "", f"{row['people']:g}", f"{row['retention_rate']:g}"] for row in rows]
    assert told == cells(r"\| (value|other) ")
