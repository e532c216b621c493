"""Stitching by a graph names a dataset of type graph that speaks of its namespaces; all faults come at once, with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from tests.unit.project.demo import change

FIELDS = "stitching: {method: field_based, replay: unlimited}"
BY_GRAPH = "stitching: {method: graph_based, graph: identities, replay: 7 days}"
GRAPH = """datasets:
  identities:
    type: graph
    source: {format: csv, path: raw/identities}
    published_at: published_at
    persistent_id: {column: ecid, namespace: ECID}
    person_id: {column: crm_id, namespace: CRM}
"""


def faults(folder):
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return [(Path(fault.file).name, fault.line, fault.message) for fault in caught.value.faults]


@pytest.fixture
def by_graph(folder):
    change(folder, "connection.yaml", "datasets:\n", GRAPH)
    change(folder, "connection.yaml", FIELDS, BY_GRAPH)
    return folder


def test_a_dataset_is_stitched_by_a_graph_of_the_project(by_graph):
    stitching = load(by_graph).connection.events()["web"].stitching
    assert (stitching.method, stitching.graph, stitching.own_person_id, stitching.replay) == ("graph_based", "identities", "ignore", "7 days")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("graph: identities", "graph: identity", 19, "datasets.web.stitching.graph: no graph dataset named 'identity'. Did you mean 'identities'?"),
        ("graph: identities", "graph: crm", 19, "datasets.web.stitching.graph: dataset 'crm' is of type profile; stitching by a graph takes one of type graph."),
        ("namespace: ECID}", "namespace: AAID}", 19, "datasets.web.stitching.graph: persistent_id is of namespace 'ECID', that of graph 'identities' of 'AAID'"),
        ("{column: crm_id, namespace: CRM}", "{column: mail, namespace: Email}", 19, "person_id is of namespace 'CRM', that of graph 'identities' of 'Email': they would never meet."),
        ("replay: 7 days", "person: component", 19, "datasets.web.stitching: person: a graph that is given says whose persistent IDs are and builds no persons"),
        ("replay: 7 days", "own_person_id: win", 19, "own_person_id: no such choice: 'win'. Did you mean 'wins'?"),
        ("replay: 7 days", "max_device_switches: 3", 19, "unknown key 'max_device_switches'."),
        ("method: graph_based,", "method: grpah_based,", 19, "method must be one of field_based, graph_based. Did you mean 'graph_based'?"),
        ("graph_based, graph: identities", "graph_based", 19, "'graph' is missing."),
        ("type: graph", "type: grahp", 5, "type must be one of event, profile, lookup, summary, account, graph. Did you mean 'graph'?"),
        ("    published_at: published_at\n", "", 5, "datasets.identities: 'published_at' is missing."),
        ("{column: ecid, namespace: ECID}", "{identity_map: primary}", 5, "persistent_id: an identity graph gives all ids of a namespace; name it instead of primary."),
        ("{column: ecid, namespace: ECID}", "{column: ecid, namespace: CRM}", 5, "persistent_id and person_id share the namespace 'CRM' (rule F3)."),
        ("published_at: published_at", "published_at: published_at\n    publication: snapshots", 9, "no such choice: 'snapshots'. Did you mean 'snapshot'?"),
        ("{column: ecid, namespace: ECID}", "{identity_map: ECID}\n    persistent_namespace: kind", 5, "persistent_namespace is of a plain column; ids of an identityMap have theirs."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_line(by_graph, old, new, line, said):
    change(by_graph, "connection.yaml", old, new)
    found = faults(by_graph)
    assert [(file, at) for file, at, _ in found] == [("connection.yaml", line)], found
    assert said in found[0][2]


def test_two_datasets_that_name_no_graph_are_told_at_once(by_graph):
    change(by_graph, "connection.yaml", FIELDS, BY_GRAPH)
    for _ in range(2):
        change(by_graph, "connection.yaml", "graph: identities", "graph: identites")
    assert [line for _, line, _ in faults(by_graph)] == [19, 27]


def test_a_graph_of_several_namespaces_meets_whatever_events_have(by_graph):
    change(by_graph, "connection.yaml", "{column: ecid, namespace: ECID}", "ecid\n    persistent_namespace: kind")
    assert load(by_graph).connection.graphs()["identities"].persistent_namespace == "kind"


def test_a_plain_column_of_persons_is_of_the_connections_namespace(by_graph):
    change(by_graph, "connection.yaml", "{column: crm_id, namespace: CRM}", "crm_id")
    assert load(by_graph).connection.graphs()["identities"].person_id.namespace == "CRM"
