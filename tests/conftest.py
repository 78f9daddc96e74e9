"""What whole-suite fixtures there are: one real PostgreSQL and one audited demo, for all tests that want one."""

import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres

if TYPE_CHECKING:
    from tests.audited_demo import AuditedDemo


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a real PostgreSQL, once for all tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> "AuditedDemo":
    """Return an audited demo that nobody writes into."""
    from tests.audited_demo import audited_demo  # noqa: PLC0415 - Dagster takes seconds; most tests need none

    return audited_demo(tmp_path_factory.getbasetemp())


@pytest.fixture
def new_ledger(postgres: Server) -> Callable[[], Ledger]:
    """Return a way to a fresh reference ledger, in a database of its own."""
    return lambda: create_ledger(postgres, f"ledger_{uuid.uuid4().hex[:12]}")
