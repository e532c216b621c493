"""Metrics in Prometheus' text format, for the textfile collector of a node exporter (publishing.md section 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cja_spark.watch.standing import Standing
from cja_spark.watch.troubles import EVERY

OUTCOMES = ("acked", "rejected", "suppressed")
# What seals say of a run is per op; the ledger is per outcome. Where all rows of a run ended alike, both are known.
MIXED = "mixed"


Labels = tuple[tuple[str, str], ...]
Of = tuple[str, Labels]  # the suffix of the name, and the labels


class Metric(NamedTuple):
    """One metric: its name, type, help, and a value per suffix and set of labels."""

    name: str
    kind: str
    help: str
    values: Mapping[Of, float]


class RunCounts(NamedTuple):
    """What one sink took of one run: rows per op as emitted, and rows per outcome."""

    sink: str
    ops: Mapping[str, int]
    acked: int
    rejected: int
    suppressed: int
    seconds: tuple[float, ...]


def metrics_text(standing: Standing, taken: Mapping[str, Sequence[RunCounts]]) -> str:
    """All metrics of a status.

    Args:
        standing: the status.
        taken: by the audience's name, what its sinks took of its runs.
    """
    lines = []
    for metric in (*_of_standing(standing), *_of_runs(taken)):
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{metric.name}{suffix}{_labels(of)} {_number(value)}" for (suffix, of), value in sorted(metric.values.items())]
    return "\n".join(lines) + "\n"


def _of_standing(standing: Standing) -> Iterator[Metric]:
    sinks = [(_at(one.name, sink.sink), sink) for one in standing.audiences for sink in one.sinks]

    def each(value: str) -> dict[Of, float]:
        return {of: float(getattr(sink, value)) for of, sink in sinks}

    yield Metric("cja_lag_runs", "gauge", "Runs that a sink does not have whole.", each("lag_runs"))
    yield Metric("cja_pending_changes", "gauge", "Changes that a sink has not taken.", each("pending"))
    yield Metric("cja_dlq_open", "gauge", "Dead letters that are open.", each("dead"))
    gaps = {of: float(len(sink.gaps)) for of, sink in sinks}
    yield Metric("cja_reconcile_gap", "gauge", "Gaps between what was emitted and what ended; alert if not 0.", gaps)
    success = {of: sink.whole_at.timestamp() if sink.whole_at else 0.0 for of, sink in sinks}
    when = "When a sink had the last run that it has whole, 0 for never; alert at two cadences, memberships lapse after 16 days."
    yield Metric("cja_last_success_timestamp_seconds", "gauge", when, success)
    cadences: dict[Of, float] = {
        ("", (("audience", one.name),)): EVERY[one.refresh].total_seconds()
        for one in standing.audiences if one.refresh and one.status == "active"
    }  # fmt: skip
    yield Metric("cja_cadence_seconds", "gauge", "How often an audience that is active is refreshed.", cadences)
    at: dict[Of, float] = {("", ()): standing.at.timestamp()}
    yield Metric("cja_status_timestamp_seconds", "gauge", "When these metrics were made from the tables.", at)
    people: dict[Of, float] = {
        ("", (("audience", one.name),)): float(one.people) for one in standing.audiences if one.people is not None
    }
    yield Metric("cja_audience_people", "gauge", "Members of an audience.", people)


def _at(audience: str, sink: str) -> Of:
    return "", (("audience", audience), ("sink", sink))


def _of_runs(taken: Mapping[str, Sequence[RunCounts]]) -> Iterator[Metric]:
    changes: dict[Of, float] = {}
    seconds: dict[Of, float] = {}
    for audience, run in ((name, run) for name, runs in taken.items() for run in runs):
        for op, outcome, rows in _outcomes(run):
            of = ("", (("audience", audience), ("op", op), ("outcome", outcome), ("sink", run.sink)))
            changes[of] = changes.get(of, 0) + rows
        sink = (("audience", audience), ("sink", run.sink))
        seconds[("_count", sink)] = seconds.get(("_count", sink), 0) + len(run.seconds)
        seconds[("_sum", sink)] = seconds.get(("_sum", sink), 0) + sum(run.seconds)
    yield Metric("cja_changes_total", "counter", "Changes that ended at a sink.", changes)
    yield Metric("cja_chunk_seconds", "summary", "How long chunks took at a sink.", seconds)


def _outcomes(run: RunCounts) -> Iterator[tuple[str, str, int]]:
    ended = {name: getattr(run, name) for name in OUTCOMES}
    if sum(ended.values()) < sum(run.ops.values()):
        return  # how its rows end together is not known yet, and a counter never falls
    alike = [name for name, rows in ended.items() if rows]
    if len(alike) == 1 and ended[alike[0]] == sum(run.ops.values()):
        yield from ((op, alike[0], rows) for op, rows in run.ops.items() if rows)
    else:
        yield from ((MIXED, name, rows) for name, rows in ended.items() if rows)


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))
