"""docs/growth.md: its YAML gives its table, of the persons that it tells of."""

import datetime as dt
import re
from pathlib import Path

import yaml

from cja_spark.reports.growth import LOOKBACK, Growth
from tests.unit.kernels.by_hand import DAY, START, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "growth.md").read_text(encoding="utf-8")
DATE = re.compile(r"(\d+) (January|February|March|April|September|October|December)")
VIEW = {"metrics": {"orders": "orders"}}
UNTIL = START + 365 * DAY + 109 * DAY  # 20 April 2026
COLUMNS = ("people", "new_people", "repeat_people", "return_people", "dormant_people", "net_growth")


def orders(cell):
    """An order on each day that a cell tells; the last months of a year are those of 2025."""
    for number, month in DATE.findall(cell):
        day = dt.datetime.strptime(f"{number} {month} {2025 if month in ('September', 'October', 'December') else 2026} +0000", "%d %B %Y %z")
        yield page(int(day.timestamp() * 1000) - START, orders=1)


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def asked(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[*orders(told)] for _, told in lines(r"\| (Ann|Bob|Cat|Dan|Eva) ")]
    assert len(persons) == 5
    return rows_of(persons, VIEW, until=UNTIL, **{**yaml.safe_load(written), **given})


def test_the_guide_is_what_its_yaml_gives():
    shown = [[row["row_kind"], row["label"] or "", *("" if row[name] is None else f"{row[name]:g}" for name in COLUMNS)] for row in asked()]
    assert shown == lines(r"\| (total|period) ")


def test_the_lookback_makes_new_or_return_and_nothing_else():
    short, long = asked(lookback=1), asked(lookback=12)
    assert [row["return_people"] for row in short[1:4]] == [0, 0, 0]
    assert [row["return_people"] for row in long[1:4]] == [2, 0, 1]
    for name in ("people", "repeat_people", "dormant_people"):
        assert [row[name] for row in short] == [row[name] for row in long]


def test_the_lookback_that_the_guide_tells_is_the_one_there_is():
    told = ", ".join(f"{many} {size}s" for size, many in LOOKBACK.items())
    assert " or ".join(told.rsplit(", ", 1)) in GUIDE


def test_the_settings_of_the_guide_are_those_that_there_are():
    assert {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)} == {"active", "granularity", "lookback"} < {*Growth.model_fields}
