"""Families of rules that a drawn report is of: what the generated journeys of `make draws` are counted by."""

from __future__ import annotations

from cja_spark.view.standard import TIMES
from tests.property.conditions import METRICS_OF_SESSIONS

TYPES = ("first_time_sessions", "return_sessions")


def families_of(ask: dict, view: dict) -> set[str]:
    """Names of the families."""
    rows = [*ask.get("dimensions", ()), *([ask["across"]] if ask.get("across") else ()), *(ask[one] for one in ("dimension", "breakdown", "topic") if ask.get(one))]
    dimensions = [view["dimensions"][name] for name in rows if isinstance(view["dimensions"].get(name), dict)]
    named = [*ask.get("metrics", ()), *(ask[one] for one in ("metric", "conversion", "outcome") if one in ask)]
    metrics = [view["metrics"][name] for name in named if isinstance(view["metrics"].get(name), dict)]
    credited = ask["report"] in ("table", "contribution") and bool({*rows} - {*TIMES})
    found = {f"report {ask['report']}"} | ({"segments as rows"} if ask.get("by_segments") else set())
    found |= {f"preset {ask['preset']}"} if "preset" in ask else set()
    found |= {f"mode {mode} of a fallout" for mode in ask.get("modes", ())}
    found |= {"filters of rows"} if ask.get("filter") else set()
    found |= {"dimensions on columns"} if ask.get("across") else set()
    if ask["report"] == "contribution":
        found |= {f"contribution between {'segments' if isinstance(ask['compare'], list) else 'ranges'}"}
    if ask["report"] == "cohort":
        found |= {f"cohort {name} {option}" for name in ("entry", "mode", "type", "rolling", "latency") if (option := ask.get(name))}
    if ask["report"] == "attribution":
        found |= _of_models(ask["models"])
    found |= {"retention of several returns"} if ask.get("returns") else set()
    found |= {"retention by a dimension"} if ask["report"] == "retention" and ask.get("breakdown") else set()
    found |= {"flow over time"} if ask.get("trend") else set()
    found |= {f"growth of a {ask.get('granularity')}"} if ask["report"] == "growth" else set()
    found |= {f"engagement of a {ask.get('granularity')}"} if ask["report"] == "engagement" else set()
    found |= {f"impact of a {'release' if ask.get('release') else 'first use'}"} if ask["report"] == "impact" else set()
    found |= {f"exclusions of a fallout: {ask.get('exclusion', 'drop_attempt')}"} if ask["report"] == "fallout" and ask.get("exclude") else set()
    found |= {f"{name} steps of a fallout" for name in ("between", "after") if ask.get(name)}
    found |= _of_rows(rows, dimensions) | _of_metrics(named, metrics, credited=credited)
    return found | _of_segments([*ask.get("segments", ()), *view.get("view_segments", ())], view)


def _of_models(models: list[str] | dict[str, object]) -> set[str]:
    named = [one if isinstance(one, str) else one.get("game", one["model"]) for one in (models if isinstance(models, list) else models.values())]
    return {f"{one} beside other models" for one in named}


def _of_rows(rows: list[str], dimensions: list[dict]) -> set[str]:
    lasting = [how for one in dimensions if (how := one.get("persistence"))]
    found = {f"allocation {how['allocation']}" for how in lasting if "allocation" in how}
    found |= {"expires with a metric" for how in lasting if isinstance(how.get("expiration"), dict)}
    found |= {"binding" for how in lasting if "binding" in how}
    found |= {f"binding of {how['allocation']}" for how in lasting if "binding" in how and "allocation" in how}
    found |= {"value settings" for one in dimensions if {*one} & {"include", "lowercase", "substring", "no_value", "buckets"}}
    found |= {"looks at other events" for one in dimensions if one.get("derived") in ("neighbour", "looking", "waiting")}
    found |= {"several functions of other events" for one in dimensions if one.get("derived") == "several_texts"}
    found |= {"different values of a scope" for one in dimensions if one.get("derived") == "seen"}
    return found | ({"arrays"} if {*rows} & {"sku", "category", "color"} else set())


def _of_metrics(named: list[str], metrics: list[dict], *, credited: bool) -> set[str]:
    hows = [how for one in metrics if credited and (how := one.get("attribution"))]
    found = {f"attribution {how['model']}" for how in hows} | {"attribution rate_game" for how in hows if how.get("game") == "rate_game"}
    found |= {"attribution of runs" for how in hows if how.get("touch") == "runs"}
    found |= {"deduplication" for one in metrics if "deduplication" in one}
    found |= {"amounts" for one in metrics if {*one} & {"include", "values_to_count", "behavior"}}
    found |= {"instances of what other events say" for one in metrics if one.get("derived") == "turned"}
    found |= {"numbers of several functions of other events" for one in metrics if one.get("derived") in ("several", "of_others")}
    found |= {"formulas" for one in metrics if "calculate" in one}
    found |= {"session metrics"} if {*named} & {*METRICS_OF_SESSIONS, "bounces", "sessions"} else set()
    return found | ({"session types"} if {*named} & {*TYPES} else set())


def _of_segments(segments: list[object], view: dict) -> set[str]:
    text = repr([view["segments"].get(one, one) if isinstance(one, str) else one for one in segments])
    words = {"'then'": "sequences", "'exclude'": "exclusions", "'range'": "date ranges", "non_repeating": "models of conditions", "distinct": "distinct conditions"}
    return ({"segments"} if segments else set()) | {family for word, family in words.items() if word in text}
