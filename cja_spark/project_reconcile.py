"""Faults of `reconcile.yaml`: names of the view, and metrics that are no sums over single events."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.configuration import Document
from cja_spark.errors import Fault
from cja_spark.project_names import Names
from cja_spark.project_uses import Use
from cja_spark.project_written import value_of
from cja_spark.reconciliation.linear import weights_of
from cja_spark.reconciliation.spec import Answer, Reconciliation
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, leaves
from cja_spark.view.spec import View

Path = tuple[str | int, ...]
Place = tuple[Path, str]


def reconcile_faults(document: Document, spec: Reconciliation, view: View | None, view_document: Document | None, connection: Document | None) -> list[Fault]:
    """What is wrong with the names of a comparison.

    Args:
        document: reconcile.yaml.
        spec: what it says.
        view: the view; None where it has faults, which are told first.
        view_document: view.yaml, for the names that it has.
        connection: connection.yaml.
    """
    names = Names.written(value_of(view_document), value_of(connection))
    found = [(path, message) for path, use in _uses(spec) if (message := names.fault(use))]
    if not found and view is not None:
        found = [*_no_sums(spec, view), *_of_several(spec, view)]
    return [Fault(document.file, _line(document, path), f"{'.'.join(map(str, path))}: {message}") for path, message in found]


def _line(document: Document, path: Path) -> int:
    """The line of a name; `sent: messages_sent` is short for `ours` below it."""
    return document.line(path if path in document.lines else path[:2])


def _uses(spec: Reconciliation) -> Iterator[tuple[Path, Use]]:
    for name, answer in spec.metrics.items():
        for key, metric in _metrics(answer):
            yield ("metrics", name, key), Use("metric", metric)
    for key in ("channel", "campaign"):
        yield (key,), Use("dimension", getattr(spec, key), "one_value")
    for at, segment in enumerate(spec.segments):
        yield ("segments", at), Use("segment", segment)
    yield from ((("test_profiles",), use) for use in _uses_of_tests(spec.test_profiles))


def _metrics(answer: Answer) -> Iterator[tuple[str, str]]:
    yield "ours", answer.ours
    if answer.retries is not None:
        yield "retries", answer.retries


def _uses_of_tests(tests: str | Segment | None) -> Iterator[Use]:
    if isinstance(tests, str):
        yield Use("segment", tests)
    elif tests is not None:
        for leaf in leaves(tests.where):
            if isinstance(leaf, MetricCondition):
                yield Use("metric", leaf.metric, "condition")
            elif isinstance(leaf, DimensionCondition):
                yield Use("dimension", leaf.dimension)


def _no_sums(spec: Reconciliation, view: View) -> Iterator[Place]:
    for name, answer in spec.metrics.items():
        for key, metric in _metrics(answer):
            if weights_of(metric, view) is None:
                yield (
                    ("metrics", name, key),
                    f"metric '{metric}' is no sum over single events; name one of a field, or one that adds and subtracts such ones.",
                )


def _of_several(spec: Reconciliation, view: View) -> Iterator[Place]:
    """Segments of more than an event: a row of quarantine has no session and no person."""
    named = [(("segments", at), name) for at, name in enumerate(spec.segments)]
    uses: list[tuple[Path, str | Segment]] = [*named, *((("segments",), use) for use in view.view_segments)]
    if spec.test_profiles is not None:
        uses.append((("test_profiles",), spec.test_profiles))
    for path, use in uses:
        segment = view.segments[use] if isinstance(use, str) else use
        if segment.container != "event" or segment.range is not None:
            name = f"'{use}' " if isinstance(use, str) else ""
            yield path, f"segment {name}is of more than one event; rows are compared one by one. Take one with container: event."
