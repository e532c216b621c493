"""What stops a sink of a real Kafka: a topic that is not there, a user who is refused, a secret that is missing; none is told."""

import logging
import traceback

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.sinks.chunk import FatalError
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from cja_spark.sinks.reach import reach
from tests.servers.certificates import Authority
from tests.servers.kafka import PASSWORD, STRANGER, USER
from tests.unit.sinks.kafka.rows import (
    AUDIENCE,
    RUN,
    SHORT,
    change,
    changes,
    expected_ids,
    ids,
    secured,
    sink_of,
    token,
)


@pytest.mark.fault("F7")
def test_a_topic_that_is_not_there_stops_the_sink(broker):
    sink = KafkaSink(sink_of(broker, "nowhere"), AUDIENCE, 0, SHORT._replace(topic=2))
    with pytest.raises(FatalError, match="UNKNOWN_TOPIC"):
        sink.apply(changes(3), token(), RUN)


@pytest.mark.parametrize("transactional", [True, False])
def test_a_user_with_the_right_password_is_taken(broker, topic, monkeypatch, transactional):
    monkeypatch.setenv("CJA_TEST_USER", USER)
    monkeypatch.setenv("CJA_TEST_PASSWORD", PASSWORD)
    own(secured(broker, topic, transactional=transactional), AUDIENCE, SHORT)
    sink = KafkaSink(secured(broker, topic, transactional=transactional), AUDIENCE, 0, SHORT)
    assert sink.apply(changes(3), token(), RUN).acked == 3
    sink.close()
    assert ids(broker.messages(topic)) == expected_ids(changes(3))


@pytest.mark.parametrize("transactional", [True, False])
@pytest.mark.parametrize(
    ("user", "password", "said"),
    [(USER, "canary-wrong-91", "_AUTHENTICATION|SASL_AUTHENTICATION_FAILED"), (STRANGER, PASSWORD, "AUTHORIZATION_FAILED|_TOPIC")],
    ids=["wrong password", "no rights"],
)
@pytest.mark.fault("F7")
def test_a_user_who_is_refused_stops_the_sink_and_no_secret_is_told(
    broker, topic, monkeypatch, capfd, caplog, user, password, said, transactional
):
    monkeypatch.setenv("CJA_TEST_USER", user)
    monkeypatch.setenv("CJA_TEST_PASSWORD", password)
    caplog.set_level(logging.DEBUG)
    sink = KafkaSink(secured(broker, topic, transactional=transactional), AUDIENCE, 0, SHORT)
    rows = [change("canary-id-55")]
    with pytest.raises(FatalError, match=said) as raised:
        sink.apply(rows, token(), RUN)
    sink.close()
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__context__) + caplog.text + "".join(capfd.readouterr())
    assert not [word for word in (password, user, "canary-id-55", broker.sasl_server) if word in told]
    assert broker.messages(topic) == []


def test_a_secret_that_only_the_driver_has_stops_the_sink(broker, topic, monkeypatch):
    monkeypatch.setenv("CJA_TEST_USER", USER)
    monkeypatch.delenv("CJA_TEST_PASSWORD", raising=False)
    with pytest.raises(ConfigurationError, match=r"security\.password.*CJA_TEST_PASSWORD"):
        own(secured(broker, topic), AUDIENCE, SHORT)
    with pytest.raises(FatalError, match="configuration missing"):
        KafkaSink(secured(broker, topic), AUDIENCE, 0, SHORT)


@pytest.mark.fault("F7")
def test_brokers_are_believed_only_with_a_certificate_of_the_authority(broker, topic, tmp_path, request):
    other = Authority(tmp_path, "another one")
    for ca, taken in ((broker.authority.ca, True), (other.ca, False)):
        security = {"protocol": "ssl", "ca_file": str(ca)}
        sink = KafkaSink(sink_of(broker, topic, bootstrap_servers=(broker.tls_server,), security=security), AUDIENCE, 0, SHORT)
        request.addfinalizer(sink.close)
        if taken:
            assert sink.apply(changes(3), token(), RUN).acked == 3
        else:
            with pytest.raises(FatalError, match="kafka _SSL"):
                sink.apply(changes(3), token(), RUN)
    assert ids(broker.messages(topic)) == expected_ids(changes(3))


def test_brokers_that_are_asked_for_are_sent_nothing(broker, topic):
    assert reach(None, sink_of(broker, topic)) == "kafka answers"
    assert broker.messages(topic) == []
