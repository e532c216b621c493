"""A source as an author writes it."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.addresses import fault_of
from cja_spark.identifiers import is_identifier
from cja_spark.secret import HOW, fault_in, has_password
from cja_spark.spec import AsTuple, Spec

FILE_FORMATS = ("avro", "binaryfile", "csv", "delta", "jdbc", "json", "orc", "parquet", "text", "xml")


def _scalar_text(value: object) -> object:
    """Spark's reader options are text; YAML's true and 1 are meant as such."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


OptionText = Annotated[str, BeforeValidator(_scalar_text, json_schema_input_type=str | bool | int | float)]


class Source(Spec):
    """Where a dataset lies: a format that Spark reads, a path (relative to the files root) or a table, options.

    Options go to Spark's reader and to the file system; a secret among them is a reference.

    Attributes:
        format: `json`, `csv`, `parquet`, `delta`, or any other that Spark reads.
        path: the folder or file, relative to the lake's `files`, or a URI.
        table: a table of the catalogue instead.
        options: options of Spark's reader and of the file system.
        xdm: whether keys are those of XDM: qualified ones (`xdm:timestamp`, `https://ns.adobe.com/experience/…`) become the plain ones.
        texts: paths that are text whatever rows hold there, and columns even where no row holds anything.
    """

    format: str
    path: str | None = None
    table: str | None = None
    options: dict[str, OptionText] = Field(default_factory=dict)
    xdm: bool = False
    texts: Annotated[tuple[str, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.path is None) == (self.table is None):
            raise ValueError("source: give exactly one of 'path' and 'table'.")
        return self

    @model_validator(mode="after")
    def _plain_table(self) -> Source:
        """Spark takes `csv.NAME` for a file where no schema has that name."""
        if self.table is None:
            return self
        if not is_identifier(self.table):
            raise ValueError("source: 'table' is names of letters, digits and _ with dots between: catalogue.schema.table.")
        first, *rest = self.table.lower().split(".")
        if len(rest) == 1 and first in FILE_FORMATS:
            raise ValueError(f"source: 'table' begins with '{first}', which Spark reads files by; write catalogue.schema.table.")
        return self

    @model_validator(mode="after")
    def _known_encoding(self) -> Source:
        for name, text in self.options.items():
            if name.lower() in ("encoding", "charset"):
                try:
                    codecs.lookup(text)
                except LookupError:
                    raise ValueError(f"source.options: '{text}' is no encoding. Write one such as UTF-8.") from None
        return self

    @model_validator(mode="after")
    def _no_secret(self) -> Source:
        if has_password(self.path or ""):
            raise ValueError(f"source: 'path' carries a password; give it as an option and {HOW}.")
        if (fault := fault_of(self.path or "")) is not None:
            raise ValueError(f"source: 'path': {fault}.")
        faults = [fault for name, text in self.options.items() if (fault := fault_in(name, text))]
        if faults:
            raise ValueError(f"source.options: {' '.join(faults)}")
        return self
