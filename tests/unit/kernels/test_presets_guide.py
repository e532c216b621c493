"""Every example of docs/presets.md, by the package's kernels and by the reference; its tables, by the specs."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.presets import OPTIONS
from tests.reference.report import report
from tests.unit.kernels.by_hand import DAY, START, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "presets.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n```text\n(.*?)```", GUIDE, re.DOTALL)
MARCH = {"from": dt.date(2026, 3, 1), "to": dt.date(2026, 3, 31)}
OF_TABLE = {  # an option's cell: what it stands for
    "none": None, "no exclusions: use segments": None, "no exclusions": None, "to be written": None, "-": None,
    "`entry` with a window, else `in_range`": None, "`true`": True, "`false`": False, "`grace(2 seconds)`": {"grace": "2 seconds"},
    "14 days": "2 weeks", "7 days": "1 week",
}  # fmt: skip


def only(kind):
    (found,) = re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    return found


def ms(time):
    return round(dt.datetime.fromisoformat(f"{time}+00:00").timestamp() * 1000)


def events():
    return [(row["person"], ms(row["time"]), row["page"]) for row in csv.DictReader(only("csv").splitlines())]


def asked(options):
    return {"report": "fallout", **yaml.safe_load(only("steps")), **yaml.safe_load(options)}


def written(rows):
    return [f"{row['step']} {row['step_name']} {row['people']:g}" for row in rows]


@pytest.mark.parametrize(("options", "said"), EXAMPLES)
def test_an_example_is_what_the_kernels_answer(options, said):
    found = {}
    for person, t, name in events():
        found.setdefault(person, []).append(page(t - START, name))
    until = max(t for _, t, _ in events()) + 1
    assert written(rows_of([*found.values()], until=until, range=MARCH, **asked(options))) == said.splitlines()


@pytest.mark.parametrize(("options", "said"), EXAMPLES)
def test_an_example_is_what_the_reference_answers(options, said):
    rows = [
        {"person_id": person, "t": t, "sequence": at, "dataset_position": 0, "event_id": None, "row_hash": at, "page": name}
        for at, (person, t, name) in enumerate(events())
    ]
    ask = {**asked(options), "from": ms("2026-03-01"), "to": ms("2026-03-31") + DAY}
    view = {"name": "guide", "dimensions": {"page": "page"}}
    assert written(report(rows, view, ask, data_until=max(t for _, t, _ in events()) + 1)) == said.splitlines()


def table():
    """Per option of the guide's table what it is by default and under each preset, as text."""
    lines = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in GUIDE.splitlines() if line.startswith("| ")]
    head = next(at for at, line in enumerate(lines) if line[0] == "option")
    kind = ""
    for first, *cells in lines[head + 1 :]:
        if first == "mode":
            return
        kind, name = first.split(": ") if ": " in first else (kind, first)
        if kind != "view":
            yield from ((kind, one, [cell.split(", ")[at] if "," in name and ", " in cell else cell for cell in cells]) for at, one in enumerate(re.findall(r"`(\w+)`", name)))


def meant(cell):
    if cell in OF_TABLE:
        return OF_TABLE[cell]
    return int(cell) if cell.isdigit() else cell.strip("`")


@pytest.mark.parametrize(("kind", "name", "cells"), [*table()], ids=str)
def test_the_table_says_what_presets_set(kind, name, cells):
    required = {"fallout": {"steps": ["orders", "orders"], "exclude": ["orders"]}, "flow": {"dimension": "page", "starts_with": "entry"}, "cohort": {"inclusion": "orders"}}
    spec, presets = REPORTS.named(kind).spec, ("default", "adobe", "posthog", "mixpanel", "clickhouse")
    for preset, cell in zip(presets, cells, strict=True):
        if cell == "-" or cell.startswith(("no exclusions", "to be written", "`entry` with")):
            assert name not in OPTIONS[kind].get(preset, {})
            continue
        given = {**required.get(kind, {}), **({"window": "1 day"} if preset == "clickhouse" and kind == "fallout" else {})}
        given |= {"exclusion": "drop_attempt"} if kind == "fallout" and preset in ("adobe", "clickhouse", "default") else {}
        found = spec.model_validate({**given, "preset": preset}).model_dump(mode="json")[name]
        assert found == meant(cell), preset


def test_every_option_that_a_preset_sets_is_in_the_table():
    said = {(kind, name) for kind, name, _ in table()} | {("fallout", "container")}
    assert {(kind, name) for kind, presets in OPTIONS.items() for options in presets.values() for name in options} == said


def test_the_first_example_is_a_report():
    given = yaml.safe_load(only("preset"))
    found = REPORTS.named("fallout").spec.model_validate(given).model_dump(mode="json")
    assert (found["window"], found["ties"], found["date_rule"]) == ("1 day", "step_order", "in_range")
