"""Six weeks of a real shop through the jobs, a report of each kind that the data allow, beside the tables of tests/expected.

Those are DuckDB's answers from the same file (`test_expected_tables`). Call deflection needs calls, which the file has not.
"""

import sys

import pytest

from tests.jobs.expected import expected
from tests.jobs.expected import same as same_rows
from tests.jobs.lives import told
from tests.jobs.processes import ROOT, start

PROJECT = ROOT / "conf" / "dsw-luma"


@pytest.fixture(scope="module")
def lake(shared, tmp_path_factory):
    lake = tmp_path_factory.mktemp("dsw_luma") / "lake"
    for job in ("connect", "journey", "report"):
        more = ["--out", str(lake.parent / "report.html")] if job == "report" else []
        process = start([sys.executable, str(ROOT / "jobs" / f"{job}.py"), "--project", str(PROJECT),
                         "--files", str(shared / "data" / "dsw-luma"), "--lake", str(lake), *more])  # fmt: skip
        said, _ = process.communicate(timeout=900)
        assert process.returncode == 0, said
    return lake


@pytest.fixture(scope="module")
def rows(lake, spark):
    """The rows of a report's table."""
    return lambda name: [row.asDict() for row in spark.read.format("delta").load(str(lake / "reports" / name)).collect()]


def asked(name):
    """The rows of the expected table."""
    return expected("dsw-luma", name)[1]


def cells(rows, *columns, kind="item"):
    return [tuple(row[name] for name in columns) for row in rows if row["row_kind"] == kind]


def same(ours, theirs, keys=1):
    """The same rows in any order, named by their first columns; shares to nine digits."""
    mine, other = ({row[:keys]: row[keys:] for row in rows} for rows in (ours, theirs))
    assert len(mine) == len(ours) and len(other) == len(theirs) > 0
    assert {*mine} == {*other}
    for key, values in mine.items():
        assert values == pytest.approx(other[key], rel=1e-9), key


def week_of(row):
    """Weeks since the first one, the 45th of 2018."""
    return int(row["label"].split("W")[1]) - 45


def test_pages_by_page_views(rows):
    same(cells(rows("pages"), "page", "page_views", "people", "sessions"), asked("pages"))


def test_products_of_orders_by_quantity(rows):
    same(cells(rows("products"), "sku", "quantity", "people"), asked("products"))


def test_orders_in_equal_parts_to_the_referrers_of_thirty_days(rows):
    found = rows("referrers")
    same([row for row in cells(found, "referrer_type", "orders", "orders_linear", "people") if row[0] != "No value"], asked("referrers"))
    [total] = cells(found, "orders", "orders_linear", kind="total")
    assert total == (318, 318)


def test_weeks(rows):
    found = [(week_of(row), row["events"], row["people"], row["sessions"], row["orders"]) for row in rows("weeks") if row["row_kind"] == "bucket"]
    same(found, asked("weeks"))


def test_sessions_are_those_of_half_an_hour(rows):
    [found] = cells(rows("visits"), "sessions", "bounces", "people", "events", "time_spent_seconds", kind="total")
    assert found == asked("visits")[0]
    assert found[0] == 2148


def test_from_a_product_to_an_order(rows):
    found = sorted(rows("funnel"), key=lambda row: row["step"])
    assert tuple(row["people"] for row in found) == asked("funnel")[0]


def test_links_of_sections_from_the_entry_on(rows):
    def item(kind, value):
        return value if kind == "item" else kind

    links = [
        (row["flow_column"], item(row["item_kind"], row["flow_item"]), item(row["next_kind"], row["next_item"]), row["path_views"])
        for row in rows("from_entry") if row["row_kind"] == "link" and row["flow_column"] and row["item_kind"] != "exit"
    ]  # fmt: skip
    same(links, asked("from_entry"), keys=3)


def test_what_comes_after_the_cart(rows):
    found = [row for row in rows("after_cart") if row["item_kind"] == "item"]
    same(cells(found, "flow_item", "path_views", "people", kind="node"), asked("after_cart"))


def test_paths_to_an_order(rows):
    found, all_paths = rows("paths_to_orders"), {path: counts for path, *counts in asked("paths_to_orders")}
    shown = {row for kind in ("top", "bottom") for row in cells(found, "path_taken", "trials", "converted_trials", "people", kind=kind)}
    assert {path: counts for path, *counts in shown} == {path: all_paths[path] for path, *_ in shown}
    assert len(shown) > 5
    [total] = cells(found, "trials", "converted_trials", kind="total")
    assert total == tuple(sum(counts[at] for counts in all_paths.values()) for at in (0, 1))


def test_cohorts_of_first_weeks(rows):
    found = [(week_of(row), row["periods_after"], row["people"]) for row in rows("cohorts") if row["label"]]
    same([row for row in found if row[2]], asked("cohorts"), keys=2)


def test_who_comes_back_in_a_later_week(rows):
    same(cells(rows("comes_back"), "elapsed", "people", kind="on") + cells(rows("comes_back"), "elapsed", "people", kind="total"), asked("comes_back"))


def test_page_views_of_people(rows):
    found = [row for row in rows("page_views_of_people") if row["row_kind"] in ("bucket", "above")]
    same([(row["at_least"] // 10, row["people"]) for row in found if row["people"]], asked("page_views_of_people"))


def test_who_does_which_of_three_things(rows):
    found = [row for row in rows("shopping") if row["set_mask"]]
    same([(row["set_mask"], row["only_people"]) for row in found if row["only_people"]], asked("shopping"))


def test_time_to_an_order(rows):
    [found] = cells(rows("time_to_order"), "people", "reached_people", "mean_seconds", kind="total")
    assert found == pytest.approx(asked("time_to_order")[0], rel=1e-9)


def test_sections_before_an_order(rows):
    kinds = ("leads_to", "protects", "undefined")
    found = [row for kind in kinds for row in cells(rows("before_an_order"), "indicator", "counted_units", "outcome_units", "adjusted_ratio", kind=kind)]
    assert {row[0] for row in found if row[3] is None} == {row[0] for row in asked("before_an_order") if not row[3]}
    same([row for row in found if row[3]], [row for row in asked("before_an_order") if row[3]])


def test_growth_of_weeks(rows):
    classes = ("people", "new_people", "repeat_people", "return_people", "dormant_people")
    found = [row for row in rows("growth") if row["row_kind"] == "period" and row["people"] is not None]
    same([(week_of(row), *(row[name] for name in classes)) for row in found], asked("growth"))


def test_how_often_people_look_and_order(rows):
    found = [row for row in cells(rows("how_often"), "step_name", "at_least", "people", kind="bucket") if row[2]]
    same(found, asked("how_often"), keys=2)


@pytest.mark.parametrize("name", ["around_the_first_cart", "changes", "credit", "what_is_done"])
def test_all_rows_of_a_report(rows, name):
    columns, found = expected("dsw-luma", name)
    same_rows([tuple(row[column] for column in columns) for row in rows(name)], found)


def test_single_people_as_counts_and_digests(rows):
    same_rows(told(rows("lives"), ("page_views", "orders"), ("section", "referrer_type")), asked("lives"))


def test_the_page_is_there(lake):
    assert (lake.parent / "report.html").stat().st_size > 50_000
