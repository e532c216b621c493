"""Which metrics are sums over single events, and what an event adds to them."""

from __future__ import annotations

import pytest

from cja_spark.reconciliation.linear import weights_of
from cja_spark.view.spec import View

VIEW = View.model_validate(
    {
        "name": "messages",
        "metrics": {
            "sends": "sent.value", "async": "late.value", "bounced": "bounce.value",
            "once": {"field": "sent.value", "deduplication": {"id": "message", "scope": "person"}},
            "messages_sent": {"calculate": "sends + bounced - async"},
            "delivered": {"calculate": "messages_sent - bounced"},
            "twice": {"calculate": "2 * sends - -async * 3"},
            "rate": {"calculate": "delivered / sends"},
            "more": {"calculate": "sends + 1"},
            "kept": {"calculate": "sends[mobile]"},
            "of_once": {"calculate": "once + sends"},
            "of_total": {"calculate": "total(sends)"},
        },
        "dimensions": {"message": "message.id"},
        "segments": {"mobile": {"where": {"dimension": "message", "equals": "1"}}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("sends", {"sends": 1}),
        ("messages_sent", {"sends": 1, "bounced": 1, "async": -1}),
        ("delivered", {"sends": 1, "bounced": 0, "async": -1}),
        ("twice", {"sends": 2, "async": 3}),
    ],
)
def test_what_is_added_and_subtracted_is_a_sum_over_events(name, weights):
    assert weights_of(name, VIEW) == weights


@pytest.mark.parametrize("name", ["rate", "more", "kept", "once", "of_once", "of_total", "events", "people", "nothing"])
def test_whatever_else_there_is_no_sum_over_single_events(name):
    assert weights_of(name, VIEW) is None
