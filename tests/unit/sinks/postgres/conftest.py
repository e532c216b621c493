"""One PostgreSQL server for all tests; a profile store for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cja_spark import secret
from tests.servers.postgres import Postgres
from tests.unit.sinks.postgres.stores import Store, make_roles, new_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    try:
        make_roles(server)
        yield server
    finally:
        server.close()


@pytest.fixture(autouse=True)
def no_secrets_of_others(monkeypatch):
    """What a test has for a connection string is cleaned out of no text of another test."""
    monkeypatch.setattr(secret, "_revealed", set())


@pytest.fixture
def store(postgres, tmp_path) -> Iterator[Store]:
    found = new_store(postgres, tmp_path)
    yield found
    found.do("DROP SCHEMA cja CASCADE", f"ALTER ROLE writer IN DATABASE {found.database} RESET ALL")
    postgres.spare.append(found.database)
