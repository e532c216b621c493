"""Presets: the options of another tool, taken by a report with one word (spec section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cja_spark.reports.fallout_steps import Grace

if TYPE_CHECKING:
    from cja_spark.reports.spec import Report

Options = Mapping[str, Any]
Places = tuple[tuple[str, ...], str]

_PERSONS: Options = {"container": "person"}  # all presets count persons
_ONE_EACH: Options = {"one_event_one_step": True, "order": "ordered"}
OPTIONS: Mapping[str, Mapping[str, Options]] = {
    "fallout": {
        "adobe": {**_PERSONS, **_ONE_EACH, "ties": "total_order", "window_start": "any", "date_rule": "in_range"},
        "posthog": {
            **_PERSONS, **_ONE_EACH, "ties": "step_order", "window": timedelta(days=14), "window_start": "any",
            "date_rule": "in_range", "exclusion": "drop_person",
        },
        "mixpanel": {
            **_PERSONS, **_ONE_EACH, "ties": Grace(grace=timedelta(seconds=2)), "window": timedelta(days=7),
            "window_start": "first", "date_rule": "entry", "exclusion": "drop_attempt",
        },
        "clickhouse": {
            **_PERSONS, "one_event_one_step": False, "order": "ordered", "ties": "step_order", "window_start": "any",
            "date_rule": "in_range",
        },
    },
    "flow": {
        "adobe": {"repeats": "first", "columns": 5, "items": 5},
        "posthog": {"repeats": "last", "columns": 5, "items": 100, "links": 50},
        "clickhouse": {"repeats": "keep"},
    },
    "cohort": {
        "adobe": {"entry": "every", "mode": "on"},
        "posthog": {"entry": "every", "mode": "on"},
        "mixpanel": {"entry": "every", "mode": "on"},
        "clickhouse": {"entry": "first", "mode": "on"},
    },
    "table": {"adobe": {"round_counts": True}},
}  # fmt: skip
_EXCLUDES = ("posthog", "mixpanel")


def options_of(kind: str, preset: object) -> Options:
    """The options that a preset sets of a kind of report; none of a kind that it says nothing of."""
    return OPTIONS.get(kind, {}).get(preset, {}) if isinstance(preset, str) else {}


def with_preset(written: Mapping[str, Any], kind: object) -> Mapping[str, Any]:
    """A report as it is written, with its preset's options where nothing is written."""
    options = options_of(str(kind), written.get("preset"))
    left = set(_left_out(written))
    return {**{name: value for name, value in options.items() if name not in left}, **written}


def _left_out(written: Mapping[str, Any]) -> Iterator[str]:
    """Options that have no meaning beside what is written: ties where events have no order or one follows right after another."""
    steps = written.get("steps")
    if written.get("order") == "any":
        yield from ("ties", "window_start")
    if written.get("order") == "strict" or any(map(_is_next, steps if isinstance(steps, Sequence) else ())):
        yield "ties"
    if not written.get("exclude"):
        yield "exclusion"


def _is_next(step: object) -> bool:
    return (step.get("next") if isinstance(step, Mapping) else getattr(step, "next", False)) is True


def preset_faults(report: Report) -> Iterator[Places]:
    """What a report lacks for its preset, or has that the preset knows nothing of, each with its place."""
    preset, kind = report.preset, report.report
    if preset in (None, "default"):
        return
    if not options_of(kind, preset):
        kinds = ", ".join(sorted(name for name, presets in OPTIONS.items() if preset in presets))
        yield ("preset",), f"'{preset}' sets nothing of a report {kind}; leave it out. It sets options of: {kinds}."
    elif kind == "fallout":
        yield from _faults_of_fallout(report, str(preset))


def _faults_of_fallout(report: Report, preset: str) -> Iterator[Places]:
    asked: Any = report  # a fallout, whose file reads this one
    if preset == "clickhouse" and asked.window is None:
        yield ("preset",), "'clickhouse' needs a window, as windowFunnel does; write one, such as window: 1 day."
    if asked.exclude and asked.exclusion is None and preset not in _EXCLUDES:
        instead = "it excludes by segments" if preset == "adobe" else "windowFunnel excludes nothing"
        yield ("exclude",), f"preset '{preset}' has no exclusions: {instead}. Write exclusion: drop_attempt beside it to have them."


def effect(report: Report) -> tuple[Options, tuple[str, ...]]:
    """The options of a report that are as its preset says, and the names of those that are not."""
    options = options_of(report.report, report.preset)
    some = {name: value for name, value in options.items() if name != "exclusion" or getattr(report, "exclude", None)}
    same = {name: value for name, value in some.items() if getattr(report, name) == value}
    return same, tuple(name for name in some if name not in same)
