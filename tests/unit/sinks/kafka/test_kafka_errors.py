"""KK3: which errors of Kafka are the row's fault, the configuration's, a newer owner's, or nobody's."""

import pytest

from cja_spark.sinks.chunk import DataError, FatalError, LostError, RetryableError
from cja_spark.sinks.kafka.errors import DATA, DENIED, FENCED, WRONG, is_denied, meaning

confluent_kafka = pytest.importorskip("confluent_kafka")
CODES = {name for name in vars(confluent_kafka.KafkaError) if name.upper() == name and not name.startswith("__")}


def error(name):
    return confluent_kafka.KafkaError(getattr(confluent_kafka.KafkaError, name), "a text with crm:ann in it")


@pytest.mark.parametrize("name", sorted(FENCED | DATA | DENIED | WRONG))
def test_every_name_is_one_of_the_client(name):
    assert name in CODES
    assert error(name).name() == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MSG_SIZE_TOO_LARGE", DataError), ("RECORD_LIST_TOO_LARGE", DataError), ("_VALUE_SERIALIZATION", DataError),
        ("_AUTHENTICATION", FatalError), ("SASL_AUTHENTICATION_FAILED", FatalError), ("TOPIC_AUTHORIZATION_FAILED", FatalError),
        ("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", FatalError), ("CLUSTER_AUTHORIZATION_FAILED", FatalError),
        ("UNKNOWN_TOPIC_OR_PART", FatalError), ("_UNKNOWN_TOPIC", FatalError),
        ("_FENCED", LostError), ("PRODUCER_FENCED", LostError), ("INVALID_PRODUCER_EPOCH", LostError),
        ("_TIMED_OUT", RetryableError), ("_MSG_TIMED_OUT", RetryableError), ("_TRANSPORT", RetryableError),
        ("NOT_ENOUGH_REPLICAS", RetryableError), ("_STATE", RetryableError), ("UNKNOWN", RetryableError),
        ("INVALID_MSG", RetryableError), ("THROTTLING_QUOTA_EXCEEDED", RetryableError), ("INVALID_TXN_STATE", RetryableError),
    ],
)  # fmt: skip
def test_an_error_is_told_by_its_name_alone(name, kind):
    found = meaning(error(name))
    assert type(found) is kind
    assert str(found) == f"kafka {name}"


def test_every_code_of_the_client_means_something_and_none_is_a_success():
    for name in CODES - {"NO_ERROR"}:
        assert isinstance(meaning(error(name)), DataError | FatalError | LostError | RetryableError)


def test_only_who_is_denied_is():
    assert is_denied(error("SASL_AUTHENTICATION_FAILED"))
    assert not any(map(is_denied, map(error, ("_ALL_BROKERS_DOWN", "_TRANSPORT", "_FENCED", "MSG_SIZE_TOO_LARGE"))))
