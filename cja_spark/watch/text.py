"""The status as text for a terminal: what is wrong first, then every audience and its sinks."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.watch.standing import AudienceStanding, SinkStanding, Standing
from cja_spark.watch.troubles import minute


def status_text(standing: Standing) -> str:
    """The whole status, a line per thing."""
    return "\n".join([*_troubles(standing), *(line for one in standing.audiences for line in _audience(one))])


def _troubles(standing: Standing) -> Iterator[str]:
    if not standing.audiences:
        yield "the project has no audience"
    elif not standing.troubles:
        yield "nothing is wrong"
    for name, trouble in standing.troubles:
        yield f"{trouble.urgency.upper():<8}{name}: {trouble.what}"
        yield f"        -> {trouble.next_action}"


def _audience(one: AudienceStanding) -> Iterator[str]:
    yield ""
    if one.last is None:
        yield f"{one.name}: {one.status}"
        yield f"  next: {one.next_action}"
        return
    run = one.last
    yield f"{one.name} ({one.audience_id}, {one.refresh or 'one-time'}, {one.status}): {one.people or 0:,} people"
    yield (
        f"  run {run.run_seq} {run.kind} {run.state} (exit {run.exit_code}), as of {minute(run.as_of)}: {run.enter:,} entered, {run.exit:,} left, "
        f"{run.update:,} updated, {run.heartbeat:,} heartbeats, {run.rejected:,} rejected"
    )
    if one.due:
        yield f"  due: {one.due}" + (f"; next at {minute(one.next_at)}" if one.next_at else "")
    if one.expires_at:
        yield f"  expires: {minute(one.expires_at)}"
    yield from (f"  {_sink(sink)}" for sink in one.sinks)
    yield f"  next: {one.next_action}"


def _sink(one: SinkStanding) -> str:
    at = f" at {minute(one.last_at)}" if one.last_at else ""
    return (
        f"{one.sink}: {one.state}, run {one.last_run}{at}, {one.lag_runs:,} runs behind, {one.pending:,} rows pending, "
        f"{one.dead:,} dead letters"
    )
