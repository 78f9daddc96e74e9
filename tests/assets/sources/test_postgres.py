"""PostgreSQL as a source: one cut, only what is new, nothing lost, nothing silent."""

import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from assets.certificate import Certificate
from assets.errors import MappingError, SourceError
from assets.sources.postgres.address import conninfo
from assets.sources.postgres.session import Session, in_parallel
from assets.sources.postgres.source import Postgres
from assets.store import Home
from tests.assets.sources.database import MAPPING, digests, drifting, exported, silent, source
from tests.postgres_ledger.ledger import Ledger
from tests.postgres_ledger.server import Server
from tests.postgres_ledger.writers import Writers

New = Callable[[], Ledger]
ENTRY = """
    INSERT INTO ledger_entries (id, wallet, value, currency, entry_type, state, posted_at, author)
    SELECT gen_random_uuid(), id, %s, currency, 'DEPOSIT', 'COMPLETED', %s::timestamptz, 'system'
    FROM wallets ORDER BY id LIMIT 1 RETURNING id::text
"""


def changes(home: Home) -> list[tuple[str, str, str | None, bool]]:
    """Return what was ever found changed: transaction, change, columns, and whether its month was closed."""
    export = home.newest()
    view = home.view("ledger_changes", export.certificate.files("ledger_changes"))
    rows = [row for file in view for row in pq.read_table(file).to_pylist()] if isinstance(view, tuple) else []
    return sorted((row["transaction_id"], row["change"], row["changed"], row["closed"]) for row in rows)


def counts(certificate: Certificate) -> tuple[int, int]:
    return certificate.tables["transactions"].written, certificate.read.fetched["transactions"]


@pytest.mark.parametrize("readers", [1, 3])
def test_every_row_and_sum_ties_out(
    tmp_path: Path, new_ledger: New, monkeypatch: pytest.MonkeyPatch, readers: int
) -> None:
    monkeypatch.setattr("assets.sources.postgres.tables.RANGE_BLOCKS", 1)
    ledger = new_ledger()
    ledger.open_wallets(40)
    with Writers(ledger.dsn) as writers:
        time.sleep(1)
    assert writers.counts.entries > 0
    home = Home(tmp_path / "home")
    certificate = exported(home, source(ledger, tmp_path, readers=readers)).certificate
    with psycopg.connect(ledger.dsn) as connection:
        for name, table, money in (
            ("transactions", "ledger_entries", "value"),
            ("wallet_balances", "balances", "held"),
            ("user_balances", "member_balances", "shown"),
        ):
            rows, total = connection.execute(f"SELECT count(*), sum({money}) FROM {table}").fetchone() or (0, 0)
            count = certificate.tables[name]
            assert (count.received, count.written, count.source_rows, count.quarantined) == (rows, rows, rows, 0)
            assert {count.received_sum, count.source_sum, count.written_sum} == {str(total)}
    assert certificate.cut.proof == "proven"
    assert certificate.cut.bound == "exact"
    assert certificate.cut.evidence.keys() == {"snapshot", "visible", "lsn"}
    assert drifting(home, home.newest()).num_rows == 0


@pytest.mark.parametrize("seed", range(2))
def test_going_on_gives_the_tables_of_a_full_export(tmp_path: Path, new_ledger: New, seed: int) -> None:
    ledger, draw = new_ledger(), random.Random(seed)  # noqa: S311 - changes, no secret
    ledger.open_wallets(12)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    exported(home, database)
    for step in range(3):
        with psycopg.connect(ledger.dsn) as connection:
            for _ in range(draw.randrange(1, 6)):
                _one_change(connection, draw)
        going_on = exported(home, database)
        assert going_on.certificate.read.since is not None
        assert all(count.received == count.written for count in going_on.certificate.tables.values())
        whole = exported(Home(tmp_path / f"whole-{step}"), database)
        assert whole.certificate.read.since is None
        assert digests(going_on) == digests(whole)
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute("DELETE FROM ledger_entries WHERE id = (SELECT id FROM ledger_entries LIMIT 1)")
    assert digests(exported(home, database)) == digests(exported(Home(tmp_path / "after"), database))


def _one_change(connection: psycopg.Connection, draw: random.Random) -> None:
    """Do what an application does, and what none should: rows of old and new months, updates, deletions, clean-ups."""
    wallets = "SELECT id FROM wallets ORDER BY id"
    statements = [
        lambda: connection.execute(ENTRY, (draw.randrange(1, 99), f"2025-0{draw.randrange(1, 9)}-11T10:00:00Z")),
        lambda: connection.execute(f"UPDATE balances SET held = held + 7 WHERE wallet IN ({wallets} LIMIT 2)"),
        lambda: connection.execute(f"SELECT open_wallet(owner, currency) FROM wallets LIMIT {draw.randrange(1, 3)}"),
        lambda: connection.execute(f"UPDATE wallets SET active = NOT active WHERE id IN ({wallets} LIMIT 1)"),
        lambda: connection.execute(
            "UPDATE ledger_entries SET value = value + 1 WHERE id = (SELECT min(id::text)::uuid FROM ledger_entries)"
        ),
        lambda: connection.execute("UPDATE member_balances SET shown = shown - 3"),
    ]
    draw.choice(statements)()


