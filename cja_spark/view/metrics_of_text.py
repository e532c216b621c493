"""Metrics of derived fields that give text: they count where the field is set, unless they say that numbers are in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from cja_spark.view.components import Component, Metric
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.chain import Chain
from cja_spark.view.derived.inlined import inlined, looks_at_events
from cja_spark.view.derived.needed import Derived
from cja_spark.view.text_numbers import numbers_of


def counted_texts(metrics: Mapping[str, Component], derived: Derived) -> dict[str, Metric]:
    """The metrics that count instances though their author says nothing.

    Source: CJA, component settings, behavior: a string field as metric counts presence. Decision: of a field the type is not known
        before events are, and texts of CSV are numbers; of a derived field its last function says it.
    """
    silent = ((name, one) for name, one in metrics.items() if _gives_text(one, derived))
    return {
        name: one.model_copy(update={"behavior": "instances"})
        for name, one in silent
        if isinstance(one, Metric) and one.behavior is None and one.values_to_count is None and one.include is None
    }


def text_faults(metrics: Mapping[str, Component], derived: Derived) -> Iterator[tuple[tuple[str, str], str]]:
    """Metrics that would sum words: a case when that gives no text which says a number."""
    for name, one in metrics.items():
        if isinstance(one, Metric) and one.behavior == "values" and _gives_text(one, derived):
            last = derived[one.derived or ""].functions[-1]
            if looks_at_events(one.derived or "", derived):
                yield ("metrics", name), f"behavior: values sums numbers, and {last.function} gives text; leave it out to count where it is set."
                continue
            words = [taken.value for taken in last.results()] if isinstance(last, CaseWhen) else [None]
            if all(isinstance(word, str) for word in words) and not numbers_of(pa.array(words, pa.string())).is_valid().to_pylist().count(True):
                yield ("metrics", name), f"behavior: values sums numbers, and derived field '{one.derived}' gives words alone; leave it out to count where they are set."


def counts_where_set(one: Component, chain: Chain) -> bool:
    """Whether a metric of what a report makes of other events counts where that is set, be it text or a number.

    Source: M1. Decision: rules of numbers ask for the numbers; what is no number does not meet them.
    """
    return isinstance(one, Metric) and one.behavior == "instances" and one.include is None and chain.gives() != "number"


def _gives_text(one: Component, derived: Derived) -> bool:
    made = one.derived if isinstance(one, Metric) else None
    if made is None or made not in derived:
        return False
    if not looks_at_events(made, derived):
        return derived[made].gives() == "text"
    chain = inlined(made, derived).chain()
    return chain.gives() == "text" and not chain.texts and not chain.made[-1].gives_list
