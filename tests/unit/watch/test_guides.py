"""docs/watching.md, docs/operations.md and docs/security.md say what is so."""

import json
import re
from pathlib import Path

import pytest
import yaml

from cja_spark.addresses import ROOTS, SCHEMES
from cja_spark.sinks.compared import KINDS
from cja_spark.steps import NUMBERS, TEXTS, VARIABLE
from cja_spark.verbs import NAMES, parser
from cja_spark.watch.lineage import VARIABLE as LINEAGE
from cja_spark.watch.metrics import metrics_text
from cja_spark.watch.page import ASKS
from cja_spark.watch.standing import URGENCIES
from cja_spark.watch.troubles import of_audience, of_sink
from tests.unit.watch.standings import EVERYTHING, NOW, PROJECT, ago, audience, run, sink, standing

ROOT = Path(__file__).resolve().parents[3]
WATCHING = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_the_commands_of_the_guide_are_ones():
    commands = re.findall(r"^cja (.+?)(?:\s+#.*)?$", WATCHING, re.M)
    assert len(commands) == 4
    for command in commands:
        assert parser().parse_args(command.split()).verb in ("status", "audit")


def test_the_urgencies_of_the_guide_are_all_with_what_they_ask():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", WATCHING, re.M))
    told = {name: rows[name] for name in rows if name in URGENCIES}
    assert told == {name: ASKS[name] for name in URGENCIES if name != "stop"}


def test_the_line_of_the_guide_is_one_and_its_facts_are_all():
    [line] = re.findall(r"```json\n(.+)\n```", WATCHING)
    assert set(json.loads(line)) - {"time", "step"} <= {*TEXTS, *NUMBERS}
    assert all(f"`{name}`" in WATCHING for name in (*TEXTS, *NUMBERS))
    assert f"`{VARIABLE}=-`" in WATCHING
    assert f"`{LINEAGE}=FILE`" in WATCHING


def test_the_metrics_of_the_guide_are_all_there_are():
    made = set(re.findall(r"^# TYPE (\w+)", metrics_text(EVERYTHING, {}), re.M))
    assert set(re.findall(r"`(cja_(?!spark)\w+)", WATCHING)) - {"cja_changes_total"} == made - {"cja_changes_total"}


def test_the_alerts_are_rules_on_metrics_that_there_are():
    [text] = re.findall(r"```yaml\n(.+?)```", WATCHING, re.S)
    [group] = yaml.safe_load(text)["groups"]
    made = set(re.findall(r"^# TYPE (\w+)", metrics_text(EVERYTHING, {}), re.M))
    assert len({rule["alert"] for rule in group["rules"]}) == 6
    for rule in group["rules"]:
        assert {*re.findall(r"cja_\w+", rule["expr"])} <= made
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_the_kinds_of_differences_of_the_guide_are_all():
    assert all(f"`{kind}`" in WATCHING and f"`{kind}`" in OPERATIONS for kind in KINDS)


def test_the_shown_status_is_how_it_is_told_and_its_commands_are_ones():
    shown = re.findall(r"```\n(PAGE .+?)```", OPERATIONS, re.S)[0].splitlines()
    told = [*of_audience(audience(last=run(as_of=ago(days=3))), PROJECT, NOW), *of_sink(sink(sink="feed", lag_runs=2, state="pending"), "buyers", PROJECT)]
    assert shown == [line for one in told for line in (f"{one.urgency.upper():<8}buyers: {one.what}", f"        -> {one.next_action}")]
    named = {found for found in re.findall(r"`cja ([a-z-]+)", OPERATIONS)}
    assert named <= {*NAMES}
    assert len(named) >= 8


def test_every_exit_code_has_its_deed():
    codes = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", OPERATIONS, re.M) for code in row.split(",")}
    assert codes == {*range(9), 130, 143}


WORDS = (
    "never published", "is held back", "not finished", "nothing was told since", "lapse on", "has not taken", "is paused", "refuses rows",
    "identities cannot be published", "does not add up", "expires on",
)  # fmt: skip


def test_every_trouble_has_its_row_in_the_guide():
    more = [audience(last=run(state="building", recorded_at=ago(hours=2))), audience(refresh="weekly", last=run(as_of=ago(days=13)))]
    told = [trouble.what for _, trouble in standing(*EVERYTHING.audiences, *more).troubles]
    assert [what for what in told if not any(words in what for words in WORDS)] == []
    assert [words for words in WORDS if not any(words in what for what in told)] == []
    rows = re.findall(r"^\| (.+?) \|", OPERATIONS, re.M)
    assert [words for words in WORDS if not any(words in row for row in rows)] == []


@pytest.mark.parametrize("rule", [f"S{number}" for number in range(1, 11)])
def test_every_rule_is_in_the_threat_model(rule):
    assert len(re.findall(rf"^\| {rule} ", SECURITY, re.M)) == 1


def test_what_holds_the_rules_exists():
    files = re.findall(r"`((?:tests/|page/|audiences/)?[\w/]+\.(?:py|js))`", SECURITY)
    assert len(files) >= 10
    assert [name for name in files if not (ROOT / name).exists() and not (ROOT / "cja_spark" / name).exists()] == []


def test_the_file_systems_of_the_guide_are_those_that_are_allowed():
    assert f"{ROOTS}=" in SECURITY
    assert all(f"`{scheme}:`" in SECURITY for scheme in SCHEMES)
