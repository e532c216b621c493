"""docs/cohort.md: its YAML gives its tables, of the persons that it tells of."""

import datetime as dt
import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import DAY, START, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "cohort.md").read_text(encoding="utf-8")
DATE = re.compile(r"(\d+) (January|February|March|April)")
VIEW = {"dimensions": {"channel": "channel", "page": "page"}, "metrics": {"orders": "orders", "opens": "opens", "visits": "visits"}}
UNTIL = START + 365 * DAY + 109 * DAY  # 20 April 2026
CHANNELS = {"Ann": ["mail"], "Bob": ["search"], "Cat": ["mail", "direct"], "Dan": ["mail"], "Eva": [None, None]}


def days(cell):
    """Ms after 1 January 2025, of each day of 2026 that a cell tells."""
    for number, month in DATE.findall(cell):
        day = dt.datetime.strptime(f"{number} {month} 2026 +0000", "%d %B %Y %z")
        yield int(day.timestamp() * 1000) - START


def lines(pattern, text=GUIDE):
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines() if re.match(pattern, line)]


def persons():
    """Each person's visits and orders, in order of time; a visit comes first on its day."""
    for name, visits, *orders in lines(r"\| (Ann|Bob|Cat|Dan|Eva) "):
        own = [page(t, visits=1, channel=channel) for t, channel in zip(days(visits), CHANNELS[name], strict=True)]
        yield sorted([*own, *(page(t, orders=1, channel=None) for t in days(orders[0] if orders else ""))], key=lambda event: event[0])


def asked(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    return rows_of([*persons()], VIEW, until=UNTIL, **{**yaml.safe_load(written), **given})


def shown(rows):
    """The rows as the guide writes them."""
    percent = [None if row["cohort_rate"] is None else f"{100 * row['cohort_rate']:.1f}".removesuffix(".0") for row in rows]
    return [
        [row["row_kind"], *("" if row[name] is None else f"{row[name]:g}" if name != "label" else row[name] for name in ("label", "periods_after", "people", "base_people")),
         "" if rate is None else f"{rate} %"]
        for row, rate in zip(rows, percent, strict=True)
    ]  # fmt: skip


def tables():
    """The rows of each table of cells, filled up to their six columns."""
    found = GUIDE.split("| row_kind |")[1:]
    return [[[*row, *[""] * 6][:6] for row in lines(r"\| (total|included|retained|churned|mean_of_rates|pooled) ", part.split("\n\n")[0])] for part in found]


def test_the_guide_is_what_its_yaml_gives():
    assert shown(asked()) == tables()[0]


def test_the_rolling_churn_of_the_guide():
    rows = [row for row in shown(asked(rolling=True, type="churn")) if row[:2] == ["churned", "2026-01"] and row[3]]
    assert rows == tables()[1]


def test_the_cohorts_of_values_of_the_guide():
    rows = [row for row in shown(asked(dimension="channel")) if row[1] and row[3]]
    assert rows == tables()[2]


def test_the_criteria_of_the_guide_are_taken():
    [table] = re.findall(r"\| written \| means \|\n\|---\|---\|\n(.*?)\n\n", GUIDE, re.DOTALL)
    view = {**VIEW, "metrics": {**VIEW["metrics"], "revenue": "orders"}, "segments": {"mobile": {"where": {"metric": "orders", "at_least": 1}}}}
    written = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(written) == 6
    for one in written:
        rows = rows_of([], view, report="cohort", granularity="month", inclusion=yaml.safe_load(one))
        assert rows[0]["people"] == 0


def test_the_settings_of_the_guide_are_those_that_there_are():
    from cja_spark.reports.cohort import Cohort

    told = {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)}
    assert {"granularity", "entry", "mode", "type", "rolling", "latency", "dimension"} <= told <= {*Cohort.model_fields, "orders"}
