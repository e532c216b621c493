"""Generated events as the arrays that kernels see, made without Spark; and texts as a dictionary would know them."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from cja_spark.journeys.batch import Items, Journeys
from cja_spark.journeys.hashing import person_key, value_id
from cja_spark.kernels.segments import positive
from cja_spark.reports.compile import report_leaves
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.standard import STANDARD_DIMENSIONS
from cja_spark.view.text_numbers import marked
from tests.reference.metrics import clean
from tests.reference.segments import NUMERIC, POSITIVE
from tests.reference.values import number

TESTS = {name: POSITIVE[name] for name in ("contains", "contains_all_of", "contains_any_of", "starts_with", "ends_with", "matches", *NUMERIC)}


def stored(events, name, depth, *, dimension):
    """A component as the reader hands it to kernels."""
    levels, here = [], [event[name] for event in events]
    for _ in range(depth):
        levels.append(np.array([0, *accumulate(len(some) for some in here)], np.int64))
        here = [leaf for some in here for leaf in some]
    here = [clean(leaf) for leaf in here]
    if dimension:
        values = np.array([0 if leaf is None else value_id(leaf) for leaf in here], np.int64)
    else:
        numbers = np.array([np.nan if leaf is None else number_in(leaf) for leaf in here], np.float64)
        no_number = np.array([isinstance(leaf, str) and number_in(leaf) != number_in(leaf) for leaf in here], bool)
        values = marked(numbers, no_number)
    return Items.nested(tuple(levels), values) if levels else values


def number_in(leaf):
    """The number that an amount is, NaN for a word."""
    found = number(leaf) if isinstance(leaf, str) else leaf
    return np.nan if found is None else found


def batch_of(journeys, components, profiles=None):
    """A batch of whole persons.

    Args:
        journeys: per person its events in order.
        components: per stored column the component, how deep its arrays are, and whether it is a dimension.
        profiles: per person-level column the value of each person, null without one.
    """
    events = [event for own in journeys.values() for event in own]
    columns = {column: stored(events, *rest, dimension=is_) for column, (*rest, is_) in components.items()}
    people = {
        column: np.array([0 if of.get(person) is None else value_id(of[person]) for person in journeys], np.int64)
        for column, of in (profiles or {}).items()
    }
    offsets = np.array([0, *accumulate(len(own) for own in journeys.values())], np.int64)
    t = np.array([event["t"] for event in events], np.int64)
    return Journeys(offsets, t, columns, people, np.array([person_key(person) for person in journeys], np.int64))


def text_ids_of(report, view, texts, shown=None):
    """Ids of the texts that a report's conditions on parts of texts match; `shown` are those of dimensions with settings."""
    found = {}
    for leaf in report_leaves(report, view):
        if isinstance(leaf, DimensionCondition) and leaf.dimension not in STANDARD_DIMENSIONS and (name := positive(leaf).operators()[0]) in TESTS:
            part = getattr(positive(leaf), name)
            found[positive(leaf)] = np.sort([value_id(text) for text in (shown or {}).get(leaf.dimension, texts) if TESTS[name](text, part)])
    return found
