"""The streaming inlet as an author writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cja_spark.secret import HOW, is_reference
from cja_spark.sinks.inlet.place import host_of, place_of
from cja_spark.sinks.spec import SINKS, Chunked
from cja_spark.spec import Address, AsTuple, Duration, EachOnce, Name, Spec

MOST_MESSAGES = 500
MOST_BYTES = 900_000
PLATFORM = "dcs.adobedc.net"


def _reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError(f"this is a secret: {HOW}.")
    return text


def _endpoint(text: str) -> str:
    place_of(text)
    return text


Secret = Annotated[str, AfterValidator(_reference)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
Host = Annotated[str, AfterValidator(host_of)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
Told = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,512}$")]  # printable, no blank: it goes into headers


class Definition(Spec):
    """Where the names of audiences go: records of class *segment definition*, before the first rows of each chunk.

    Attributes:
        xdm_schema: `$id` of a schema of that class.
        dataset: id of the dataset with that schema.
        namespace: an identity namespace of type *non-people identifier*, so that no person is merged with it.
    """

    xdm_schema: Told
    dataset: Told
    namespace: Name


@SINKS.register("inlet")
class Inlet(Chunked):
    """A streaming inlet of an Experience Platform, or what speaks as one.

    Attributes:
        sink: messages over HTTP.
        endpoint: scheme, host and port of the inlet.
        hosts: hosts that may be spoken to; the endpoint's has to be one of them.
        connection: id of the streaming connection.
        organisation: id of the organisation.
        dataset: id of the dataset that takes the memberships.
        xdm_schema: `$id` of its schema: Individual Profile with Segment Membership.
        segment_namespace: the namespace that audiences stand under in `segmentMembership`.
        definition: where the names of audiences go; nowhere by itself.
        token: reference to an access token, read again when it is refused; none where the inlet asks for none.
        flow: id of a flow, sent as `x-adobe-flow-id`.
        delete_flow: id of a flow that deletes profiles; without it an erased person is only sent an exit.
        validation: `synchronous` sends single messages and waits for the verdict on each, one per second: for a trial.
        messages: messages of one request at most.
        records_per_second: records that all tasks together send per second.
        requests_per_second: requests that all tasks together send per second.
        rate_group: sinks with one name share one rate, and have to say the same of it; by itself those of one endpoint
            and token.
        allow_private: speak to loopback, link-local and private addresses too.
        ca: file of the certificates to trust; those of the system by itself.
        connect_timeout: how long connecting may take.
        read_timeout: how long a reply may take.
        attempt_timeout: how long the requests of one attempt at a chunk may take together.
    """

    sink: Literal["inlet"]
    endpoint: Endpoint = f"https://{PLATFORM}"
    hosts: Annotated[tuple[Host, ...], AsTuple, EachOnce, Field(min_length=1)] = (PLATFORM,)
    connection: Id
    organisation: Told
    dataset: Told
    xdm_schema: Told
    segment_namespace: Name
    definition: Definition | None = None
    token: Secret | None = None
    flow: Told | None = None
    delete_flow: Told | None = None
    validation: Literal["asynchronous", "synchronous"] = "asynchronous"
    messages: Annotated[int, Field(ge=1, le=MOST_MESSAGES)] = MOST_MESSAGES
    records_per_second: Annotated[int, Field(ge=1, le=10_000)] = 1500
    requests_per_second: Annotated[int, Field(ge=1, le=1000)] = 1000
    rate_group: Name | None = None
    allow_private: bool = False
    ca: Address | None = None
    connect_timeout: Duration = timedelta(seconds=5)
    read_timeout: Duration = timedelta(seconds=30)
    attempt_timeout: Duration = timedelta(minutes=10)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (host := place_of(self.endpoint).host) not in self.hosts:
            raise ValueError(f"'{host}' is not among hosts: {', '.join(self.hosts)}. Name it there if you mean it.")
        slowest = min(self.records_per_second, self.most_requests)
        if self.concurrency > slowest:
            raise ValueError(f"{self.concurrency} tasks cannot share {slowest} per second: set concurrency to {slowest} or less.")
        return self

    @property
    def most_requests(self) -> int:
        """Requests per second of all tasks; a connection validates 60 messages a minute at once."""
        return self.requests_per_second if self.validation == "asynchronous" else 1

    @property
    def group(self) -> str:
        """What shares one rate: equal texts do (K5)."""
        return self.rate_group or f"{place_of(self.endpoint).origin} {self.token}"
