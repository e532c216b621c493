"""Own: keep every older owner of an audience out of a topic, before the first chunk is sent (KK2)."""

from __future__ import annotations

from cja_spark.sinks.kafka.client import Patience, client_settings
from cja_spark.sinks.kafka.produce import Channel
from cja_spark.sinks.kafka.spec import Kafka


def own(sink: Kafka, audience_id: str, patience: Patience | None = None) -> None:
    """Open the transactions of every slot: what older owners left open is aborted, and what they still send is refused.

    Without transactions nobody is kept out; only the settings are tried.

    Raises:
        ConfigurationError: there is nothing behind a reference, or a file is missing.
        SinkError: the brokers refuse it, or are away.
    """
    patience = patience or Patience()
    for slot in range(sink.concurrency if sink.transactional else 1):
        channel = Channel(client_settings(sink, audience_id, slot, patience), sink.topic, patience)
        try:
            channel.open()
        finally:
            channel.close()
