"""A connection as an author writes it: datasets, where they lie, whose events they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.connection.graph_spec import GraphDataset
from cja_spark.connection.identity_field import EventPerson, Identity, IdentityField
from cja_spark.connection.stitching.spec import GraphBased, Stitching
from cja_spark.errors import did_you_mean
from cja_spark.sources.spec import Source
from cja_spark.span import Span
from cja_spark.spec import AsTuple, Name, Spec
from cja_spark.zone import Zone

__all__ = (
    "TYPES", "AccountDataset", "Connection", "EventDataset", "GraphDataset", "IdentityField", "LookupDataset", "ProfileDataset", "SummaryDataset",
)  # fmt: skip
TYPES = ("event", "profile", "lookup", "summary", "account", "graph")


class EventDataset(Spec):
    """Events: rows with a timestamp and a person; `numbers` are columns of a text format that hold numbers.

    Attributes:
        type: rows with a timestamp.
        source: where the rows lie.
        timestamp: the column that says when: text, epoch seconds, milliseconds or microseconds, or a timestamp.
        person_id: whose event it is; rows without one are dropped, unless stitching finds it. A namespace by itself: no row names a person.
        event_id: the column by which exact repeats are told; one is kept.
        persistent_id: the device or cookie that an event came from, for stitching.
        sequence: a column of numbers that orders events of one millisecond (rule O3).
        numbers: columns of a text format that hold numbers.
        stitching: how events without a person find theirs.
    """

    type: Literal["event"]
    source: Source
    timestamp: str
    person_id: EventPerson
    event_id: str | None = None
    persistent_id: Identity | None = None
    sequence: str | None = None
    numbers: Annotated[tuple[str, ...], AsTuple] = ()
    stitching: Stitching | None = None

    @model_validator(mode="after")
    def _findable(self) -> EventDataset:
        if not self.person_id.on_rows() and not isinstance(self.stitching, GraphBased):
            raise ValueError("person_id is a namespace alone: rows that name no person need stitching with method: graph_based.")
        return self

    @model_validator(mode="after")
    def _stitchable(self) -> EventDataset:
        if self.stitching is None:
            return self
        if self.persistent_id is None:
            raise ValueError("stitching needs a persistent_id.")
        if self.persistent_id.code() == self.person_id.code():
            raise ValueError(f"persistent_id and person_id share the namespace '{self.person_id.code()}' (rule F3).")
        return self


class ProfileDataset(Spec):
    """Attributes of persons: one current row per person, the newest wins.

    Attributes:
        type: rows of persons.
        source: where the rows lie.
        person_id: whose attributes the row has.
    """

    type: Literal["profile"]
    source: Source
    person_id: Identity


class LookupDataset(Spec):
    """Attributes of values: one row per key, the newest wins; `matches` is the event path that holds keys.

    Attributes:
        type: rows of values.
        source: where the rows lie.
        key: the column that holds the value that a row is about.
        matches: the event path that holds such values.
    """

    type: Literal["lookup"]
    source: Source
    key: str
    matches: str


class SummaryDataset(Spec):
    """Rows without a person, each about an hour or a day: what was spent on advertising, what was planned.

    Attributes:
        type: rows of an hour or a day.
        source: where the rows lie.
        timestamp: the column that says when: a date, or whatever events may have; it is cut to the hour or day.
        granularity: whether a row is about an hour or a day.
        time_zone: the IANA time zone of its hours and days, and of times that do not say theirs.
        numbers: columns of a text format that hold numbers.
    """

    type: Literal["summary"]
    source: Source
    timestamp: str
    granularity: Literal["hour", "day"] = "day"
    time_zone: Zone = "UTC"
    numbers: Annotated[tuple[str, ...], AsTuple] = ()


class AccountDataset(Spec):
    """The accounts that persons belong to; each from an instant on, until the next one begins (rule F20).

    Events have the account of their person and time in a column with the dataset's name.

    Attributes:
        type: rows of a person in an account.
        source: where the rows lie.
        person_id: who belongs to the account.
        account: the column that holds the account's key.
        mapping_time: the column that says since when; without it a person has one account, that of the newest row.
    """

    type: Literal["account"]
    source: Source
    person_id: Identity
    account: str
    mapping_time: str | None = None


def _type_of(value: object) -> str | None:
    kind = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
    return kind if kind in TYPES else None


def _known_type(value: object) -> object:
    kind = value.get("type") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind not in TYPES:
        raise ValueError(f"type must be one of {', '.join(TYPES)}. {did_you_mean(kind, TYPES)}")
    return value


_Dataset = Annotated[
    Annotated[EventDataset, Tag("event")]
    | Annotated[ProfileDataset, Tag("profile")]
    | Annotated[LookupDataset, Tag("lookup")]
    | Annotated[SummaryDataset, Tag("summary")]
    | Annotated[AccountDataset, Tag("account")]
    | Annotated[GraphDataset, Tag("graph")],
    Discriminator(
        _type_of,
        custom_error_type="dataset_type",
        custom_error_message=f"type must be one of {', '.join(TYPES)}",
    ),
]
Dataset = Annotated[_Dataset, BeforeValidator(_known_type)]


class Connection(Spec):
    """All datasets of a company's customers, in the order that breaks ties between events (rule O3).

    A person with more than `max_monthly_events` in a calendar month is a bad ID: what arrives of it later is discarded.

    Attributes:
        name: what the connection is called.
        datasets: the datasets by name; their order breaks ties between events.
        max_monthly_events: how many events of one person a calendar month may have.
        window: how far back events are kept, counted in whole days (UTC) from the instant of a load: `13 months`.
    """

    name: Name
    datasets: dict[Name, Dataset] = Field(min_length=1)
    max_monthly_events: int = Field(default=1_000_000, ge=1)
    window: Span | None = None

    @model_validator(mode="after")
    def _some_events(self) -> Connection:
        if not self.events() and not self.summaries():
            raise ValueError("datasets: a connection needs at least one dataset of type event or summary.")
        return self

    @model_validator(mode="after")
    def _one_namespace(self) -> Connection:
        """Plain person ids are of the one namespace that the connection names, if it names one.

        All of them are one column: the same customer must not be published under two namespaces.
        """
        of_persons = EventDataset | ProfileDataset | AccountDataset | GraphDataset
        fields = {name: one.person_id for name, one in self.datasets.items() if isinstance(one, of_persons)}
        named = {field.code() for field in fields.values() if field.names_its_namespace()}
        unnamed = {name for name, field in fields.items() if field.column and not field.namespace}
        devices = {one.persistent_id.code() for one in self.events().values() if one.persistent_id}
        if len(named) != 1 or not unnamed or named & devices:
            return self
        [namespace] = named
        given = {
            name: self.datasets[name].model_copy(
                update={"person_id": fields[name].model_copy(update={"namespace": namespace})}
            )
            for name in unnamed
        }
        return self.model_copy(update={"datasets": {**self.datasets, **given}})

    @model_validator(mode="after")
    def _told_apart(self) -> Connection:
        spelled: dict[str, str] = {}
        for name in self.datasets:
            if (twin := spelled.setdefault(name.lower(), name)) != name:
                raise ValueError(f"datasets: '{twin}' and '{name}' differ only in case, and tables take their names.")
        return self

    def events(self) -> dict[str, EventDataset]:
        """Event datasets by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, EventDataset)}

    def profiles(self) -> dict[str, ProfileDataset]:
        """Profile datasets by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, ProfileDataset)}

    def lookups(self) -> dict[str, LookupDataset]:
        """Lookup datasets by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, LookupDataset)}

    def summaries(self) -> dict[str, SummaryDataset]:
        """Summary datasets by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, SummaryDataset)}

    def accounts(self) -> dict[str, AccountDataset]:
        """Account datasets by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, AccountDataset)}

    def graphs(self) -> dict[str, GraphDataset]:
        """Identity graphs by name."""
        return {name: dataset for name, dataset in self.datasets.items() if isinstance(dataset, GraphDataset)}

    def matches(self) -> dict[str, str]:
        """Per lookup dataset the event path that holds its keys."""
        return {name: dataset.matches for name, dataset in self.lookups().items()}
