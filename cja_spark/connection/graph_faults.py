"""Whether stitching by a graph fits its graph: it must be there, and both must speak of the same namespaces."""

from __future__ import annotations

from collections.abc import Iterator

from cja_spark.connection.graph_spec import GraphDataset
from cja_spark.connection.spec import Connection, EventDataset
from cja_spark.connection.stitching.spec import GraphBased
from cja_spark.errors import did_you_mean


def graph_faults(connection: Connection) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where something does not fit, and what: the path in the connection and the sentence."""
    graphs = connection.graphs()
    for name, dataset in connection.events().items():
        if isinstance(dataset.stitching, GraphBased):
            at = ("datasets", name, "stitching", "graph")
            graph = graphs.get(dataset.stitching.graph)
            if graph is None:
                yield at, _no_graph(connection, dataset.stitching.graph)
            else:
                yield from ((at, message) for message in _namespaces(dataset, dataset.stitching.graph, graph))


def _no_graph(connection: Connection, name: str) -> str:
    if name in connection.datasets:
        return f"dataset '{name}' is of type {connection.datasets[name].type}; stitching by a graph takes one of type graph."
    return f"no graph dataset named '{name}'. {did_you_mean(name, connection.graphs())}".rstrip()


def _namespaces(dataset: EventDataset, name: str, graph: GraphDataset) -> Iterator[str]:
    for role, own, its in (
        ("persistent_id", dataset.persistent_id, None if graph.persistent_namespace else graph.persistent_id),
        ("person_id", dataset.person_id, graph.person_id),
    ):
        if own is None or its is None or own.identity_map == "primary" or own.code() == its.code():
            continue
        yield (
            f"{role} is of namespace '{own.code()}', that of graph '{name}' of '{its.code()}': they would never meet. Write the "
            f"same namespace at both."
        )
