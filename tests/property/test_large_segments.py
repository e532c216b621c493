"""Segments far beyond the limits that Customer Journey Analytics documents: they load, and equal the reference."""

from __future__ import annotations

import random

import pytest

from cja_spark.view.condition import leaves
from cja_spark.view.spec import View
from tests.property.asks import DAYS
from tests.property.strategies import PAGES
from tests.property.test_drawn_reports_equal_reference import equal_on
from tests.property.views import view_drawn

VALUES = [f"value {number}" for number in range(3_000)]
TABLE = {"report": "table", "dimensions": ["page"], "metrics": ["events", "people", "sessions"], "rows": 50, "segments": ["large"]}


def rule(chance):
    """A rule of a dimension or metric that some events meet and some do not."""
    page = chance.choice([*PAGES])
    return chance.choice([
        {"dimension": "page", "does_not_equal": page}, {"dimension": "page", "equals_any_of": [page, *VALUES]},
        {"dimension": "page", "does_not_contain_any_of": VALUES[:100]}, {"metric": "events", "at_least": 1},
        {"dimension": "page", "distinct": {"at_least": chance.randrange(1, 3)}},
    ])  # fmt: skip


def large(chance, levels, parts):
    """Containers in containers, with many rules on each level; person outside, then sessions, then events."""
    where = {"any": [rule(chance) for _ in range(parts)]}
    for level in range(levels):
        inner = {"container": "event" if level < 2 else "session" if level < levels - 2 else "person", "where": where}
        rest = [rule(chance) for _ in range(parts)]
        where = chance.choice([{"any": [inner, {"all": rest}]}, {"all": [inner, {"any": rest}]}, {"all": [{"exclude": inner}, {"any": rest}]}])
    return {"container": "person", "where": where}


def small_view(chance, **given):
    """A drawn view with a dimension of pages that shows them as they are."""
    view = view_drawn(chance)
    return {**view, "dimensions": {**view["dimensions"], "page": "page"}, "view_segments": [], **given}


@pytest.mark.parametrize("seed", range(6))
def test_twelve_levels_with_a_hundred_rules_and_lists_of_3_000_values_equal_the_reference(seed):
    chance = random.Random(seed)
    segment = large(chance, 12, 9)
    view = small_view(chance, segments={"large": segment})
    assert len(list(leaves(View.model_validate(view).segments["large"]))) > 100
    equal_on(chance, seed, view, [(TABLE, DAYS[0][0], DAYS[0][1])], 20)


@pytest.mark.parametrize("seed", range(3))
def test_a_sequence_of_thirty_checkpoints_and_sixty_containers_equals_the_reference(seed):
    chance = random.Random(seed)
    steps = [{"container": "event", "where": {"container": "event", "where": rule(chance)}} for _ in range(30)]
    segment = {"container": "person", "where": {"any": [{"then": steps}, {"then": steps[:2]}]}}
    view = small_view(chance, segments={"large": segment})
    equal_on(chance, seed, view, [(TABLE, DAYS[0][0], DAYS[0][1])], 20)
