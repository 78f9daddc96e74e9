"""What holds for the whole suite: one real PostgreSQL for all tests that want one, and which files begin."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres

LONG = (
    "tests/test_cli.py",
    "tests/test_every_source.py",
    "tests/test_source_commands.py",
    "tests/test_ui.py",
    "tests/test_berka.py",
    "tests/pipelines/",
)
"""The files that take longest. One process tests a file, and none should be left with these when all else is done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a real PostgreSQL, once for all tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def new_ledger(postgres: Server) -> Callable[[], Ledger]:
    """Return a way to a fresh reference ledger, in a database of its own."""
    return lambda: create_ledger(postgres, f"ledger_{uuid.uuid4().hex[:12]}")
