"""The reference ledger in a database of its own, with its auditor.

What goes in: making it and giving its wallets money. What stays out: its rules (ledger.sql).
"""

import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.postgres_ledger.server import Server

SCHEMA = Path(__file__).with_name("ledger.sql")
AUDITOR = "auditor"
CURRENCIES = ("EGP", "USD", "EUR")
WALLETS_PER_MEMBER = 4
"""One more than currencies, so that a cache sums several wallets."""


@dataclass(frozen=True)
class Ledger:
    """A ledger and how its two users reach it: the application as superuser, the auditor reading only."""

    dsn: str = field(repr=False)
    auditor_dsn: str = field(repr=False)
    auditor_url: str
    auditor_password: str = field(repr=False)

    def open_wallets(self, count: int, opening: int = 10**9) -> list[uuid.UUID]:
        """Open wallets of several members and currencies, each with an opening deposit."""
        ids = []
        with psycopg.connect(self.dsn) as connection:
            for n in range(count):
                if not n % WALLETS_PER_MEMBER:
                    member = uuid.uuid4()
                currency = CURRENCIES[n % len(CURRENCIES)]
                (wallet,) = _row(
                    connection, "SELECT open_wallet(%s, %s, %s)", member, currency, f"{member}@example.com"
                )
                query = "SELECT create_transaction(%s, %s, %s, 'DEPOSIT', 'system', %s)"
                _row(connection, query, wallet, opening, currency, f"opening-{wallet}")
                ids.append(wallet)
        return ids


def create_ledger(server: Server, database: str = "wallets") -> Ledger:
    """Create the database, the schema with its functions, and the auditor, who is one for all ledgers of a server."""
    password = f"auditor's {server.password}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with psycopg.connect(server.dsn(database)) as connection:
        connection.execute(SCHEMA.read_text())
        connection.execute(sql.SQL("ALTER ROLE auditor PASSWORD {}").format(sql.Literal(password)))
    auditor_dsn = server.dsn(database, AUDITOR, password)
    return Ledger(server.dsn(database), auditor_dsn, server.url(database, AUDITOR), password)


def _row(connection: psycopg.Connection, query: str, *values: object) -> tuple:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row
