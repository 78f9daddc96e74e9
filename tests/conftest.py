"""What whole-suite fixtures there are: one real PostgreSQL for all tests that want one."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a real PostgreSQL, once for all tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def new_ledger(postgres: Server) -> Callable[[], Ledger]:
    """Return a way to a fresh reference ledger, in a database of its own."""
    return lambda: create_ledger(postgres, f"ledger_{uuid.uuid4().hex[:12]}")
