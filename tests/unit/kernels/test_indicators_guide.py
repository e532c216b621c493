"""docs/indicators.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import DAY, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "indicators.md").read_text(encoding="utf-8")
VIEW = {"metrics": {"calls": "calls"}}
NAMES = "Ann|Bob|Cat|Dan|Eva|Fay|Gus|Hal|Ida|Jon|Kim|Leo|Mia"


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(told):
    """A person's events of one session."""
    return [page(DAY + at, calls=1) if what == "calls" else page(DAY + at, what) for at, what in enumerate(told.split(", "))]


def shown(name, row):
    cell = row[name]
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:.3g}"


def found():
    [written, *_] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [events(told) for names, told in lines(rf"\| ({NAMES})[ ,]") for _ in names.split(", ")]
    assert len(persons) == 13
    return rows_of(persons, VIEW, **yaml.safe_load(written))


def test_the_guide_is_what_its_yaml_gives():
    [names] = lines(r"\| row_kind ")
    assert [[shown(name, row) for name in names] for row in found()] == lines(r"\| (total|leads_to|protects|undefined|other|left_out) \|")


def test_the_guide_says_the_bounds_of_its_first_behaviour():
    [(low, high)] = re.findall(r"of `faq` lies anywhere between ([\d.]+) and ([\d.]+)\.", GUIDE)
    row = found()[1]
    assert [f"{row[name]:.2g}" for name in ("ratio_lower", "ratio_upper")] == [low, high]


def test_the_guide_computes_the_ratio_from_its_strata():
    strata = [[int(cell) for cell in row[1:]] for row in lines(r"\| (1|2|3 to 4) event")]
    above = sum(y1 * n0 / (n1 + n0) for n1, y1, n0, _ in strata)
    below = sum(y0 * n1 / (n1 + n0) for n1, _, n0, y0 in strata)
    assert above / below == 1.5 == found()[1]["adjusted_ratio"]
    assert f"{above:g} / {below:g} = 1.5" in GUIDE
    assert [sum(column) for column in zip(*strata, strict=True)] == [found()[1][name] for name in ("counted_units", "outcome_units", "unexposed_units", "unexposed_outcomes")]


def test_the_guide_names_every_column_and_setting():
    assert [name for name in found()[0] if f"`{name}`" not in GUIDE and name not in ("row_kind", "people")] == []
