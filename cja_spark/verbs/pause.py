"""`cja pause`: no run of an audience is begun until it is resumed."""

from __future__ import annotations

from cja_spark.verbs.one_audience import on_one_audience

VERB = on_one_audience(
    "pause", "begin no run of an audience until it is resumed", "paused; memberships lapse unless it is resumed"
)
