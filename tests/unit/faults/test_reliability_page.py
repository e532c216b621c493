"""docs/reliability.md: its table is what the generator writes, its actions are those of failpoints; sums of lines are right."""

import json
import re
from pathlib import Path

import pytest

from cja_spark.failpoints import ACTIONS
from tests.faults.plan import FAULTS
from tests.faults.record import FACTS
from tests.faults.summary import Sum, hits_of, lines_of, shortages, sums_of
from tests.faults.table import BEGIN, END, HEAD, page, table

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reliability.md").read_text(encoding="utf-8")


def line(name="F1", outcome="survived", **facts):
    return {"fault": name, "node": "n", **dict.fromkeys(FACTS), **facts, "outcome": outcome}


def rows_of(text):
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in text.strip().splitlines()]


def test_the_page_has_the_shape_that_the_generator_gives_it():
    _, _, rest = PAGE.partition(BEGIN)
    written, _, after = rest.partition(END)
    head, _, *rows = rows_of(written)
    assert tuple(head) == HEAD
    assert [row[0] for row in rows] == [*FAULTS, "all"]
    assert [row[1:3] for row in rows[:-1]] == [[one.what, one.holds] for one in FAULTS.values()]
    assert all(re.fullmatch(r"[\d,]+", cell) for row in rows for cell in (*row[3:8], row[9]))
    assert {len(row) for row in rows} == {len(HEAD)}
    again = page(PAGE, sums_of([line()]))
    assert again.partition(BEGIN)[0] == PAGE.partition(BEGIN)[0]
    assert again.partition(END)[2] == after


def test_the_table_of_the_page_tells_of_a_run_that_lost_nothing():
    rows = rows_of(PAGE.partition(BEGIN)[2].partition(END)[0])[2:]
    assert int(rows[-1][3].replace(",", "")) >= 1000
    for row in rows:
        assert (row[3], row[5:8]) == (row[4], ["0", "0", "0"]), row[0]


def test_the_page_tells_every_action_of_a_failpoint():
    told = re.findall(r"^  \| `([a-z_]+)(?::[A-Z]+)?` \|", PAGE, re.MULTILINE)
    assert {*told} == {*ACTIONS}


def test_lines_add_up():
    found = sums_of([
        line(recovery_s=1.0, resent=2, lost=0), line(recovery_s=3.0, resent=1), line(outcome="failed", lost=4, disordered=1),
        line(outcome="skipped"), line("F12", times=500),
    ])  # fmt: skip
    assert found["F1"] == Sum(3, 2, 1, 4, 0, 1, 2.0, 3)
    assert found["F12"] == Sum(500, 500, 0, 0, 0, 0, None, 0)
    assert found["F2"].tried == 0
    assert rows_of(table(found))[2][3:] == ["3", "2", "4", "0", "1", "2.0 s", "3"]
    assert rows_of(table(found))[-1][:5] == ["all", "", "", "503", "502"]


def test_what_a_run_lacks_is_told(tmp_path):
    (tmp_path / "faults_a.jsonl").write_text(f"{json.dumps(line())}\n{json.dumps(line('F12', times=2000))}\n")
    (tmp_path / "faults_b.jsonl").write_text(f"{json.dumps(line('F3', outcome='failed', lost=1))}\n")
    (tmp_path / "hits_a.log").write_text("outbox.before_commit raise 1\n")
    assert (len(lines_of(tmp_path)), hits_of(tmp_path)) == (3, {"outbox.before_commit"})
    lacks = shortages(tmp_path, full=False)
    assert "F1: 1 of 32 tried, 0 left out (every failpoint, first and second hit, for every sink)" in lacks
    assert {"F3: 1 not survived", "F3: 1 rows lost, 0 duplicated, 0 out of order", "nothing happened at failpoint outbox.after_commit"} <= {*lacks}
    assert not [one for one in lacks if one.startswith(("F12", "nothing happened at failpoint outbox.before_commit"))]
    assert any(one.startswith("F12: 2000 of 20000") for one in shortages(tmp_path, full=True))


@pytest.mark.parametrize("name", FAULTS)
def test_more_is_tried_by_hand_than_by_ci(name):
    assert FAULTS[name].full >= FAULTS[name].ci
