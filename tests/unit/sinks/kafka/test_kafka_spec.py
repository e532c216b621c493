"""What may be written of a topic, and what is refused before Spark starts."""

import pytest
from pydantic import ValidationError

from cja_spark.errors import ConfigurationError
from cja_spark.sinks.kafka.client import Patience, client_settings
from cja_spark.sinks.kafka.spec import Kafka

USER = {"mechanism": "SCRAM-SHA-512", "username": "${env:KAFKA_USER}", "password": "${env:KAFKA_PASSWORD}"}
FAR = {"bootstrap_servers": ["kafka.example.com:9093"]}


def kafka(**changed):
    return Kafka.model_validate(
        {"name": "topic", "sink": "kafka", "bootstrap_servers": ["127.0.0.1:9092"], "topic": "audiences", **changed}
    )


@pytest.mark.parametrize("server", ["127.0.0.1:9092", "localhost:1", "[::1]:9092"])
def test_brokers_on_this_machine_need_no_security(server):
    assert kafka(bootstrap_servers=[server]).security is None


@pytest.mark.parametrize(
    "changed",
    [
        {**FAR, "security": {"protocol": "plaintext"}},
        {**FAR, "security": {"protocol": "ssl"}},
        {**FAR, "security": {"protocol": "sasl_ssl", **USER}},
        {**FAR, "security": {"protocol": "sasl_plaintext", **USER}},
        {"security": {"protocol": "sasl_plaintext", **USER, "mechanism": "PLAIN"}},
        {**FAR, "security": {"protocol": "ssl", "certificate_file": "/c", "key_file": "/k", "key_password": "${file:/p}"}},
    ],
)
def test_what_can_be_meant_is_taken(changed):
    assert kafka(**changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (FAR, "another machine: write 'security'"),
        ({**FAR, "security": {"protocol": "sasl_plaintext", **USER, "mechanism": "PLAIN"}}, "password readable"),
        ({**FAR, "security": {"protocol": "sasl_ssl"}}, "needs mechanism, username, password"),
        ({**FAR, "security": {"protocol": "ssl", **USER}}, "knows no user"),
        ({**FAR, "security": {"protocol": "ssl", "key_file": "/k"}}, "come together"),
        ({**FAR, "security": {"protocol": "ssl", "key_password": "${env:X}"}}, "come together"),
        ({**FAR, "security": {"protocol": "plaintext", "ca_file": "/c"}}, "has no certificates"),
        ({**FAR, "security": {"protocol": "sasl_ssl", **USER, "password": "hunter2"}}, "a secret is expected"),
        ({"bootstrap_servers": []}, "at least 1"),
        ({"bootstrap_servers": ["127.0.0.1"]}, "pattern"),
        ({"bootstrap_servers": ["127.0.0.1:9092,evil:1"]}, "pattern"),
        ({"bootstrap_servers": ["127.0.0.1:9092", "127.0.0.1:9092"]}, "given twice"),
        ({"topic": ".."}, "no name of a topic"),
        ({"topic": "a b"}, "pattern"),
        ({"topic": "x" * 250}, "pattern"),
        ({"max_message_bytes": 10}, "greater than or equal to 1000"),
        ({"acks": "1"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed, said):
    with pytest.raises(ValidationError, match=said) as raised:
        kafka(**changed)
    assert "hunter2" not in str(raised.value)


def test_secrets_are_read_where_the_client_is_made(monkeypatch, tmp_path):
    for name in ("key", "c.pem", "k.pem", "ca.pem"):
        (tmp_path / name).write_text(f"canary-{name}\n", encoding="utf-8")
    monkeypatch.setenv("KAFKA_USER", "canary-user")
    monkeypatch.setenv("KAFKA_PASSWORD", "canary-password")
    files = {"certificate_file": f"{tmp_path}/c.pem", "key_file": f"{tmp_path}/k.pem", "ca_file": f"{tmp_path}/ca.pem"}
    sink = kafka(**FAR, security={"protocol": "sasl_ssl", **USER, **files, "key_password": f"${{file:{tmp_path}/key}}"})
    assert "canary" not in repr(sink) + sink.model_dump_json()
    settings = client_settings(sink, "aud_000000000001", 3, Patience())
    told = {name: text for name, text in settings.items() if name.startswith(("sasl", "ssl", "security"))}
    assert told == {
        "security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "canary-user",
        "sasl.password": "canary-password", "ssl.ca.location": f"{tmp_path}/ca.pem",
        "ssl.certificate.location": f"{tmp_path}/c.pem", "ssl.key.location": f"{tmp_path}/k.pem", "ssl.key.password": "canary-key",
    }  # fmt: skip


def test_a_secret_that_is_not_there_is_named(monkeypatch):
    monkeypatch.delenv("KAFKA_PASSWORD", raising=False)
    monkeypatch.setenv("KAFKA_USER", "u")
    with pytest.raises(ConfigurationError, match=r"'security.password': there is nothing behind \$\{env:KAFKA_PASSWORD\}"):
        client_settings(kafka(security={"protocol": "sasl_ssl", **USER}), "aud_000000000001", 0, Patience())


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ConfigurationError, match=r"'security.ca_file': there is no file /not/there.pem"):
        client_settings(kafka(**FAR, security={"protocol": "ssl", "ca_file": "/not/there.pem"}), "aud_000000000001", 0, Patience())


def test_every_broker_has_a_message_before_it_counts_and_each_slot_has_its_own_transactions():
    settings = client_settings(kafka(), "aud_000000000001", 3, Patience())
    assert (settings["acks"], settings["enable.idempotence"]) == ("all", True)
    assert settings["transactional.id"] == "cja.topic.aud_000000000001.3"
    assert "transactional.id" not in client_settings(kafka(transactional=False), "aud_000000000001", 3, Patience())
    assert settings["message.timeout.ms"] <= settings["transaction.timeout.ms"]