def test_a_transaction_in_flight_at_the_cut_is_not_lost(tmp_path: Path, new_ledger: New) -> None:
    """Its rows carry the number of a sub-transaction, which no snapshot lists, and an older time than the cut."""
    ledger = new_ledger()
    ledger.open_wallets(4)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    with psycopg.connect(ledger.dsn) as slow, psycopg.connect(ledger.dsn) as quick:
        slow.execute("SAVEPOINT before_the_entry")
        (entry,) = slow.execute(ENTRY, (500, "2025-01-15T00:00:00Z")).fetchone() or ("",)
        slow.execute("RELEASE SAVEPOINT before_the_entry")
        quick.execute(ENTRY, (1, "2025-02-15T00:00:00Z"))
        quick.commit()
        before = exported(home, database)
        quick.execute(ENTRY, (2, "2025-02-16T00:00:00Z"))
        quick.commit()
        slow.commit()
    after = exported(home, database)
    assert counts(after.certificate)[0] == counts(before.certificate)[0] + 2
    assert after.certificate.read.since == before.export_id
    assert counts(after.certificate)[1] < counts(after.certificate)[0]
    assert [row[:2] for row in changes(home)] == sorted(
        (row[0], "BACK-DATED INSERT") for row in [(entry,), *_ids(ledger, "value = 2")]
    )


def _ids(ledger: Ledger, where: str) -> list[tuple[str]]:
    with psycopg.connect(ledger.dsn) as connection:
        return connection.execute(f"SELECT id::text FROM ledger_entries WHERE {where}").fetchall()


def test_a_rewritten_ledger_is_told_with_both_sides(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(4)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    with psycopg.connect(ledger.dsn) as connection:
        made = [
            (connection.execute(ENTRY, (100 + n, f"2025-0{n}-15T00:00:00Z")).fetchone() or ("",))[0]
            for n in range(1, 5)
        ]
    first = exported(home, database)
    drifting(home, first)
    assert changes(home) == []
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute("UPDATE ledger_entries SET value = 99, note = 'x' WHERE id = %s", (made[0],))
        connection.execute("UPDATE ledger_entries SET posted_at = '2025-07-01Z' WHERE id = %s", (made[1],))
        connection.execute("DELETE FROM ledger_entries WHERE id = %s", (made[2],))
        (late,) = connection.execute(ENTRY, (5, "2025-03-01T00:00:00Z")).fetchone() or ("",)
    exported(home, database)
    found = [
        (made[0], "UPDATE", "amount, description_hash", True),
        (made[1], "UPDATE", "created_at", True),
        (made[2], "DELETE", None, True),
        (late, "BACK-DATED INSERT", None, True),
    ]
    assert changes(home) == sorted(found)
    exported(home, database, full=True)
    assert changes(home) == sorted(found), "what was found once is not forgotten, nor found twice"


@pytest.mark.parametrize("key", ["timeline", "cluster", "next"])
def test_another_line_of_time_is_read_whole(tmp_path: Path, new_ledger: New, key: str) -> None:
    ledger = new_ledger()
    ledger.open_wallets(4)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    made = exported(home, database)
    bookmark = home.bookmark(made) or {}
    bookmark[key] = {"timeline": 2, "cluster": "7", "next": bookmark["next"] + 10**6}[key]
    home.write_text(home.path / "exports" / made.export_id / "bookmark.json", json.dumps(bookmark))
    assert exported(home, database).certificate.read.since is None


def test_the_snapshot_is_what_keeps_drift_away(tmp_path: Path, new_ledger: New) -> None:
    """With writers at full speed a shared snapshot never shows drift; readers with one each do."""
    ledger = new_ledger()
    ledger.open_wallets(60)
    with Writers(ledger.dsn):
        home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
        for _ in range(3):
            assert drifting(home, exported(home, database)).num_rows == 0
        torn = source(ledger, tmp_path, share_snapshot=False)
        apart = Home(tmp_path / "apart")
        assert any(drifting(apart, exported(apart, torn, full=True)).num_rows for _ in range(8))


def test_a_server_that_restarts_midway_is_waited_for(tmp_path: Path, new_ledger: New, postgres: Server) -> None:
    ledger = new_ledger()
    ledger.open_wallets(8)
    database, told = source(ledger, tmp_path), []
    undisturbed = exported(Home(tmp_path / "undisturbed"), database)
    struck = threading.Event()

    def progress(what: str, _done: int, _of: int) -> None:
        told.append(what)
        if what.startswith("reading") and not struck.is_set():
            struck.set()
            postgres.kill()
            postgres.start()

    database.wait = lambda _seconds: None
    assert digests(exported(Home(tmp_path / "home"), database, progress=progress)) == digests(undisturbed)
    assert any(what.startswith("waiting 1 s for PostgreSQL at 127.0.0.1/") for what in told)


def test_a_server_that_stays_away_is_given_up(tmp_path: Path) -> None:
    waited: list[float] = []
    database = Postgres("postgresql://127.0.0.1:1/x", conninfo("postgresql://127.0.0.1:1/x", None), 1)
    database.wait = waited.append
    with pytest.raises(SourceError, match=r"PostgreSQL at 127.0.0.1/x cannot be read .*; it was tried 6 times"):
        database.read(MAPPING, None, tmp_path, silent)
    assert waited == [1, 2, 4, 8, 16]


def test_a_wrong_password_is_one_sentence(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    (tmp_path / "secret").write_text("wrong-7f3a")
    database = Postgres(ledger.auditor_url, conninfo(ledger.auditor_url, tmp_path / "secret"), 1)
    with pytest.raises(SourceError, match=r"refused the (login|connection)") as refused:
        database.snapshot()
    assert "wrong-7f3a" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://auditor:hunter2@127.0.0.1/x",
        "postgres://auditor:@127.0.0.1/x",
        "postgresql://auditor@127.0.0.1/x?password=hunter2",
    ],
)
def test_a_password_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(MappingError, match=r"PGPASSWORD, PGPASSFILE or connection\.password_file") as refused:
        conninfo(url, None)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("REVOKE SELECT ON ledger_entries FROM auditor", "does not let this role read .*ledger_entries.*GRANT SELECT"),
        ("ALTER TABLE balances ENABLE ROW LEVEL SECURITY", "row level security hides rows of table 'balances'"),
        ("ALTER TABLE ledger_entries RENAME TO elsewhere", "no table 'ledger_entries' .*it has .*ledger.elsewhere"),
        (
            "ALTER TABLE ledger_entries RENAME state TO status",
            "no column 'state' .*transactions.columns.status.*'false'.*posted_at",
        ),
    ],
)
def test_what_the_database_has_not_is_one_sentence(tmp_path: Path, new_ledger: New, statement: str, said: str) -> None:
    ledger = new_ledger()
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(statement)
    with pytest.raises(SourceError, match=said) as refused:
        exported(Home(tmp_path / "home"), source(ledger, tmp_path))
    assert "\n" not in str(refused.value)


