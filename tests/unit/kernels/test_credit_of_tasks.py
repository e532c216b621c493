"""Credit of several tasks: what cancels out to nothing is no row for its sake, however persons lie in tasks (A1, T1)."""

import pytest

from tests.unit.kernels.by_hand import VIEW, page
from tests.unit.kernels.tasks_by_hand import answered

ATTRIBUTED = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "linear", "lookback": "none"}}}}
CHANGES = [{"container": "event", "where": {"any": [{"metric": "orders", "at_least": 1}, {"metric": "orders", "at_most": -1}]}}]


def buys(name, amount):
    """A page, which the segment hides, then an order on none."""
    return [page(0, name), page(1, None, orders=amount)]


BACK = [buys("home", 2), buys("home", -2), buys("sale", 3)]


@pytest.mark.parametrize("metrics", [["orders"], ["orders", "events"]])
@pytest.mark.parametrize("tasks", [[BACK], [BACK[:1], BACK[1:]], [BACK[:2], BACK[2:]], [BACK[1:], BACK[:1]]])
def test_credit_that_cancels_out_is_no_row_in_one_task_nor_in_several(tasks, metrics):
    asked = {"report": "table", "dimensions": ["page"], "metrics": metrics, "view": ATTRIBUTED, "segments": CHANGES}
    rows, _, _ = answered(tasks, **asked)
    items = [(row["page"], row["orders"]) for row in rows.to_pylist() if row["row_kind"] == "item"]
    assert {*items} == {("sale", 3.0), ("No value", 0.0)}


def test_a_value_without_credit_is_a_row():
    persons = [[*buys("home", 2), page(2, "about")], buys("sale", 3)]
    rows, _, _ = answered([persons[:1], persons[1:]], report="table", dimensions=["page"], metrics=["orders"], view=ATTRIBUTED)
    items = [(row["page"], row["orders"]) for row in rows.to_pylist() if row["row_kind"] == "item"]
    assert items == [("sale", 3.0), ("home", 2.0), ("No value", 0.0), ("about", 0.0)]
