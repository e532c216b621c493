"""Laws of Journey Optimizer's metrics on random rows: what the reference reads in the nested JSON keeps them."""

from __future__ import annotations

import pytest
import yaml

from tests.golden.optimizer_project import CONF
from tests.property.optimizer_rows import files
from tests.reference.optimizer import DIMENSIONS, answered, loaded, metrics

RANGE = {"from": "2026-01-01", "to": "2026-03-31"}
NAMES = list(yaml.safe_load((CONF / "view.yaml").read_text(encoding="utf-8"))["metrics"])
FEW = ["events", "people", "messages_sent", "messages_delivered", "unique_delivered", "excludes", "retries", "journey_enters", "inbound_displays"]
DERIVED = ["unique_opens", "clicks", "click_to_open_rate", "node_enters"]
GROUPS = [[name] for name in DIMENSIONS] + [["channel", "feedback_status"], ["campaign", "treatment"], ["journey", "node", "step_status"]]
LISTS = [NAMES[at : at + 12] for at in range(0, len(NAMES), 12)]
ASKS = {
    **{f"all_{number}": {"report": "table", "range": RANGE, "metrics": some} for number, some in enumerate(LISTS)},
    **{f"by_{'_'.join(group)}": {"report": "table", "range": RANGE, "dimensions": group, "metrics": FEW + (DERIVED if len(group) < 3 else []), "rows": 5_000} for group in GROUPS},
}


def ordered(rows, ask):
    shown = [*ask.get("dimensions", []), *ask["metrics"]]
    kept = [[row["row_kind"], *(row[name] for name in shown)] for row in rows if row["row_kind"] != "other"]
    return sorted(kept, key=lambda row: [str(cell or "") for cell in row[: 1 + len(ask.get("dimensions", []))]])


def test_the_reference_knows_every_metric_of_the_view():
    assert set(NAMES) <= set(metrics([], {"opens": set(), "clicks": set()}))


@pytest.mark.parametrize("seed", range(40))
def test_what_was_sent_is_what_was_delivered_and_what_came_back(seed):
    """The invariant of the formulas, and bounds: on the reference, which the product is compared with."""
    told = answered(loaded(files(seed, 60)), {"range": RANGE})[0]
    assert told["messages_sent"] == told["messages_delivered"] + told["message_bounces"]
    assert told["unique_opens"] <= told["opens"]
    assert told["action_successes"] <= told["actions"]
    assert told["unique_journey_enters"] <= told["journey_enters"]


def test_rows_that_come_again_and_their_order_change_nothing():
    lines = files(7, 60)
    once = {name: list(dict.fromkeys(some)) for name, some in lines.items()}
    backwards = {name: some if name == "entities" else some[::-1] for name, some in lines.items()}
    told = [sorted(map(str, ordered(answered(loaded(some), ASKS[f"all_{number}"]), ASKS[f"all_{number}"]))) for some in (lines, once, backwards) for number in range(len(LISTS))]
    assert told[: len(LISTS)] == told[len(LISTS) : 2 * len(LISTS)] == told[2 * len(LISTS) :]
