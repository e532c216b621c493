"""docs/attribution.md: its YAML is a view, and the table of models is what the product gives."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, VIEW, page, table
from tests.unit.kernels.test_rules_of_attribution import credited, group, rate_game
from tests.unit.kernels.test_rules_of_credit_by_time import by_day

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "attribution.md").read_text(encoding="utf-8")
TABLE = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if re.match(r"\| (model|`\w+`[^|]*) \| (Paid|[0-9])", line)]
VISITS = [page(0, "Paid search"), page(3 * DAY, "Social"), page(9 * DAY, "Email"), page(9 * DAY, "Display", orders=50)]


def test_the_first_yaml_of_the_guide_is_a_view():
    written, _ = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    view = View.model_validate({"name": "guide", **yaml.safe_load(written)})
    assert sum(metric.attribution is not None for metric in view.metrics.values()) == 5


@pytest.mark.parametrize("row", TABLE[1:], ids=lambda row: row[0])
def test_each_model_gives_what_the_guide_says(row):
    _, found = credited(VISITS, model=re.match(r"`(\w+)`", row[0])[1])
    expected = {name: float(cell) for name, cell in zip(TABLE[0][1:], row[1:], strict=True) if float(cell)}
    assert found == pytest.approx(expected, abs=0.005)


def test_the_guide_has_nine_models():
    assert len(TABLE) == 10


def test_the_rate_game_gives_what_the_guide_says():
    rows = re.findall(r"^\| ([A-Z][a-z]+(?:, [A-Z][a-z]+)?) \| (\d+) \| (\d+) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 3
    persons = [person for values, count, converting in rows for person in group(int(count), int(converting), *values.split(", "))]
    parts = [int(part) / 100 for part in re.findall(r"= (\d+) %", GUIDE)]
    assert rate_game(*persons)[1] == pytest.approx({"Search": 40 + 60 * parts[0], "Display": 10 + 60 * parts[1]})


def test_runs_of_touches_give_what_the_guide_says():
    rows = re.findall(r"^\| \d \| (\w*) ?\| (\d*) ?\| (yes|no) \|$", GUIDE, re.MULTILINE)
    events = [page(at, name or None, orders=float(x or "nan")) for at, (name, x, _) in enumerate(rows)]
    each, runs = (credited(events, model="linear", touch=touch)[1] for touch in ("each", "runs"))
    said = re.search(r"gives Search ([\d.]+) and Email ([\d.]+) with `each`, and Search (\d) and Email (\d) with `runs`", GUIDE)
    assert each == pytest.approx({"Search": float(said[1]), "Email": float(said[2])})
    assert runs == pytest.approx({"Search": float(said[3]), "Email": float(said[4])})
    assert [answer for *_, answer in rows].count("yes") == 3


def test_the_combinations_of_the_guide_are_credited_as_it_says():
    rows = re.findall(r"^\| \d \| (\w*) ?\| (\w*) ?\| (\d*) ?\| (\w+), ([\w ]+) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 3
    person = [page(at, name, channel=channel, orders=float(x or "nan")) for at, (channel, name, x, *_) in enumerate(rows)]
    channel = {"field": "channel", "persistence": {"allocation": "most_recent", "expiration": "session"}}
    view = {
        "dimensions": {**VIEW["dimensions"], "channel": channel},
        "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "linear"}}},
    }
    asked = {"metrics": ["orders"], "view": view}
    each = {(kind, *row): x for kind, *row, x in table([person], "channel", "page", **asked)}
    assert each == {("total", None, None): 6, **{("item", one, other): 2 for *_, one, other in rows}}
    assert table([person], "channel", **asked)[1] == ("item", "Search", 6)
    assert dict(row[1:] for row in table([person], "page", **asked)) == {None: 6, "home": 3, "shoes": 3, "No value": 0}
    hidden = table([person], "channel", "page", include_no_value=["channel"], **asked)
    assert [row[-1] for row in hidden if row[0] != "grand_total"] == [4, 2, 2]


def test_the_models_of_the_guide_stand_side_by_side():
    view, report = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
    early = re.search(r"`early: \{calculate:\s+\"(.*?)\"\}`", GUIDE)[1]
    metrics = {"revenue": "revenue", **view["metrics"], "early": {"calculate": early}}
    *before, (t, last) = VISITS
    visits = [*before, (t, {**last, **dict.fromkeys(metrics, 50.0)})]
    rows = table([visits], *(["page"] * len(report["dimensions"])), metrics=report["metrics"], view={"metrics": {**VIEW["metrics"], **metrics}})
    header, *expected = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if re.match(r"\| (channel \| rev|\w+( \w+)? \| [0-9.]+ \| 12.50 \| [0-9.]+ \|)", line)]
    assert header == [*report["dimensions"], *report["metrics"]]
    assert [row[1:] for row in rows[1:]] == [(name, *map(float, cells)) for name, *cells in expected]


def test_the_credit_by_page_and_day_is_what_the_guide_says():
    events = re.findall(r"^\| \d \| 2025-01-0(\d) \| (\w*) ?\| (\d*) ?\|$", GUIDE, re.MULTILINE)
    rows = re.findall(r"^\| (\w+) \| (2025-01-0\d) \| (\d) \|$", GUIDE, re.MULTILINE)
    assert (len(events), len(rows)) == (3, 4)
    person = [page((int(day) - 1) * DAY + at, name, orders=float(x or "nan")) for at, (day, name, x) in enumerate(events)]
    total, credit = by_day(person, how={"model": "linear"})
    assert (total, [(*key, f"{x:g}") for key, x in credit.items()]) == (10, rows)
