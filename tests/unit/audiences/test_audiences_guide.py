"""docs/audiences.md: publishes of its worked example commit what its table says."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from cja_spark.audience_people import people
from cja_spark.audiences.publish import publish
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.journeys.build import build
from cja_spark.view.spec import View
from tests.unit.audiences.test_people import project_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "audiences.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") : GUIDE.index("## The guard")]
EVENTS, PUBLISHES = (
    [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    for text in re.findall(r"(?:^\|.*\n)+", WORKED, re.MULTILINE)
)
[WRITTEN] = re.findall(r"```yaml\n(.*?)```", WORKED, re.DOTALL)
[SEGMENT] = re.findall(r"# of the view: (.*)", WRITTEN)
SCHEMA = (
    "person_id string, person_namespace string, event_id string, ts timestamp, event_date date, dataset string, "
    "dataset_position int, sequence bigint, row_hash bigint, orders double, load bigint"
)


def instant(day):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def answers(spark, place):
    view = View.model_validate({"name": "guide", "metrics": {"orders": "orders"}, "segments": {"buyers": yaml.safe_load(SEGMENT)}})
    rows = [
        (person, "CRM", f"e{at}", instant(day), date.fromisoformat(day), "web", 0, None, at, float(orders) if orders else None, 1)
        for at, (person, day, orders) in enumerate(EVENTS)
    ]
    place.events.append(spark.createDataFrame(rows, SCHEMA))
    build(place, view, {})
    audience, project, found = Audience.model_validate({"name": "guide", **yaml.safe_load(WRITTEN)}), project_of(view), []
    for as_of, *_ in PUBLISHES:
        receipt = publish(
            place, audience, lambda start, end: people(place, project, audience, start, end), as_of=instant(as_of),
            definition=audience.definition({"buyers": SEGMENT}),
        )  # fmt: skip
        members = place.table(MEMBERS).rows("id", "valid_until", where=[*equal(audience_id=receipt.audience_id), *equal(status="realized")])
        found.append((receipt, {row["id"]: row["valid_until"].astimezone(UTC) for row in members}))
    return found


@pytest.mark.parametrize("number", range(len(PUBLISHES)), ids=[row[0] for row in PUBLISHES])
def test_a_publish_commits_what_the_guide_says(place, answers, number):
    receipt, members = answers[number]
    _, enter, heartbeat, exits, then = PUBLISHES[number]
    blocked = enter.startswith("blocked")
    assert members == {name: instant(day) for name, day in re.findall(r"(\w+) (\S+?)(?:,|$)", then)}
    assert (receipt.state, receipt.exit_code) == (("blocked", 5) if blocked else ("committed", 0))
    assert [f"`{sign}`" for sign in receipt.guard] == re.findall(r"`\w+`", enter)
    where = [*equal(audience_id=receipt.audience_id), *equal(run_seq=receipt.run_seq)]
    told = sorted((row["op"], row["id"]) for row in place.table(CHANGES).rows("op", "id", where=where) if row["id"])
    said = [("enter", "" if blocked else enter), ("exit", exits), ("heartbeat", heartbeat)]
    assert told == [(op, name) for op, name in said if name]
