"""What Kafka's errors mean for a chunk (KK3): by their names alone, as their texts may hold anything (S8)."""

from __future__ import annotations

from typing import Protocol

from cja_spark.sinks.chunk import DataError, FatalError, LostError, RetryableError, SinkError

CLASS = "kafka"
FENCED = frozenset({"_FENCED", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH", "FENCED_INSTANCE_ID"})
DATA = frozenset(
    {"MSG_SIZE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD", "_KEY_SERIALIZATION", "_VALUE_SERIALIZATION"}
)
DENIED = frozenset(
    {"_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED", "UNSUPPORTED_SASL_MECHANISM", "ILLEGAL_SASL_STATE", "_SSL",
     "SECURITY_DISABLED", "TOPIC_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED",
     "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "DELEGATION_TOKEN_AUTH_DISABLED"}
)  # fmt: skip
# What somebody has to mend where the topic or the cluster is set up.
WRONG = frozenset(
    {"_UNKNOWN_TOPIC", "UNKNOWN_TOPIC_OR_PART", "TOPIC_EXCEPTION", "_UNKNOWN_PARTITION", "INVALID_CONFIG",
     "POLICY_VIOLATION", "UNSUPPORTED_VERSION", "_UNSUPPORTED_FEATURE", "_NOT_IMPLEMENTED",
     "UNSUPPORTED_FOR_MESSAGE_FORMAT", "INVALID_TRANSACTION_TIMEOUT", "UNSUPPORTED_COMPRESSION_TYPE", "_INVALID_ARG"}
)  # fmt: skip


class Told(Protocol):
    """What of `confluent_kafka.KafkaError` is read."""

    def name(self) -> str:
        """The error's name; those of the client itself begin with an underscore."""


def is_denied(error: Told) -> bool:
    """Whether a broker said that it will not speak with us, or not about this."""
    return error.name() in DENIED


def meaning(error: Told) -> SinkError:
    """The refusal that an error of Kafka is; what is not known may have happened or not: it is retryable (K2)."""
    name = error.name()
    for names, kind in ((FENCED, LostError), (DATA, DataError), (DENIED | WRONG, FatalError)):
        if name in names:
            return kind(CLASS, name)
    return RetryableError(CLASS, name)
