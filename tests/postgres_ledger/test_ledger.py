"""The reference ledger does what an audit of it takes for granted: it is right by itself, also while it is written."""

import time
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest

from tests.postgres_ledger.fill import fill
from tests.postgres_ledger.ledger import Ledger, create_ledger
from tests.postgres_ledger.server import Server, running_postgres
from tests.postgres_ledger.writers import REFUSALS, Writers

DRIFT = """
    SELECT wallet, held, ledger FROM balances
    FULL JOIN (SELECT wallet, currency, sum(value) AS ledger FROM ledger_entries GROUP BY wallet, currency) AS sums
        USING (wallet, currency)
    WHERE held IS DISTINCT FROM ledger
"""
CACHE_DRIFT = """
    SELECT member, currency, shown, recorded FROM member_balances
    FULL JOIN (
        SELECT owner AS member, wallets.currency, sum(held) AS recorded
        FROM balances INNER JOIN wallets ON wallets.id = balances.wallet GROUP BY owner, wallets.currency
    ) AS sums USING (member, currency)
    WHERE shown IS DISTINCT FROM recorded
"""
BROKEN_TRANSFERS = """
    SELECT related_ref FROM ledger_entries WHERE entry_type = 'TRANSFER' GROUP BY related_ref
    HAVING sum(value) <> 0 OR count(*) <> 2 OR count(DISTINCT wallet) <> 2 OR count(DISTINCT currency) <> 1
        OR max(idem_key) <> min(idem_key) || '-credit' OR count(DISTINCT posted_at) <> 1
"""
BELOW_ZERO = """
    SELECT wallet FROM (
        SELECT wallet, sum(value) OVER (PARTITION BY wallet ORDER BY posted_at) AS balance FROM ledger_entries
    ) AS balances WHERE balance < 0
"""
CREATE = "SELECT create_transaction(%s, %s, %s, %s, 'system', %s)"
TRANSFER = "SELECT transfer(%s, %s, %s, %s, 'system', %s)"
NAMES = (f"ledger{n}" for n in count())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def ledger(server: Server) -> Ledger:
    return create_ledger(server, next(NAMES))


