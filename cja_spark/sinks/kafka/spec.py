"""A Kafka topic as an author writes it."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from cja_spark.secret import HOW, is_reference
from cja_spark.sinks.spec import SINKS, Chunked
from cja_spark.spec import AsTuple, EachOnce, Spec

_HOST = r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252})"
Server = Annotated[str, StringConstraints(pattern=rf"^{_HOST}:[0-9]{{1,5}}$")]
Topic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]


def _reference(text: str) -> str:
    if not is_reference(text):
        raise ValueError(f"a secret is expected: {HOW}.")
    return text


def _no_directory(topic: str) -> str:
    if topic in (".", ".."):
        raise ValueError(f"'{topic}' is no name of a topic.")
    return topic


Reference = Annotated[str, AfterValidator(_reference)]
File = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f]+$")]


class Security(Spec):
    """How a broker is spoken to; what is secret is a reference, read where the messages are sent.

    Attributes:
        protocol: `ssl` or `sasl_ssl`; the other two send everything readable for who listens on the way.
        mechanism: how the user is proved, with `sasl_ssl` and `sasl_plaintext`.
        username: reference to the user's name.
        password: reference to the user's password.
        ca_file: certificates that the brokers' are checked against; the machine's own by itself.
        certificate_file: the client's certificate, where brokers ask for one.
        key_file: the key of that certificate.
        key_password: reference to the password of that key.
    """

    protocol: Literal["ssl", "sasl_ssl", "sasl_plaintext", "plaintext"]
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    username: Reference | None = None
    password: Reference | None = None
    ca_file: File | None = None
    certificate_file: File | None = None
    key_file: File | None = None
    key_password: Reference | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        user = [name for name in ("mechanism", "username", "password") if getattr(self, name) is None]
        if self.protocol.startswith("sasl") and user:
            raise ValueError(f"'{self.protocol}' needs {', '.join(user)}.")
        if not self.protocol.startswith("sasl") and len(user) < 3:
            raise ValueError(f"'{self.protocol}' knows no user; write sasl_ssl, or leave mechanism, username and password out.")
        if (self.certificate_file is None) != (self.key_file is None) or (self.key_password and not self.key_file):
            raise ValueError("certificate_file and key_file come together, key_password with them.")
        if not self.protocol.endswith("ssl") and (self.ca_file or self.certificate_file):
            raise ValueError(f"'{self.protocol}' has no certificates; write ssl or sasl_ssl, or leave the files out.")
        return self


@SINKS.register("kafka")
class Kafka(Chunked):
    """A topic of Kafka: each change is a message, keyed by audience and profile.

    Attributes:
        sink: changes as messages.
        bootstrap_servers: some of the brokers, each `host:port`.
        topic: where the messages go; it must exist.
        security: how the brokers are spoken to; may be left out only for brokers on this machine.
        transactional: one transaction per chunk, and a new owner fences the old one off. Without it messages come at
            least once, and nothing keeps an old owner out.
        max_message_bytes: the largest message that the topic takes (its `max.message.bytes`).
    """

    sink: Literal["kafka"]
    bootstrap_servers: Annotated[tuple[Server, ...], AsTuple, EachOnce, Field(min_length=1, max_length=100)]
    topic: Annotated[Topic, AfterValidator(_no_directory)]
    security: Security | None = None
    transactional: bool = True
    max_message_bytes: Annotated[int, Field(ge=1_000, le=100_000_000)] = 1_000_000

    @property
    def keeps_slots(self) -> bool:
        """Whether owners are told apart by the transactions of slots."""
        return self.transactional

    @property
    def keyed_by_audience(self) -> bool:
        """A tombstone is of a profile in an audience."""
        return True

    @model_validator(mode="after")
    def _spoken_safely(self) -> Self:
        far = [server for server in self.bootstrap_servers if not _on_this_machine(server)]
        if not far:
            return self
        if self.security is None:
            raise ValueError(f"'{far[0]}' is another machine: write 'security' (protocol: plaintext, if that is meant).")
        if self.security.protocol == "sasl_plaintext" and self.security.mechanism == "PLAIN":
            raise ValueError(f"PLAIN would send the password readable to '{far[0]}': write sasl_ssl, or a SCRAM mechanism.")
        return self


def _on_this_machine(server: str) -> bool:
    host = server.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
