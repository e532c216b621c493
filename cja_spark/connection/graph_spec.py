"""An identity graph that somebody else built, as an author writes it: whose each persistent ID was, and since when."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from cja_spark.connection.identity_field import Identity
from cja_spark.sources.spec import Source
from cja_spark.spec import Spec


class GraphDataset(Spec):
    """An identity graph: which persons its owner knew for a persistent ID, and when that was published.

    A row without a person says that no person is known any more; of several persons the smallest text counts (rule G19). Events that
    name a device and sometimes a person may be read as a graph too, with `publication: sightings`.

    Attributes:
        type: rows of an identity graph.
        source: where the rows lie.
        published_at: the column that says since when a row holds: the time at which the graph was published.
        persistent_id: the persistent ID; of an identityMap all ids of the namespace.
        person_id: the person's ID in the namespace that stitched events get; of an identityMap all of the namespace.
        persistent_namespace: the column that holds the persistent ID's namespace, where they are of several.
        publication: whether each publication has the whole graph (`snapshot`), only persistent IDs that changed (`changes`), or
            whoever was seen with one (`sightings`): rows without a persistent ID or without a person then say nothing.
        erased: the column that says true where a privacy request erased the persistent ID's person (rule G16).
    """

    type: Literal["graph"]
    source: Source
    published_at: str
    persistent_id: Identity
    person_id: Identity
    persistent_namespace: str | None = None
    publication: Literal["changes", "snapshot", "sightings"] = "changes"
    erased: str | None = None

    @model_validator(mode="after")
    def _two_namespaces(self) -> GraphDataset:
        for role, field in (("persistent_id", self.persistent_id), ("person_id", self.person_id)):
            if field.identity_map == "primary":
                raise ValueError(f"{role}: an identity graph gives all ids of a namespace; name it instead of primary.")
        if self.persistent_namespace is not None and self.persistent_id.column is None:
            raise ValueError("persistent_namespace is of a plain column; ids of an identityMap have theirs.")
        if self.persistent_namespace is None and self.persistent_id.code() == self.person_id.code():
            raise ValueError(f"persistent_id and person_id share the namespace '{self.person_id.code()}' (rule F3).")
        return self
