"""Metric deduplication: an amount that was sent more than once counts once (rule M4)."""

from __future__ import annotations

from typing import Literal

from cja_spark.spec import Duration, Name, Spec


class Deduplication(Spec):
    """Which of a metric's values count.

    Of the events of a `scope` (session, or person from the report's person scope on) that carry the metric only the first
    (or last, `keep`) counts; with `id`, a dimension such as a purchase id, the first of each of its values. Events
    without an id all count. With `within` an event counts again that lies further than that from the last one that counted.

    Attributes:
        id: a dimension each of whose values counts once.
        keep: which of the values counts.
        within: how far from a value that counts others do not.
    """

    scope: Literal["session", "person"] = "session"
    id: Name | None = None
    keep: Literal["first", "last"] = "first"
    within: Duration | None = None
