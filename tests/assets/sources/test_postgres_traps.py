"""What looks as if nothing were new, and is not: another table, another server, ids that are not single."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from assets.store import Export, Home
from tests.assets.sources.database import digests, exported, source
from tests.assets.sources.test_postgres import changes
from tests.postgres_ledger.ledger import Ledger
from tests.postgres_ledger.server import Server

New = Callable[[], Ledger]
COPY = """
    CREATE TABLE other (LIKE ledger_entries INCLUDING ALL);
    INSERT INTO other SELECT * FROM ledger_entries;
    UPDATE other SET value = value + 300 WHERE id = (SELECT min(id::text)::uuid FROM other);
    UPDATE other SET value = value - 300 WHERE id = (SELECT max(id::text)::uuid FROM other);
    GRANT SELECT ON other TO auditor;
"""
SWAP = "ALTER TABLE ledger_entries RENAME TO gone; ALTER TABLE other RENAME TO ledger_entries"
NO_KEY = "ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_pkey"
DOUBLE = """
    INSERT INTO ledger_entries (id, wallet, value, currency, entry_type, state, posted_at, author)
    SELECT id, wallet, value, currency, entry_type, state, posted_at, author FROM ledger_entries
    ORDER BY id LIMIT 1;
    DELETE FROM ledger_entries WHERE id = (SELECT max(id::text)::uuid FROM ledger_entries);
"""
HURRIED = """
    ALTER ROLE auditor SET idle_in_transaction_session_timeout = '1ms';
    ALTER ROLE auditor SET statement_timeout = '1ms';
"""


def run(ledger: Ledger, statements: str) -> None:
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(statements)


def ids(home: Home, made: Export) -> list[str]:
    files = made.certificate.files("transactions")
    return [row["transaction_id"] for file in files for row in pq.read_table(home.path / file.path).to_pylist()]


def test_another_table_under_the_same_name_is_read_whole(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(6)
    run(ledger, COPY)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    exported(home, database)
    run(ledger, SWAP)
    exported(home, database)
    assert [change[1:3] for change in changes(home)] == [("UPDATE", "amount")] * 2


def test_a_table_without_a_unique_id_is_read_whole(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(6)
    run(ledger, NO_KEY)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    exported(home, database)
    run(ledger, DOUBLE)
    found = ids(home, exported(home, database))
    assert len(found) == 6
    assert len(set(found)) == 5


def test_a_server_that_was_started_again_is_read_whole(tmp_path: Path, new_ledger: New, postgres: Server) -> None:
    ledger = new_ledger()
    ledger.open_wallets(6)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    before = exported(home, database)
    assert exported(home, database).certificate.read.since == before.export_id
    postgres.restart()
    after = exported(home, database)
    assert after.certificate.read.since is None
    assert digests(after) == digests(before)


@pytest.mark.parametrize("statements", ["VACUUM FULL ledger_entries", "VACUUM FREEZE ledger_entries"])
def test_a_cleaned_table_is_the_same_ledger(tmp_path: Path, new_ledger: New, statements: str) -> None:
    ledger = new_ledger()
    ledger.open_wallets(6)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    before = exported(home, database)
    with psycopg.connect(ledger.dsn, autocommit=True) as connection:
        connection.execute(statements)
    assert digests(exported(home, database)) == digests(before)
    assert changes(home) == []


def test_a_role_that_is_hurried_is_not_cut_short(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(6)
    run(ledger, HURRIED)
    try:
        assert exported(Home(tmp_path / "home"), source(ledger, tmp_path)).certificate.tables["wallets"].written == 6
    finally:
        run(ledger, "ALTER ROLE auditor RESET ALL")