def rows(ledger: Ledger, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(ledger.dsn) as connection:
        found = connection.execute(query, values)
        return found.fetchall() if found.description else []


def assert_right(ledger: Ledger) -> None:
    for query in (DRIFT, CACHE_DRIFT, BROKEN_TRANSFERS, BELOW_ZERO):
        assert rows(ledger, query) == []


def refusal(ledger: Ledger, query: str, *values: object) -> str | None:
    with pytest.raises(psycopg.errors.RaiseException) as refused:
        rows(ledger, query, *values)
    return refused.value.diag.message_primary


def test_a_transaction_changes_ledger_projection_and_cache(ledger: Ledger) -> None:
    (wallet,) = ledger.open_wallets(1, 500)
    ((entry,),) = rows(ledger, CREATE, wallet, -120, "EGP", "WITHDRAWAL", "k")
    told = "SELECT value, currency, entry_type, state, author, idem_key FROM ledger_entries WHERE id = %s"
    assert rows(ledger, told, entry) == [(-120, "EGP", "WITHDRAWAL", "COMPLETED", "system", "k")]
    assert rows(ledger, "SELECT held, shown FROM balances, member_balances") == [(380, 380)]
    assert_right(ledger)


def test_a_transfer_has_two_legs_that_net_to_zero(ledger: Ledger) -> None:
    source, _, _, target = ledger.open_wallets(4, 500)
    rows(ledger, TRANSFER, source, target, 500, "EGP", "t")
    legs = "SELECT wallet, value, state, idem_key FROM ledger_entries WHERE entry_type = 'TRANSFER' ORDER BY value"
    assert rows(ledger, legs) == [(source, -500, "COMPLETED", "t"), (target, 500, "COMPLETED", "t-credit")]
    assert rows(ledger, "SELECT held FROM balances ORDER BY held") == [(0,), (500,), (500,), (1000,)]
    assert_right(ledger)


def test_what_is_refused_leaves_nothing(ledger: Ledger) -> None:
    pound, dollar, _, other = ledger.open_wallets(4, 500)
    rows(ledger, "UPDATE wallets SET active = false WHERE id = %s", dollar)
    rows(ledger, CREATE, pound, -500, "EGP", "WITHDRAWAL", "emptied")
    nobody = uuid.uuid4()
    before = rows(ledger, "SELECT * FROM ledger_entries, balances ORDER BY 1")
    assert refusal(ledger, CREATE, pound, -1, "EGP", "WITHDRAWAL", "a") == "INSUFFICIENT_BALANCE"
    assert refusal(ledger, CREATE, pound, -500, "EGP", "WITHDRAWAL", "emptied") == "DUPLICATE_TRANSACTION"
    assert refusal(ledger, CREATE, pound, 0, "EGP", "DEPOSIT", "b") == "INVALID_AMOUNT"
    assert refusal(ledger, CREATE, pound, 1, "USD", "DEPOSIT", "c") == "CURRENCY_MISMATCH"
    assert refusal(ledger, CREATE, nobody, 1, "EGP", "DEPOSIT", "d") == "WALLET_NOT_FOUND"
    assert refusal(ledger, CREATE, dollar, 1, "USD", "DEPOSIT", "e") == "WALLET_NOT_FOUND"
    assert refusal(ledger, TRANSFER, pound, other, 1, "EGP", "f") == "INSUFFICIENT_BALANCE"
    assert refusal(ledger, TRANSFER, other, pound, -1, "EGP", "g") == "INVALID_AMOUNT"
    assert refusal(ledger, TRANSFER, other, other, 1, "EGP", "h") == "WALLET_NOT_FOUND"
    assert refusal(ledger, TRANSFER, other, pound, 1, "EGP", "emptied") == "DUPLICATE_TRANSACTION"
    assert rows(ledger, "SELECT * FROM ledger_entries, balances ORDER BY 1") == before
    assert_right(ledger)


def test_the_auditor_reads_and_does_nothing_else(ledger: Ledger) -> None:
    ledger.open_wallets(1)
    with psycopg.connect(ledger.auditor_url, password=ledger.auditor_password, autocommit=True) as connection:
        for table in ("ledger_entries", "wallets", "balances", "members", "member_balances"):
            assert connection.execute(f"SELECT count(*) FROM ledger.{table}").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM {table}")
        for forbidden in ("SELECT open_wallet(NULL, NULL)", "CREATE TEMP TABLE t ()", "CREATE TABLE t ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(ledger.auditor_url)


def test_writers_keep_the_ledger_right(ledger: Ledger) -> None:
    ledger.open_wallets(12)
    with Writers(ledger.dsn, threads=4) as writers:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < 2 or set(writers.counts.refused) < REFUSALS:
            assert passed < 30
            time.sleep(0.1)
        counts = writers.stop()
    assert rows(ledger, "SELECT count(*) FROM ledger_entries") == [(12 + counts.entries,)]
    assert counts.commits > 300
    assert counts.rollbacks > 10
    assert set(counts.refused) == REFUSALS
    assert_right(ledger)


def test_a_projection_updated_apart_drifts_meanwhile_and_not_in_the_end(ledger: Ledger) -> None:
    ledger.open_wallets(4)
    with Writers(ledger.dsn, threads=2, split_projection_update=True) as writers:
        while not rows(ledger, DRIFT):
            assert writers.counts.commits < 1000
        writers.stop()
    assert_right(ledger)


def test_what_fails_a_writer_fails_the_test(ledger: Ledger) -> None:
    ledger.open_wallets(4)
    writers = Writers(ledger.dsn, threads=2)
    rows(ledger, "ALTER TABLE balances RENAME held TO lost")
    with pytest.raises(psycopg.errors.UndefinedColumn), writers:
        time.sleep(0.1)


def test_a_filled_ledger_is_right_and_the_same_again(ledger: Ledger) -> None:
    everything = "SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM ledger_entries AS e"
    fill(ledger.dsn, 20_001, 100, seed=7, index_keys=False)
    first = rows(ledger, everything)
    assert_right(ledger)
    months = rows(ledger, "SELECT count(*) FROM ledger_entries GROUP BY date_trunc('month', posted_at)")
    assert len(months) == 12
    assert min(months)[0] > 1000
    assert rows(ledger, "SELECT count(*), count(DISTINCT idem_key), count(DISTINCT wallet) FROM ledger_entries") == [
        (20_001, 20_001, 100)
    ]
    stats = "SELECT correlation FROM pg_stats WHERE tablename = 'ledger_entries' AND attname = 'posted_at'"
    assert rows(ledger, stats)[0][0] > 0.999
    fill(ledger.dsn, 20_001, 100, seed=7)
    assert rows(ledger, everything) == first
    with Writers(ledger.dsn, threads=2):
        time.sleep(0.2)
    assert_right(ledger)
