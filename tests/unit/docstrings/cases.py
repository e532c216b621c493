"""How each transform is called on frames without rows: its other arguments, and what the words in braces are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from cja_spark.audiences.runs import Counts, Seal
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES
from cja_spark.connection.graph_spec import GraphDataset
from cja_spark.connection.graphs import Graph
from cja_spark.connection.spec import EventDataset
from cja_spark.connection.stitching.spec import FieldBased, GraphBased
from cja_spark.demo.spec import Year
from cja_spark.journeys.derived.derive import no_lookups
from cja_spark.journeys.derived.formula import Formula
from cja_spark.journeys.fields import event_fields
from cja_spark.journeys.summary_rows import Summaries, Summary
from cja_spark.lake import Lake
from cja_spark.sources.items import Item
from cja_spark.view.spec import View

NOW = datetime(2026, 3, 31, tzinfo=UTC)
YEAR = Year()
STITCHING = FieldBased(method="field_based")
WEB = EventDataset.model_validate(
    {
        "type": "event", "source": {"format": "json", "path": "raw"}, "timestamp": "t", "person_id": {"identity_map": "CRM"},
        "persistent_id": {"identity_map": "ECID"}, "stitching": {"method": "field_based"},
    }
)  # fmt: skip
BY_GRAPH = GraphBased(method="graph_based", graph="identities")
IDENTITIES = GraphDataset.model_validate(
    {
        "type": "graph", "source": {"format": "json", "path": "raw"}, "published_at": "at",
        "persistent_id": {"column": "device", "namespace": "ECID"}, "person_id": {"column": "person", "namespace": "CRM"},
    }
)  # fmt: skip


def graph(lake: Lake) -> Graph:
    return Graph("identities", lake.graph("identities").read(), False, "CRM", NOW)


AUDIENCE = Audience.model_validate({"name": "buyers", "segments": {"segment": "buyers"}, "refresh": "daily", "lookback": "30 days"})
VIEW = View.model_validate(
    {"name": "v", "dimensions": {"page": "page", "sku": "items[].sku"}, "metrics": {"price": "price"}}
)
FIELDS = event_fields(VIEW, {})
DERIVED = View.model_validate({"name": "v", "derived": {"low": [{"function": "lowercase", "input": "page"}]}})
SUMMARIES = Summaries({"costs": Summary.of(np.zeros(1, np.int64), "day", {"code": pa.array(["red"])}, {"spend": np.ones(1)})})
PATHS = "page string, items array<struct<sku string>>, price string"
STORED = "d_page bigint, d_sku array<bigint>, m_price double"
LISTS = "d_page array<bigint>, d_sku array<array<bigint>>, m_price array<double>"
TIES = "sequence bigint, dataset_position int, event_id string, row_hash bigint"
TELLING = {"audience_id": "aud_a", "run_seq": 1, "as_of": NOW, "valid_until": NOW, "definition_version": 1}
BEGUN = Seal("aud_a", 1, "r", 1, "refresh", NOW, 0, 1, "0:0", 1, Counts())

Arguments = Callable[[Lake], Mapping[str, Any]]
KEYS = "k1, k2, k3, k4 bigint"


class Case(NamedTuple):
    """One transform: its arguments that are no frames, the words in braces, and rows where it gives no frame without."""

    arguments: Arguments = lambda lake: {}
    says: Mapping[str, str] = {}
    rows: tuple[tuple[Any, ...], ...] = ()


def given(**arguments: Any) -> Arguments:
    return lambda lake: arguments


def columns_of(spec: Any) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in spec.schema.fields)


SPEC = given(spec=STITCHING)
CASES: Mapping[str, Case] = {
    "audiences.changes.changes": Case(given(begun=BEGUN, pepper="${env:CJA_PEPPER}", valid_until=NOW, heartbeats=True)),
    "audiences.changes.member_changes": Case(given(**TELLING, op="exit")),
    "audiences.people.identified": Case(given(audience=AUDIENCE, pepper="${env:CJA_PEPPER}")),
    "audiences.people.keyed": Case(given(audience=AUDIENCE)),
    "audiences.people.publishable": Case(),
    "audiences.people.single": Case(given(audience=AUDIENCE)),
    "audiences.people.with_suppressed": Case(),
    "audiences.tables.conformed": Case(lambda lake: {"table": lake.table(CHANGES)}, {"table": columns_of(CHANGES)}),
    "connection.gaps.with_gaps": Case(),
    "connection.gaps.instants_left_by": Case(lambda lake: {"lake": lake, "name": "web"}),
    "connection.gaps.with_instants": Case(),
    "connection.graph_rows.conform_graph": Case(given(name="identities", dataset=IDENTITIES)),
    "connection.graphs.graph_stitched": Case(
        lambda lake: {"dataset": WEB.model_copy(update={"stitching": BY_GRAPH}), "graph": graph(lake), "asked_at": F.lit(NOW)}
    ),
    "connection.graphs.persons_of": Case(lambda lake: {"graph": graph(lake), "spec": BY_GRAPH}),
    "connection.mapping_time.spans": Case(),
    "connection.mapping_time.with_account": Case(given(name="account"), {"account": "account"}),
    "connection.persons.own_persons": Case(),
    "connection.persons.device_runs": Case(SPEC),
    "connection.persons.stitched_persons": Case(lambda lake: {"dataset": WEB, "covered": F.lit(None).cast("timestamp")}),
    "connection.repeats.repeats": Case(given(dataset="web", items=[Item("web", "f", 1, 1)]), rows=(("a", "f", "f", 1, NOW, 1, None), ("a", "f", "f", 2, NOW, 1, None))),
    "connection.repeats.with_reason": Case(given(reason="late")),
    "connection.stitching.exposure.capped_devices": Case(SPEC),
    "connection.stitching.exposure.exposure": Case(SPEC),
    "connection.stitching.graph.graph_persons": Case(given(spec=BY_GRAPH, now=NOW, snapshot=True)),
    "connection.stitching.graph.stitch_by_graph": Case(
        lambda lake: {
            "spec": BY_GRAPH, "person_namespace": F.lit("CRM"), "own_namespace": F.lit("CRM"), "device_namespace": F.lit("ECID"),
            "asked_at": F.lit(NOW),
        }
    ),
    "connection.stitching.placeholders.placeholders": Case(SPEC),
    "connection.stitching.preflight.bad_ids": Case(given(until=NOW)),
    "connection.stitching.preflight.preflight": Case(given(spec=STITCHING, until=NOW)),
    "connection.stitching.stitch.logins": Case(SPEC),
    "connection.stitching.stitch.runs": Case(SPEC),
    "connection.stitching.stitch.stitch": Case(
        lambda lake: {
            "spec": STITCHING, "person_namespace": F.lit("CRM"), "device_namespace": F.lit("ECID"),
            "replayed_at": F.lit(None).cast("timestamp"),
        }
    ),
    "connection.stitching.validation.validation": Case(SPEC),
    "demo.arrivals.arrive": Case(given(year=YEAR, key="_id"), {"key": "_id", "folder": "week"}),
    "demo.browsing.app": Case(given(seed=7)),
    "demo.browsing.bot": Case(lambda lake: {"spark": lake.spark, "year": YEAR}),
    "demo.browsing.site": Case(given(seed=7)),
    "demo.calls.calls": Case(given(seed=7)),
    "demo.mailings.mailings": Case(given(seed=7)),
    "demo.masters.catalogue": Case(lambda lake: {"spark": lake.spark, "seed": 7}),
    "demo.masters.crm": Case(given(seed=7)),
    "demo.shops.purchases": Case(given(seed=7)),
    "demo.visits.pages": Case(given(seed=7)),
    "demo.visits.persons": Case(lambda lake: {"spark": lake.spark, "year": YEAR}),
    "demo.visits.visits": Case(lambda lake: {"spark": lake.spark, "year": YEAR}),
    "erasure.events.marked": Case(),
    "journeys.accounts.of_persons": Case(given(account="firm"), {"account": "firm"}),
    "journeys.accounts.with_accounts": Case(lambda lake: {"lake": lake, "accounts": ["firm"]}, {"accounts": "firm"}),
    "journeys.derived.derive.derive": Case(
        given(formulas=[Formula.of("low", DERIVED.derived, "UTC")], lookup=no_lookups),
        {"paths": "page string", "derived": "_derived_low string, _text_of_derived_low string"},
    ),
    "journeys.rows.event_rows": Case(
        given(view=VIEW, fields=FIELDS, slots=2), {"paths": f"{PATHS}, {TIES}", "fields": STORED, "ties": TIES}
    ),
    "journeys.rows.journey_rows": Case(
        given(fields=FIELDS, lookups={"d_page": (np.zeros(0, np.int64),) * 2}, periods=[202601], slots=2),
        {"fields": STORED, "ties": TIES, "lists": LISTS},
    ),
    "journeys.values.new_values": Case(lambda lake: {"lake": lake, "fields": FIELDS, "people": ()}, {"paths": PATHS}),
    "reports.dictionary.shown_values": Case(given(shown={})),
    "reports.members.members": Case(given(columns=["d_page"], questions=())),
    "reports.one_pass.read_by_arrow": Case(given(columns=["d_page"], asks=()), {"keys": KEYS}),
    "reports.one_pass.read_by_spark": Case(given(columns=["d_page"], asks=(), partitions=2), {"columns": "d_page array<bigint>", "keys": KEYS}),
    "reports.summary_run.values_with": Case(given(summaries=SUMMARIES)),
    "scratch.freeze": Case(lambda lake: {"lake": lake, "folder": f"{lake.location}/_frozen"}),
}  # fmt: skip
_ERASED = "joins with pseudonyms that an object holds; tests/unit/connection/test_erased.py holds it"
_OF_LAKE = "counts in the tables of a lake; tests/jobs/test_erasing.py holds it"
EXCEPTIONS = {
    "audiences.changes.parted": "gives two frames, with the columns that a frozen copy of `changes` has",
    **{f"connection.erased.Erased.{name}": _ERASED for name in ("about", "among", "marked", "refused", "left_out")},
    "connection.gaps.gaps_left_by": "reads the events of a lake; tests/unit/connection/test_gaps.py holds it",
    "erasure.events.count_events": _OF_LAKE,
    "erasure.found.found": _OF_LAKE,
    "connection.arrival.with_arrival": "the column that it reads is an argument",
    "connection.bad_ids.BadIds.discarded": "is with_reason, which has its case, on what an object holds",
    "connection.persons.without_nobodies": "changes one column; tests/unit/connection/test_arrival.py holds it",
    "reports.one_pass.sorted_rows": "the columns that it gives are an argument",
    "sources.names.with_storable_names": "renames the columns that come; tests/unit/connection/test_types.py holds it",
    "sources.unite.united": "gives the columns of frames that are in a list",
    "audiences.staging.Staging.freeze": "names the folder and is scratch.freeze, which has its case",
    "frames.report_rows": "its frames have the columns of each kind of report, which the kinds' own tests state",
}
