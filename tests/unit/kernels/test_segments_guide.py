"""docs/segments.md: its YAML is a view's, its operators are all there are, and the table of `include` is what comes out."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.view.condition import COMPLEMENT_OF, NUMERIC, DimensionCondition
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, END, page, rows_of
from tests.unit.kernels.test_rules_of_sequences import is_page, numbers, pages

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "segments.md").read_text(encoding="utf-8")
HEAD, *PEOPLE = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (person|[A-Z][a-z]+) \| ", line)]
LETTERS, *INCLUDES = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (`(everyone|only_\w+)`)? ?\| ", line)]


def test_the_yaml_of_the_guide_is_of_a_view():
    segments = {}
    for written in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL):
        segments |= yaml.safe_load(written).get("segments", {})
    view = View.model_validate({"name": "guide", "segments": segments})
    assert sum(segment.include == "only_before" for segment in view.segments.values()) == 1
    assert len(view.segments) == 11


def test_the_guide_has_every_operator_of_a_dimension():
    said = set(re.findall(r"`(\w+)", GUIDE))
    operators = {*COMPLEMENT_OF, *COMPLEMENT_OF.values(), *NUMERIC, "exists"}
    assert operators <= said
    assert operators | {"distinct"} == {*DimensionCondition.model_fields} - {"dimension", "model"}


def test_every_condition_in_the_table_is_one():
    written = [f"{{{text}}}" for text in re.findall(r"\| `\{(metric: orders, at_least: 2|dimension: page, (?:equals|distinct)[^`|]*)\}`", GUIDE)]
    view = View.model_validate({"name": "guide", "segments": {f"s{at}": {"where": yaml.safe_load(text)} for at, text in enumerate(written)}})
    assert len(view.segments) == 3


@pytest.mark.parametrize("row", INCLUDES, ids=lambda row: row[0])
def test_include_keeps_what_the_guide_says(row):
    include, *marks = row
    kept = numbers(pages("".join(LETTERS[1:])), is_page("B"), is_page("D"), include=include.strip("`"))
    assert kept == [at for at, mark in enumerate(marks) if mark]
    assert len(INCLUDES) == 3


def event_of(written, day):
    return page(day * DAY, written, **({"orders": 1} if written == "order" else {}))


@pytest.mark.parametrize("row", PEOPLE, ids=lambda row: row[0])
def test_ranges_keep_whom_the_guide_says(row):
    _, last_year, january, *marks = row
    [segments] = [found["segments"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "bought_last_year" in (found := {"segments": {}, **yaml.safe_load(text)})["segments"]]
    events = [event_of(last_year, -200)] if last_year else []
    events += [event_of(what, int(day) - 1) for what, day in re.findall(r"(\w+) on the (\d+)", january)]
    assert HEAD[3:] == [*segments]
    for name, mark in zip(HEAD[3:], marks, strict=True):
        [total] = rows_of([events], view={"segments": segments}, as_of=END - 1, report="table", metrics=["people"], segments=[name])
        assert total["people"] == (mark == "x"), name
    assert len(PEOPLE) == 5


def test_segments_as_rows_are_the_guides_table():
    [asked] = [found for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "by_segments" in (found := yaml.safe_load(text))]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (total|item) \|", line)]
    view = {
        "dimensions": {"page": "page", "channel": "channel"},
        "segments": {
            "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}},
            "help_readers": {"container": "session", "where": {"dimension": "channel", "equals": "help"}},
        },
    }
    ann, bob, cleo = [page(0, "search"), page(1, "cart", orders=1)], [page(0, "cart", orders=1)], [page(0, "search"), page(1, "faq", channel="help")]
    rows = rows_of([ann, bob, cleo], view=view, **asked)
    assert [[row["row_kind"], row["in_segment"] or "", f"{row['people']:g}", f"{row['orders']:g}"] for row in rows] == table
