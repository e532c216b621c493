"""docs/canvas.md: its YAML gives its table, of the runs that it tells of."""

import re
from pathlib import Path

import yaml

from cja_spark.reports.canvas import Canvas
from tests.unit.kernels.by_hand import rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "canvas.md").read_text(encoding="utf-8")
VIEW = {"dimensions": {"page": "page", "journey": "journey", "run": "run"}}
FIGURES = ("journey_runs", "people", "node_visits", "share_of_all", "run_starts", "entered_events", "exit_events", "error_events", "ended_runs", "waiting_runs", "mean_seconds")


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(run, cell):
    """What a run of the guide does: seconds, a node or none, and what of it counts."""
    for t, *words in (one.split() for one in re.findall(r"(\d+ s[^,]*)", cell)):
        names = [word for word in words[1:] if word not in ("entered", "left")]
        flags = {"orders": 1.0} if "entered" in words else {}
        yield int(t) * 1000, {"page": names[0] if names else None, "journey": "welcome", "run": run, **flags, **({"opens": 1.0} if "left" in words else {})}


def answered():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    people = {}
    for name, run, cell in lines(r"\| (ann|bob|cat) "):
        people.setdefault(name, []).extend(events(run, cell))
    assert len(people) == 3
    return rows_of([sorted(own, key=lambda event: event[0]) for own in people.values()], VIEW, **yaml.safe_load(written))


def told(row):
    """A row as the guide writes it."""
    return [row["row_kind"], row["node_name"] or "", row["next_node"] or "",
            *("" if row[name] is None else f"{100 * row[name]:g} %" if name == "share_of_all" else f"{row[name]:g}" for name in FIGURES)]  # fmt: skip


def test_the_guide_is_what_its_yaml_gives():
    assert [told(row) for row in answered()] == lines(r"\| (total|journey|node|branch) ")


def test_the_settings_of_the_guide_are_those_that_there_are():
    settings = {name for cell, *_ in lines(r"\| `\w+`") for name in re.findall(r"`(\w+)`", cell)}
    assert settings == {*Canvas.model_fields} - {"name", "report", "title", "description", "range", "segments", "person_scope", "preset"}
