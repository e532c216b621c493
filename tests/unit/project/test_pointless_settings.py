"""Settings that can do nothing are faults of the project, not surprises of a report."""

from __future__ import annotations

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from tests.unit.project.demo import change


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("channel: {field: channel}", "channel: {field: channel, persistence: {binding: channel}}", "persistence: 'channel' is bound to itself"),
        ("timeout: 30 minutes", "timeout: 0 minutes", "a timeout of no time makes a session of each event"),
        ("{metric: orders, at_least: 1}", "{dimension: channel, equals_any_of: []}", "at least 1"),
        ("{metric: orders, at_least: 1}", "{dimension: channel, equals_none_of: []}", "at least 1"),
        ("conversion:", "in_euro: {calculate: orders / sessions, currency: EUR}\n  conversion:", "'EUR' is shown of amounts of money alone"),
    ],
)
def test_what_can_mean_nothing_is_a_fault(folder, old, new, said):
    change(folder, "view.yaml", old, new)
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert said in str(caught.value)
