"""Names across files: what is named must exist, and be what its place needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from cja_spark.audiences.spec import Audience
from cja_spark.configuration import Document
from cja_spark.errors import Fault, did_you_mean, guess
from cja_spark.project_bindings import binding_faults
from cja_spark.project_circles import circles, reached
from cja_spark.project_columns import column_faults, column_uses, columns_in
from cja_spark.project_conditions import condition_faults, conditions_of_report, conditions_of_view
from cja_spark.project_experiments import experiment_faults, measurable
from cja_spark.project_fits import faults_of_what_fits
from cja_spark.project_formulas import NO_FORMULAS, Formulas
from cja_spark.project_places import lines_of
from cja_spark.project_rules import rule_faults
from cja_spark.project_standard import fault_of_standard
from cja_spark.project_uses import Use, another_kind, audience_uses, report_uses, view_uses
from cja_spark.project_written import (
    Written,
    arrays_of,
    key_of,
    matches_of,
    may_be,
    parts_of,
    section,
    value_of,
    with_metrics,
)
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.spec import Report, several_values
from cja_spark.view.arrays import of_objects
from cja_spark.view.formula.experiments import CONTAINERS
from cja_spark.view.formula.known import FUNCTIONS
from cja_spark.view.formula.tokens import fault
from cja_spark.view.spec import SESSION_METRICS, STANDARD_METRICS, View
from cja_spark.view.standard import SESSION_TYPES, STANDARD_DIMENSIONS


@dataclass(frozen=True)
class Names:
    """What exists, as it is written: names of a faulty file count too, so that its faults do not make others.

    Attributes:
        known: names by kind; a kind that cannot be read is missing and is not checked.
        parts: per calculated metric the metrics it is made of.
        arrays: per dimension inside arrays of objects those arrays, outermost first.
        credited: metrics with attribution.
        persons: segments of persons.
        formulas: those of calculated metrics.
        summed: metrics of summary data.
    """

    known: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]
    arrays: Mapping[str, tuple[str, ...]]
    credited: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    formulas: Formulas = NO_FORMULAS
    summed: frozenset[str] = frozenset()

    @classmethod
    def written(cls, view: Written | None, connection: Written | None, sinks: Iterable[str] = ()) -> Names:
        """Take the keys of a view and a connection as an author writes them; None is a file that is no YAML."""
        metrics, dimensions, segments, derived = (
            section(view, key) for key in ("metrics", "dimensions", "segments", "derived")
        )
        datasets = section(connection, "datasets")
        by_type = {
            kind: None if datasets is None else [name for name, one in datasets.items() if may_be(kind, one)]
            for kind in ("lookup", "profile", "account", "summary")
        }
        all_metrics = None if metrics is None else (*STANDARD_METRICS, *metrics)
        known = {
            "metric": all_metrics,
            "dimension": dimensions,
            "segment": segments,
            "derived field": derived,
            "metric or segment": None if all_metrics is None or segments is None else (*all_metrics, *segments),
            "sink": sinks,
            **{f"{kind} dataset": names for kind, names in by_type.items()},
        }
        matches = matches_of(datasets)
        formulas = Formulas.written(metrics or {})
        return cls(
            {kind: tuple(names) for kind, names in known.items() if names is not None},
            {name: parts_of(one) for name, one in (metrics or {}).items() if key_of(one, "calculate")},
            {name: arrays for name, one in (dimensions or {}).items() if (arrays := arrays_of(name, one, dimensions or {}, matches, derived or {}))},
            formulas.attributing() | {name for name, one in (metrics or {}).items() if key_of(one, "attribution")},
            frozenset(name for name, one in (segments or {}).items() if key_of(one, "container") == "person"),
            formulas,
            frozenset(name for name, one in (metrics or {}).items() if key_of(one, "summary")),
        )

    def fault(self, use: Use) -> str | None:
        """What is wrong with a use, if anything is."""
        if use.kind not in self.known:
            return None
        if use.kind == "dimension" and use.name in STANDARD_DIMENSIONS:
            return fault_of_standard(use.name, use.role)
        if use.name not in self.known[use.kind]:
            why = f"no {use.kind} named '{use.name}'{another_kind(use, self.known) or f'. {self._meant(use)}'}".rstrip()
        else:
            why = (_ROLES[use.role](self, use.name) if use.role else None) or ""
        return (str(fault(use.formula, use.at, why)) if use.formula else why) if why else None

    def _meant(self, use: Use) -> str:
        if use.formula and use.name.lower() in FUNCTIONS:
            return f"{use.name.lower()} is a function; write {use.name.lower()}()."
        known = self.known[use.kind]
        standard = STANDARD_DIMENSIONS if use.kind == "dimension" and not guess(use.name, known) else ()
        return f"{guess(use.name, standard)} {did_you_mean(use.name, known)}".strip()

    def summed_only(self, name: str) -> str | None:
        """Refuse a calculated metric, or one of summary data, where events are asked."""
        if name in self.summed:
            return f"metric '{name}' is of summary data, whose rows have no person and no session; name a metric of events."
        if name not in self.parts:
            return None
        made = ", ".join(f"'{part}'" for part in self.parts[name]) or "numbers"
        return f"metric '{name}' is calculated from sums, so no event has it; name a metric of events. It is made of {made}."

    def opens_sessions(self, name: str) -> str | None:
        """Refuse what is on no event or on all of them where a session starts."""
        if name not in STANDARD_METRICS:
            return self.summed_only(name)
        own = [metric for metric in self.known["metric"] if metric not in (*STANDARD_METRICS, *self.parts)]
        reason = "is made of sessions" if name in (*SESSION_METRICS, *SESSION_TYPES) else "is on every event"
        return f"metric '{name}' {reason}; a session starts with a metric of a field. {did_you_mean(name, own)}".rstrip()

    def ends_values(self, name: str) -> str | None:
        """Refuse what is on every event, or made of sessions, where a metric ends or binds what persists."""
        if name not in STANDARD_METRICS:
            return self.summed_only(name)
        own = [metric for metric in self.known["metric"] if metric not in (*STANDARD_METRICS, *self.parts)]
        return f"metric '{name}' is no metric of a field; persistence needs one. {did_you_mean(name, own)}".rstrip()

    def set_before(self, name: str) -> str | None:
        """Refuse a metric with attribution, also as a part of another one, where a row has what no event sets."""
        made = reached(name, {metric: {*parts} for metric, parts in self.parts.items()}) | {name}
        if found := sorted(made & self.credited):
            return f"metric '{found[0]}' has attribution, which credits what events set before; standard dimensions other than times, beside others, are set by every event."
        return None

    def one_value(self, name: str) -> str | None:
        """Refuse a dimension inside an array where a report needs one value per event."""
        return several_values(name, self.arrays[name]) if name in self.arrays else None

    def comparable(self, name: str) -> str | None:
        """Refuse a dimension inside an array where an event is compared with the one before."""
        if not (inside := of_objects(self.arrays.get(name, ()))):
            return None
        return (
            f"model: non_repeating compares an event with the one before; dimension '{name}' lies in the array "
            f"'{inside[-1]}', so an event has several values. Use model: repeating or instance."
        )

    def distance(self, name: str) -> str | None:
        """Refuse a dimension inside an array where its changes are counted."""
        if not (inside := of_objects(self.arrays.get(name, ()))):
            return None
        return f"then: dimension '{name}' lies in the array '{inside[-1]}'; only changes of one value are counted."

    def checkpoint(self, name: str) -> str | None:
        """Refuse a segment of persons where a sequence looks for an event or a session."""
        if name not in self.persons:
            return None
        return f"then: segment '{name}' is of persons; a checkpoint is an event, a session or a logic_group."

    @staticmethod
    def measured_per(container: str, names: Names, name: str) -> str | None:
        """Refuse a metric that a unit of an experiment has no amount of."""
        of_summaries = names.summed_only(name) if name in names.summed else None
        return of_summaries or measurable(name, container, names.parts, name in names.credited)

    def tells_apart(self, name: str) -> str | None:
        """Refuse a dimension of which an event has several values where events are told apart."""
        if not (inside := of_objects(self.arrays.get(name, ()))):
            return None
        return f"deduplication: dimension '{name}' lies in the array '{inside[-1]}', so an event has several ids."


_ROLES: Mapping[str, Callable[[Names, str], str | None]] = {
    "condition": Names.summed_only,
    "step": Names.summed_only,
    "start": Names.opens_sessions,
    "expiry": Names.ends_values,
    "one_value": Names.one_value,
    "non_repeating": Names.comparable,
    "distance": Names.distance,
    "bound": lambda _names, _name: None,  # bindings as a whole: project_bindings.py
    "checkpoint": Names.checkpoint,
    "set_before": Names.set_before,
    "id": Names.tells_apart,
    "attributed": lambda names, name: (name in names.summed and names.summed_only(name)) or names.formulas.attributed(name),
    "totalled": lambda names, name: names.formulas.totalled(name),
    "ranks": lambda names, name: names.formulas.ranks(name),
    **{f"per_{container}": partial(Names.measured_per, container) for container in CONTAINERS},
}


def name_faults(
    documents: Mapping[str, Document], view: View | None, reports: Mapping[str, Report], audiences: Mapping[str, Audience]
) -> list[Fault]:
    """Faults of all names in some files, and of segments and calculated metrics that refer to themselves.

    Args:
        documents: all files that are YAML, by their place in the project's folder.
        view: the view, or what can be read of it.
        reports: the same of each report.
        audiences: the same of each audience.
    """
    written, sinks = value_of(documents.get("view.yaml")), [key.removeprefix("sinks/") for key in documents if key.startswith("sinks/")]
    connection = value_of(documents.get("connection.yaml"))
    names = Names.written(written, connection, sinks)
    checked = [] if view is None else [("view.yaml", names, view_uses(view))]
    for name, report in reports.items():
        own = columns_in(report)
        of_report = Names.written(with_metrics(written, own), connection, sinks) if own else names
        checked += [(f"reports/{name}", of_report, report_uses(report)), (f"reports/{name}", names, column_uses(report))]
    checked += [(f"audiences/{name}", names, audience_uses(audience)) for name, audience in audiences.items()]
    faults = [
        Fault(documents[key].file, line, message)
        for key, known, some in checked
        for use in dict.fromkeys(some)
        if (message := known.fault(use))
        for line in lines_of(documents[key], use)
    ]
    if view is not None:
        faults += [
            Fault((document := documents[f"reports/{of}"]).file, document.line(place), message)
            for of, place, message in column_faults(reports, view)
        ]
        datasets = section(connection, "datasets") or {}
        granularity = {name: str(key_of(one, "granularity") or "day") for name, one in datasets.items() if key_of(one, "type") == "summary"}
        faults += faults_of_what_fits(documents, view, reports, audiences, matches_of(datasets), granularity)
    return list(dict.fromkeys(faults))


def faults_of_names(view: View, reports: Collection[Report]) -> list[Fault]:
    """Faults of the names in a view and some reports that are no files; datasets are not looked at."""
    written = view.model_dump(exclude_none=True)
    names = Names.written(written, None)
    named = {f"report {at} ({report.report})": report for at, report in enumerate(reports, 1)}
    faults = [Fault("view", 0, text) for use in view_uses(view) if (text := names.fault(use))]
    for what, report in named.items():
        own = columns_in(report)
        known = Names.written(with_metrics(written, own), None) if own else names
        faults += [Fault(what, 0, text) for use in report_uses(report) if (text := known.fault(use))]
        faults += [Fault(what, 0, text) for use in column_uses(report) if (text := names.fault(use))]
    faults += [Fault(what, 0, text) for what, _, text in column_faults(named, view)]
    view = with_columns(view, reports)
    faults += [Fault(what, 0, text) for what, report in named.items() for _, text in experiment_faults(report, view)]
    of_view = condition_faults(conditions_of_view(view), view, None)
    faults += [Fault("view", 0, message) for _, message in (*circles(view), *binding_faults(view, {}), *rule_faults(view), *of_view)]
    faults += [Fault(what, 0, text) for what, one in named.items() for _, text in condition_faults(conditions_of_report(one), view, None)]
    return list(dict.fromkeys(faults))
