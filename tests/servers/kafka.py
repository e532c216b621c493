"""A real Kafka for tests: one process that is broker and controller, on 127.0.0.1, with a folder of its own.

Its jars come from Maven Central through Spark's Ivy, once per machine. Where they cannot be had the tests are skipped;
where the environment variable CI is set they fail instead.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from cja_spark.recorded_jars import require_recorded
from tests.servers.certificates import Authority

VERSION = "4.1.2"
ARTEFACT = f"org.apache.kafka:kafka_2.13:{VERSION}"
# The first one may do all, the second one nothing until it is given rights, the third one nothing.
USER, SENDER, STRANGER, PASSWORD = "writer", "sender", "stranger", "canary-pass-7c1e"
JAVA_OPTIONS = ("-Xms192m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
READY_S = 120


def jars() -> list[str]:
    """The broker's class path: its jars, resolved on first use, and Scala's, which Ivy leaves to Spark."""
    folder = Path(os.environ.get("CJA_KAFKA_JARS", Path.home() / ".cache" / "cja_spark" / f"kafka-{VERSION}"))
    if not (folder / "resolved").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _resolve(folder)
        require_recorded(folder / "jars", ARTEFACT, Path(__file__).with_name("jars.yaml"))
        (folder / "resolved").touch()
    return [f"{folder}/jars/*", *map(str, sorted((_spark() / "jars").glob("scala-library-*.jar")))]


def _spark() -> Path:
    from pyspark.find_spark_home import _find_spark_home

    return Path(_find_spark_home())


def _resolve(folder: Path) -> None:
    nothing = folder / "nothing.py"
    nothing.write_text("", encoding="utf-8")
    answer = subprocess.run(
        [str(_spark() / "bin" / "spark-submit"), "--master", "local[1]", "--packages", ARTEFACT,
         "--conf", f"spark.jars.ivy={folder}", "--conf", "spark.ui.enabled=false", str(nothing)],
        capture_output=True, text=True, check=False,
        env={key: value for key, value in os.environ.items() if key != "PYSPARK_GATEWAY_PORT"},
    )  # fmt: skip
    if answer.returncode or not list(folder.glob("jars/*kafka_2.13*.jar")):
        lacking(f"{ARTEFACT} could not be resolved: {answer.stderr[-300:]}")


def lacking(what: str) -> None:
    """Skip the test, or fail it where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


class Broker:
    """One Kafka; `stop` and `start` restart it with what it had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        *ports, self._controller = _free_ports(4)
        self.server, self.sasl_server, self.tls_server = (f"127.0.0.1:{port}" for port in ports)
        self.authority = Authority(folder)
        self._jars = jars()
        self._process: subprocess.Popen[bytes] | None = None
        pair = self.authority.pair("kafka", "127.0.0.1")
        (folder / "kafka.both").write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes())
        self._settings = folder / "server.properties"
        self._settings.write_text(self._properties(), encoding="utf-8")
        cluster = uuid.uuid4().hex[:22]
        self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._settings)).wait(timeout=READY_S)

    def start(self) -> Broker:
        """Start it and wait until it answers."""
        self._process = self._java("kafka.Kafka", str(self._settings))
        self._wait()
        return self

    def stop(self, *, signal_number: int = signal.SIGTERM) -> None:
        """End it; with SIGKILL as if the machine had died."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal_number)
            self._process.wait(timeout=READY_S)
        self._process = None

    def freeze(self) -> None:
        """Let it answer nothing, and go on where it was at `thaw`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def topic(self, name: str, **config: str) -> str:
        """A new topic of one partition."""
        from confluent_kafka.admin import AdminClient, NewTopic

        admin = AdminClient({"bootstrap.servers": self.server})
        [made] = admin.create_topics([NewTopic(name, 1, 1, config=config)]).values()
        made.result(timeout=30)
        return name

    def allow(self, user: str, operation: str, kind: str, name: str, *, prefix: bool = False) -> None:
        """Give a user one right, about things of that name, or whose names begin with it."""
        from confluent_kafka.admin import (
            AclBinding,
            AclOperation,
            AclPermissionType,
            AdminClient,
            ResourcePatternType,
            ResourceType,
        )

        pattern = ResourcePatternType.PREFIXED if prefix else ResourcePatternType.LITERAL
        right = AclBinding(
            ResourceType[kind], name, pattern, f"User:{user}", "*", AclOperation[operation], AclPermissionType.ALLOW
        )  # fmt: skip
        admin = AdminClient({"bootstrap.servers": self.server})
        [given] = admin.create_acls([right]).values()
        given.result(timeout=30)

    def messages(self, topic: str, *, committed: bool = True) -> list:
        """All messages of a topic, as a reader sees them who takes committed ones only, or all."""
        from confluent_kafka import Consumer, TopicPartition

        consumer = Consumer(
            {"bootstrap.servers": self.server, "group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True,
             "isolation.level": "read_committed" if committed else "read_uncommitted"}
        )  # fmt: skip
        consumer.assign([TopicPartition(topic, 0, 0)])
        found, end = [], time.monotonic() + 60
        try:
            while time.monotonic() < end:
                for one in consumer.consume(10_000, 0.5):
                    if one.error() is None:
                        found.append(one)
                    elif one.error().name() == "_PARTITION_EOF":
                        return found
            raise TimeoutError(f"{topic} has no end")
        finally:
            consumer.close()

    def _wait(self) -> None:
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            if _answers(self.server):
                return
            time.sleep(0.2)
        said = (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"Kafka did not start: {said[-2000:]}")

    def _java(self, *words: str) -> subprocess.Popen[bytes]:
        home = os.environ.get("JAVA_HOME")
        java = str(Path(home, "bin", "java")) if home else shutil.which("java")
        if java is None:
            lacking("Java 17 is not here")
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                [str(java), *JAVA_OPTIONS, "-cp", ":".join(self._jars), *words],
                stdout=said, stderr=said, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent,
            )  # fmt: skip

    def _properties(self) -> str:
        own = f"INSIDE://{self.server},OUTSIDE://{self.sasl_server},TLS://{self.tls_server}"
        module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        users = " ".join(f'user_{name}="{PASSWORD}"' for name in (USER, SENDER, STRANGER))
        return "\n".join(
            (
                "process.roles=broker,controller",
                "node.id=1",
                f"controller.quorum.voters=1@127.0.0.1:{self._controller}",
                f"listeners={own},CONTROLLER://127.0.0.1:{self._controller}",
                f"advertised.listeners={own}",
                "inter.broker.listener.name=INSIDE",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms=PLAIN",
                f"listener.name.outside.plain.sasl.jaas.config={module} {users};",
                "listener.name.tls.ssl.keystore.type=PEM",
                f"listener.name.tls.ssl.keystore.location={self.folder / 'kafka.both'}",
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                f"super.users=User:ANONYMOUS;User:{USER}",
                f"log.dirs={self.folder / 'logs'}",
                "auto.create.topics.enable=false",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=1",
                "group.initial.rebalance.delay.ms=0",
                "log.cleaner.backoff.ms=200",
                "log.segment.delete.delay.ms=0",
                "",
            )
        )


def _answers(server: str) -> bool:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    try:
        return bool(AdminClient({"bootstrap.servers": server, "log_level": 0}).list_topics(timeout=2).brokers)
    except KafkaException:
        return False


def _free_ports(count: int) -> list[int]:
    """Ports of this machine that are free now."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _end_with_parent() -> None:
    """Linux ends the server with the tests, even when they are killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