def test_the_password_is_written_nowhere(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(4)
    home = Home(tmp_path / "home")
    exported(home, source(ledger, tmp_path / "secret"))
    exported(home, source(ledger, tmp_path / "secret"))
    secret = ledger.auditor_password.encode()
    assert [file for file in home.path.rglob("*") if file.is_file() and secret in file.read_bytes()] == []


def test_a_reader_that_fails_ends_the_others(new_ledger: New, tmp_path: Path) -> None:
    ledger = new_ledger()
    (tmp_path / "password").write_text(ledger.auditor_password)
    info = conninfo(ledger.auditor_url, tmp_path / "password")

    def slow(reader: Session) -> int:
        with reader.stream("SELECT pg_sleep(0.01), n FROM generate_series(1, 3000) AS n") as rows:
            return sum(batch.num_rows for batch in rows)

    def failing(_: Session) -> int:
        time.sleep(0.5)
        message = "the other reader failed"
        raise SourceError(message)

    began = time.monotonic()
    with pytest.raises(SourceError, match="the other reader failed"):
        in_parallel(info, None, 2, [slow, failing])
    assert time.monotonic() - began < 15, "thirty seconds of sleep were not slept"


def test_users_that_are_gone_are_gone(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(8)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    exported(home, database)
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute("DELETE FROM member_balances WHERE shown > 0")
    assert exported(home, database).certificate.tables["user_balances"].written == 0


def test_a_row_dated_in_the_future_hides_nothing(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    ledger.open_wallets(4)
    home, database = Home(tmp_path / "home"), source(ledger, tmp_path)
    with psycopg.connect(ledger.dsn) as connection:
        (future,) = connection.execute(ENTRY, (1, "2999-01-01T00:00:00Z")).fetchone() or ("",)
    first = exported(home, database).certificate
    assert (first.cut.bound, first.cut.at.year < 2999) == ("exact", True)
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute("DELETE FROM ledger_entries WHERE id = %s", (future,))
        connection.execute(ENTRY, (5, "now"))
    second = exported(home, database).certificate
    assert second.history.state == "compared"
    assert changes(home) == [(future, "DELETE", None, False)]
