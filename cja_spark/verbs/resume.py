"""`cja resume`: a paused audience goes on."""

from __future__ import annotations

from cja_spark.verbs.one_audience import on_one_audience

VERB = on_one_audience("resume", "let a paused audience go on", "goes on; 'cja due' says what is due")
