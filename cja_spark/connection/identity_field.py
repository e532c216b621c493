"""An identity as an author writes it, of events, persons and identity graphs."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, model_validator

from cja_spark.spec import Spec

_SOURCES = "give a column, or {identity_map: NAMESPACE}, or {identity_map: primary}."


class IdentityField(Spec):
    """An identity: a plain column with its namespace, or a choice from an identityMap (rule F4).

    `identity_map: primary` takes the entry flagged primary; any other text is the namespace to take. Of events that an identity graph
    stitches, a namespace by itself says that their rows name no person.

    Attributes:
        column: the column that holds plain ids; a name alone is short for it.
        identity_map: the namespace to take from an identityMap, or `primary`.
        namespace: the namespace of plain ids; by itself the connection's one, else the column's last part.
        map_column: the column that holds the identityMap.
    """

    column: str | None = None
    identity_map: str | None = None
    namespace: str | None = None
    map_column: str = "identityMap"

    @model_validator(mode="after")
    def _one_source(self) -> IdentityField:
        both = self.column is not None and self.identity_map is not None
        if both or not (self.on_rows() or self.namespace is not None):
            raise ValueError(_SOURCES)
        return self

    def on_rows(self) -> bool:
        """Whether rows have such ids, rather than that only their namespace is known."""
        return self.column is not None or self.identity_map is not None

    def code(self) -> str:
        """The namespace of plain ids: as given, else the map's, else the column's last part."""
        if self.namespace is not None:
            return self.namespace
        if self.identity_map is not None:
            return self.identity_map
        return (self.column or "").rsplit(".", 1)[-1]

    def names_its_namespace(self) -> bool:
        """Whether an author wrote the namespace, rather than that it is a column's name or each entry's own."""
        return self.namespace is not None or (self.identity_map is not None and self.identity_map != "primary")


def _identity(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _on_rows(field: IdentityField) -> IdentityField:
    if not field.on_rows():
        raise ValueError(_SOURCES)
    return field


EventPerson = Annotated[IdentityField, BeforeValidator(_identity, json_schema_input_type=str | IdentityField)]
Identity = Annotated[EventPerson, AfterValidator(_on_rows)]
