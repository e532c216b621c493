"""docs/persistence.md: its YAML is a view, and its tables of allocations, expirations and bindings are what the product gives."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.project_bindings import binding_faults
from cja_spark.project_names import faults_of_names
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import MINUTE, VIEW, page, table
from tests.unit.kernels.test_rules_of_persistence import has

DOCS = Path(__file__).resolve().parents[3] / "docs"
GUIDE = (DOCS / "persistence.md").read_text(encoding="utf-8")


def table_headed(*names):
    """Rows of the guide's table with these first columns; an empty cell is None."""
    lines = GUIDE[GUIDE.index(f"| {' | '.join(names)} |") :].split("\n\n")[0].splitlines()
    return [[None if cell == "–" else cell.strip("`") for cell in line.strip("| ").split(" | ")] for line in lines if "---" not in line]


HEADER, *TABLE = table_headed("allocation", "1: –")
EXPIRATIONS = table_headed("expiration", "10:00: A")


def test_the_yaml_of_the_guide_is_a_view():
    dimensions = {}
    for written in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL):
        dimensions |= yaml.safe_load(written)["dimensions"]
    metrics = {"orders": "orders", "cart_additions": "adds"}
    view = View.model_validate({"name": "guide", "metrics": metrics, "dimensions": dimensions})
    lasting = [name for name, dimension in view.dimensions.items() if dimension.persistence]
    assert lasting == ["campaign", "search_term", "genre", "finding_method"]
    assert [*binding_faults(view, {}), *faults_of_names(view, [])] == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_each_allocation_gives_what_the_guide_says(row):
    events = [page(number, None if cell.endswith("–") else cell[-1]) for number, cell in enumerate(HEADER[1:])]
    allocation, *expected = row
    found = has(*events, allocation=re.match(r"\w+", allocation)[0])
    assert found == [cell.split(", ") if cell and ", " in cell else cell for cell in expected]


def test_the_guide_has_all_five():
    assert len(TABLE) == 5


@pytest.mark.parametrize("row", EXPIRATIONS[1:], ids=lambda row: row[0])
def test_each_expiration_gives_what_the_guide_says(row):
    events = []
    for hour, minute, what in (re.match(r"(\d+):(\d+): (.*)", cell).groups() for cell in EXPIRATIONS[0][1:]):
        carried = {"orders": 1} if what == "order" else {}
        events.append(page((int(hour) * 60 + int(minute)) * MINUTE, "A" if what == "A" else None, **carried))
    assert has(*events, expiration=yaml.safe_load(row[0])) == row[1:]
    assert len(EXPIRATIONS) == 5


def written_of(name):
    """A dimension of the guide that is bound, with the names that hand-written journeys have."""
    [found] = [yaml.safe_load(text)["dimensions"] for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if f"  {name}:" in text]
    names = {"profile_id": "channel", "cart_additions": "orders"}
    return {"field": "page", "persistence": {key: names.get(value, value) for key, value in found[name]["persistence"].items()}}


def test_values_are_bound_to_profiles_as_the_guide_says():
    _, *rows = table_headed("event", "profile_id")
    events = [page(at, genre, channel=profile, sku=[number]) for at, (number, profile, genre, _) in enumerate(rows)]
    view = {"dimensions": {"page": written_of("genre"), "channel": "channel", "sku": "items[].sku"}}
    found = {row[1]: row[2] for row in table([events], "sku", "page", metrics=["events"], view=view) if row[0] == "item"}
    assert found == {number: genre or "No value" for number, _, _, genre in rows}
    assert len(rows) == 7


BINDING, *BOUND = table_headed("allocation", "kids: –")


@pytest.mark.parametrize("row", BOUND, ids=lambda row: row[0])
def test_each_allocation_goes_per_profile_as_the_guide_says(row):
    events = [cell.split(": ") for cell in BINDING[1:]]
    set_ = [(None if profile == "–" else profile, None if genre == "–" else genre) for profile, genre in events]
    journey = [page(at, genre, channel=profile, sku=[str(at)]) for at, (profile, genre) in enumerate(set_)]
    lasts = {"field": "page", "persistence": {"allocation": row[0], "binding": "channel"}}
    view = {"dimensions": {"page": lasts, "channel": "channel", "sku": "items[].sku"}}
    found = {}
    for kind, at, value, _ in table([journey], "sku", "page", metrics=["events"], view=view):
        if kind == "item":
            found.setdefault(int(at), []).append(value)
    assert [sorted(found[at]) for at in sorted(found)] == [cell.split(", ") if cell else ["No value"] for cell in row[1:]]
    assert len(BOUND) == 5


def test_values_are_bound_to_items_as_the_guide_says():
    _, *rows = table_headed("event", "finding_method")
    view = {"dimensions": {"page": written_of("finding_method"), "sku": "items[].sku"}, "metrics": VIEW["metrics"]}
    for at, (number, _, _, products, methods) in enumerate(rows):
        events = []
        for before, (_, method, additions, skus, _) in enumerate(rows[: at + 1]):
            own = skus.split(", ") if skus else []
            events.append(page(before, method, sku=own, units=[float(before == at)] * len(own), **({"orders": 1} if additions else {})))
        shown = table([events], "sku", "page", metrics=["units"], view=view)
        found = {sku: method for kind, sku, method, units in shown if kind == "item" and units}
        expected = zip(products.split(", "), methods.split(", "), strict=True) if products else ()
        assert found == {sku: "No value" if method == "–" else method for sku, method in expected}, number
    assert len(rows) == 4


ALLOCATIONS, *OF_ITEMS = table_headed("event", "sets")


def of_items(cell):
    """The items of a cell, each with its values."""
    return {item: values for item, values in (one.split(": ") for one in cell.split("; "))}


@pytest.mark.parametrize("column", range(2, 6), ids=lambda column: ALLOCATIONS[column])
def test_values_of_items_last_as_the_guide_says(column):
    lasts = {"field": "items[].sku", "persistence": {"allocation": ALLOCATIONS[column].strip("`")}}
    view = {"dimensions": {"sku": lasts}, "metrics": VIEW["metrics"]}
    for row in OF_ITEMS:
        for item, expected in of_items(row[column]).items():
            events = []
            for number, written, *_ in OF_ITEMS:
                own = of_items(written)
                units = [float((number, name) == (row[0], item)) for name in own]
                events.append(page(int(number), sku=[None if color == "–" else color for color in own.values()], units=units))
            found = {color for kind, color, units in table([events], "sku", metrics=["units"], view=view) if kind == "item" and units}
            assert found == {*expected.replace("–", "No value").split(", ")}, (row[0], item)
    assert len(OF_ITEMS) == 4
