"""docs/derived-fields.md: each example gives what it says, by the product and by the reference."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from cja_spark.journeys.batch import Window
from cja_spark.journeys.derived.derive import derive, no_lookups
from cja_spark.journeys.derived.formula import Formula
from cja_spark.view.derived.spec import FUNCTIONS
from cja_spark.view.spec import View
from tests.reference.derived import derived
from tests.unit.kernels.by_hand import MINUTE
from tests.unit.kernels.test_rules_of_date_math import made as figures_of
from tests.unit.kernels.test_rules_of_neighbours import made_of

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "derived-fields.md").read_text(encoding="utf-8")
VIEWS, EXAMPLES = [], []
for written in map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)):
    (EXAMPLES if "gives" in written else VIEWS).append(written)
LINES = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if re.match(r"\| (function|`\{function)", line)]
HEADERS = [at for at, line in enumerate(LINES) if line[0] == "function"]
TABLE = [(LINES[max(head for head in HEADERS if head < at)], line) for at, line in enumerate(LINES) if at not in HEADERS]


def given(spark, definition, name, rows, schema):
    view = View.model_validate({"name": "guide", **definition})
    made = spark.createDataFrame(rows, schema).transform(derive, [Formula.of(name, view.derived, "UTC")], no_lookups)
    return [row[f"_derived_{name}"] for row in made.collect()]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["functions"][-1]["function"])
def test_each_example_gives_what_the_guide_says(spark, example):
    fields = example["fields"]
    schema = ", ".join(f"{name} {'double' if isinstance(value, int) else 'string'}" for name, value in fields.items())
    row = tuple(float(value) if isinstance(value, int) else value for value in fields.values())
    definition = {"derived": {"example": example["functions"]}}
    assert given(spark, definition, "example", [row], schema) == [example["gives"]]
    assert derived(definition, "example", fields) == example["gives"]


def test_the_guide_has_an_example_of_every_function_but_the_one_that_needs_a_lake():
    shown = {one["functions"][-1]["function"] for one in EXAMPLES} | {yaml.safe_load(line[0].strip("`"))["function"] for _, line in TABLE}
    assert shown == set(FUNCTIONS) - {"lookup"}


@pytest.mark.parametrize("written", VIEWS, ids=lambda one: "-".join(one["derived"]))
def test_the_views_of_the_guide_are_views(written):
    view = View.model_validate({"name": "guide", **written})
    assert all(one.derived in view.derived for one in (*view.dimensions.values(), *view.metrics.values()))


@pytest.mark.parametrize(("header", "line"), TABLE, ids=lambda line: line[0])
def test_each_function_of_other_events_gives_what_the_guide_says(header, line):
    texts = [cell.split(": ")[1] for cell in header[1:]]
    if "20" in header[1]:
        days = [None if text == "–" else datetime.fromisoformat(f"{text}T00:00:00+00:00") for text in texts]
        newest = round(datetime(2025, 3, 15, tzinfo=UTC).timestamp() * 1000)
        events = [(newest - (len(days) - at) * MINUTE, one, one) for at, one in enumerate(days)]
        window = Window(0, 0, newest, newest, newest, 0)
        found = figures_of(events, window, **yaml.safe_load(line[0].strip("`")))
        assert ["–" if one is None else f"{one:g}" for one in found] == line[1:]
        return
    ids = {"–": 0, "home": 21, "search": 22}
    found = made_of({"d_x": [ids[text] for text in texts]}, len(texts), **yaml.safe_load(line[0].strip("`")))
    names = {number: text for text, number in ids.items()}
    assert [names.get(one, "–" if one != one else f"{one:g}") for one in found] == line[1:]  # noqa: PLR0124 - NaN
