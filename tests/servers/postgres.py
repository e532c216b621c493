"""A real PostgreSQL server that lives as long as a test: on a socket, and on 127.0.0.1 with TLS."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.servers.certificates import Authority

PASSWORD = "of-the-test"
HBA = """local all all scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
"""
SETTINGS = """listen_addresses = '127.0.0.1'
unix_socket_permissions = 0777
max_connections = 30
shared_buffers = 128MB
max_wal_size = 2GB
ssl = on
log_min_messages = info
log_line_prefix = '%m [%p] %q%a '
"""


def binaries() -> Path | None:
    """The folder of the server's programs of the newest version there is."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if folders:
        return folders[-1]
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def lacking(what: str) -> NoReturn:
    """Skip the test, or fail it where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def required() -> Path:
    """The same; without one the test is skipped, but not where the suite must be run whole."""
    found = binaries()
    if found is None:
        lacking("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return found


def _account() -> pwd.struct_passwd:
    """Whose the server is where root would start it."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    lacking("PostgreSQL does not run as root, and there is no other user")


class Postgres:
    """A server in a folder of its own.

    Attributes:
        port: on 127.0.0.1, and in the socket's name.
        folder: of the socket.
        log: the server's log.
        root: the certificate that its own is believed by.
        spare: databases that were left empty.
    """

    def __init__(self, *, fsync: bool = False) -> None:
        self._fsync = fsync
        self.spare: list[str] = []
        self._bin = required()
        self.folder = Path(tempfile.mkdtemp(prefix="pg_", dir="/tmp"))
        self._data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._account = _account() if os.getuid() == 0 else None  # the server does not run as root
        self._own(self.folder)
        self.folder.chmod(0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise

    def _make(self) -> None:
        self._write(self.folder / "password", PASSWORD)
        self._do(str(self._bin / "initdb"), "-D", str(self._data), "-U", "admin", "-A", "scram-sha-256", "-E", "UTF8",
                 "--locale=C", "--no-sync", f"--pwfile={self.folder / 'password'}")  # fmt: skip
        authority = Authority(self.folder)
        for file, text in zip(("server.crt", "server.key"), authority.pair("postgres", "localhost", "127.0.0.1"), strict=True):
            self._write(self._data / file, text.read_text(encoding="utf-8"))
            text.unlink()
        self.root = authority.ca
        self.root.chmod(0o644)
        self._write(self._data / "pg_hba.conf", HBA)
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"{SETTINGS}fsync = {'on' if self._fsync else 'off'}\nport = {self.port}\nunix_socket_directories = '{self.folder}'\n")

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        self._own(file)

    def _own(self, file: Path) -> None:
        if self._account is not None:
            os.chown(file, self._account.pw_uid, self._account.pw_gid)

    def _as(self, *command: str) -> dict[str, Any]:
        """How a program of the server is run: not as root, and, where that can be said, not longer than this process."""
        whose = {} if self._account is None else {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        until = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        return {"args": [*until, *command], "cwd": self.folder, **whose}

    def _do(self, *command: str) -> None:
        done = subprocess.run(**self._as(*command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as to:
            command = self._as(str(self._bin / "postgres"), "-D", str(self._data))
            self._process = subprocess.Popen(**command, stdout=to, stderr=to, start_new_session=True)
        for _ in range(600):
            try:
                psycopg.connect(self.dsn()).close()
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT breaks connections off, SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        """End it and leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def dsn(self, *, user: str = "admin", database: str = "postgres", **others: str) -> str:
        """A connection string, over the socket."""
        given = {"host": str(self.folder), "port": str(self.port), "user": user, "dbname": database, "password": PASSWORD}
        return make_conninfo(**{**given, **others})

    def tcp(self, **others: str) -> str:
        """A connection string over TCP, with TLS."""
        return self.dsn(**{"host": "127.0.0.1", "sslrootcert": str(self.root), **others})

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that may do everything."""
        return psycopg.connect(self.dsn(database=database), autocommit=True)
