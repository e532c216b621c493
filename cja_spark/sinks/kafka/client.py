"""The client's settings for a topic: secrets are read here, where messages are sent, and stand nowhere else (S7)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

from cja_spark.errors import ConfigurationError
from cja_spark.secret import revealed
from cja_spark.sinks.kafka.spec import Kafka, Security

# The client's own lines name brokers and users and would go to standard error; what matters comes as the codes of errors.
_SILENT = logging.Logger("kafka client", logging.CRITICAL + 1)


class Patience(NamedTuple):
    """How long the parts of an attempt may take, in seconds.

    Attributes:
        connect: until a broker is reached (K3).
        reply: until it answers one request (K3).
        topic: until brokers that restart know a topic again; then it counts as one that is not there.
        open: until a producer has its id, in which the brokers end what its predecessor left open.
        delivery: until the messages of a chunk are in the brokers.
        commit: until a transaction is committed.
        transaction: after which the brokers end a transaction whose owner is gone: an attempt of a chunk (K3).
    """

    connect: float = 5
    reply: float = 30
    topic: float = 30
    open: float = 60
    delivery: float = 120
    commit: float = 60
    transaction: float = 600


def transactional_id(sink: Kafka, audience_id: str, slot: int) -> str:
    """The id of the transactions of one slot; whoever opens it last fences the others off (KK2)."""
    return f"cja.{sink.name}.{audience_id}.{slot}"


def client_settings(sink: Kafka, audience_id: str, slot: int, patience: Patience) -> dict[str, object]:
    """Settings of a producer.

    Raises:
        ConfigurationError: there is nothing behind a reference, or a file is missing.
    """
    settings: dict[str, object] = {
        "bootstrap.servers": ",".join(sink.bootstrap_servers),
        "client.id": f"cja.{sink.name}",
        "acks": "all",
        "enable.idempotence": True,
        "partitioner": "murmur2_random",  # a key goes where Kafka's own clients would send it
        "compression.type": "lz4",
        "linger.ms": 20,
        "message.max.bytes": sink.max_message_bytes,
        "batch.size": sink.max_message_bytes,
        "delivery.report.only.error": True,
        "topic.metadata.propagation.max.ms": _ms(patience.topic),
        "socket.connection.setup.timeout.ms": _ms(patience.connect),
        "socket.timeout.ms": _ms(patience.reply),
        "message.timeout.ms": _ms(patience.delivery),
        "log_level": 0,
        "logger": _SILENT,
        **_security(sink.security),
    }
    if sink.transactional:
        settings["transactional.id"] = transactional_id(sink, audience_id, slot)
        settings["transaction.timeout.ms"] = _ms(patience.transaction)
    return settings


def _security(security: Security | None) -> dict[str, str]:
    if security is None:
        return {"security.protocol": "plaintext"}
    given = {
        "security.protocol": security.protocol,
        "sasl.mechanism": security.mechanism,
        "ssl.ca.location": _there("ca_file", security.ca_file),
        "ssl.certificate.location": _there("certificate_file", security.certificate_file),
        "ssl.key.location": _there("key_file", security.key_file),
    }
    secrets = {"username": security.username, "password": security.password, "key_password": security.key_password}
    known = revealed({f"security.{name}": text for name, text in secrets.items() if text})
    for name, setting in (("username", "sasl.username"), ("password", "sasl.password"), ("key_password", "ssl.key.password")):
        given[setting] = known.get(f"security.{name}")
    return {name: text for name, text in given.items() if text is not None}


def _there(name: str, file: str | None) -> str | None:
    if file is not None and not Path(file).is_file():
        raise ConfigurationError(f"'security.{name}': there is no file {file} on this machine.")
    return file


def _ms(seconds: float) -> int:
    return max(int(seconds * 1000), 1000)
