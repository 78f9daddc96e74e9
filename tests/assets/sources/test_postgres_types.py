"""Any schema through the mapping: other names and types, converted exactly, or kept apart whole with the reason."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.store import Export, Home
from tests.assets.sources.database import exported, source
from tests.postgres_ledger.ledger import Ledger

New = Callable[[], Ledger]
SCHEMA = """
    CREATE SCHEMA "Shop";
    CREATE TYPE "Shop".state AS ENUM ('COMPLETED', 'PENDING');
    CREATE DOMAIN "Shop".cents AS numeric(30, 4);
    CREATE TABLE "Shop"."Entries" (
        "Nr" bigint, account text, total "Shop".cents, ccy char(3), what varchar(20), state "Shop".state,
        at_s bigint, at_ms double precision, local timestamp, extra jsonb
    );
    CREATE VIEW "Shop".accounts AS SELECT DISTINCT account, ccy::text AS ccy, account || '-owner' AS owner
        FROM "Shop"."Entries" WHERE account IS NOT NULL;
    CREATE TABLE "Shop".people (login text, wallets jsonb, gone timestamptz);
    GRANT USAGE ON SCHEMA "Shop" TO auditor;
    GRANT SELECT ON ALL TABLES IN SCHEMA "Shop" TO auditor;
"""
CONFIG = """
entity = "Shop"
corrections = []
[tables]
wallet_balances = false
[tables.transactions]
name = "Shop.Entries"
[tables.transactions.columns]
transaction_id = { name = "Nr", type = "int64" }
wallet_id = "account"
amount = { name = "total", type = "decimal", unit = "major" }
currency = "ccy"
type = "what"
status = "state"
created_at = { name = "at_s", type = "int64", unit = "s" }
source_created_at = { name = "local", type = "timestamp", zone = "Africa/Cairo" }
created_by = false
idempotency_key = false
description = false
related_type = false
related_id = false
[tables.wallets]
name = "Shop.accounts"
[tables.wallets.columns]
wallet_id = "account"
user_id = "owner"
currency = "ccy"
balance = false
is_active = false
updated_at = false
source_created_at = false
[tables.user_balances]
name = "Shop.people"
list = "wallets"
[tables.user_balances.columns]
user_id = "login"
deleted_at = { name = "gone", type = "timestamptz" }
source_created_at = false
cached = { name = "amount", type = "decimal", unit = "major" }
[currencies]
EGP = 2
KWD = 3
JPY = 0
"""
ROW = """
    INSERT INTO "Shop"."Entries" VALUES (%s, %s, %s, %s, 'DEPOSIT', 'COMPLETED', %s, NULL, '2025-06-01 12:00', NULL)
"""


def shop(folder: Path, new_ledger: New, rows: list[tuple]) -> tuple[Home, Export, Mapping]:
    """Export a shop of these entries: number, account, total, currency, seconds."""
    ledger = new_ledger()
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(SCHEMA)
        connection.cursor().executemany(ROW, rows)
        people = json.dumps([{"currency": "EGP", "amount": "1.50"}, {"currency": "KWD", "amount": 2}])
        connection.execute('INSERT INTO "Shop".people VALUES (%s, %s, NULL), (%s, NULL, now())', ("ann", people, "bob"))
    (folder / "shop.toml").write_text(CONFIG)
    mapping, home = load_mapping(folder / "shop.toml"), Home(folder / "home")
    return home, exported(home, source(ledger, folder), mapping=mapping), mapping


def rows_of(home: Home, made: Export, table: str) -> list[dict]:
    return [row for file in made.certificate.files(table) for row in pq.read_table(home.path / file.path).to_pylist()]


def test_other_names_types_and_major_units_are_converted_exactly(tmp_path: Path, new_ledger: New) -> None:
    entries = [
        (1, "a", Decimal("12.30"), "EGP", 1_735_689_600),
        (2, "a", Decimal("-0.001"), "KWD", 1_735_689_601),
        (3, "b", Decimal("92233720368547758.07"), "EGP", 1_735_689_602),
        (4, "b", Decimal(-7), "JPY", 0),
    ]
    home, made, _ = shop(tmp_path, new_ledger, entries)
    found = {row["transaction_id"]: row for row in rows_of(home, made, "transactions")}
    amounts = {"1": 1230, "2": -1, "3": 2**63 - 1, "4": -7}
    assert {number: row["amount"] for number, row in found.items()} == amounts
    assert found["2"]["created_at"] == datetime(2025, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert found["4"]["month"] == "1970-01"
    assert {row["source_created_at"] for row in found.values()} == {datetime(2025, 6, 1, 9, tzinfo=UTC)}
    count = made.certificate.tables["transactions"]
    assert (count.received, count.source_rows, count.quarantined) == (4, 4, 0)
    assert {count.source_sum, count.received_sum, count.written_sum} == {str(sum(amounts.values()))}
    cached = {
        (row["user_id"], row["currency"], row["cached"], row["deleted"]) for row in rows_of(home, made, "user_balances")
    }
    assert cached == {("ann", "EGP", 150, False), ("ann", "KWD", 2000, False), ("bob", None, None, True)}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (("NaN", "EGP", "a"), "amount: is no exact integer"),
        (("1.001", "EGP", "a"), "amount: is no exact integer, having more decimals than EGP"),
        (("92233720368547758.08", "EGP", "a"), "amount: is no exact integer of 64 bits"),
        (("1.00", "XYZ", "a"), "amount: is in major units of XYZ, a currency the configuration does not know"),
        (("1.00", "EGP", None), "wallet_id: is missing"),
        ((None, "EGP", "a"), "amount: is missing"),
    ],
)
def test_what_cannot_be_represented_is_kept_apart_whole(
    tmp_path: Path, new_ledger: New, entry: tuple[str | None, str, str | None], reason: str
) -> None:
    total, currency, account = entry
    home, made, _ = shop(tmp_path, new_ledger, [(1, "a", "1.00", "EGP", 1), (2, account, total, currency, 2)])
    (refused,) = rows_of(home, made, "quarantine")
    assert f"{refused['column_name']}: {refused['reason']}".startswith(reason)
    assert (refused["table_name"], refused["row_id"]) == ("transactions", "2")
    assert json.loads(refused["document"])["ccy"] == currency
    count = made.certificate.tables["transactions"]
    assert (count.received, count.written, count.quarantined, count.source_rows) == (2, 1, 1, 2)


def test_a_time_no_calendar_has_is_kept_apart(tmp_path: Path, new_ledger: New) -> None:
    home, made, _ = shop(tmp_path, new_ledger, [(1, "a", "1", "EGP", 1), (2, "a", "1", "EGP", 10**15)])
    (refused,) = rows_of(home, made, "quarantine")
    assert refused["reason"] == "is no time between the years 1 and 9999"


def test_going_on_keeps_what_was_kept_apart(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(SCHEMA)
        connection.execute('CREATE UNIQUE INDEX ON "Shop"."Entries" ("Nr")')
        connection.cursor().executemany(ROW, [(1, "a", "1.00", "EGP", 1), (2, "a", "1.001", "EGP", 2)])
    (tmp_path / "shop.toml").write_text(CONFIG)
    mapping, home, database = load_mapping(tmp_path / "shop.toml"), Home(tmp_path / "home"), source(ledger, tmp_path)
    exported(home, database, mapping=mapping)
    with psycopg.connect(ledger.dsn) as connection:
        connection.cursor().executemany(ROW, [(3, "a", "2.00", "EGP", 3), (4, "a", "NaN", "EGP", 4)])
    made = exported(home, database, mapping=mapping)
    assert made.certificate.read.since is not None
    assert [row["row_id"] for row in rows_of(home, made, "quarantine")] == ["2", "4"]
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute('UPDATE "Shop"."Entries" SET total = 5 WHERE "Nr" = 2')
    healed = exported(home, database, mapping=mapping)
    assert [row["row_id"] for row in rows_of(home, healed, "quarantine")] == ["4"]
    whole = exported(Home(tmp_path / "whole"), database, mapping=mapping)
    assert healed.certificate.tables["transactions"] == whole.certificate.tables["transactions"]


def test_a_flag_may_be_a_status(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(SCHEMA)
        connection.cursor().executemany(ROW, [(1, "a", "1.00", "EGP", 1), (2, "a", "2.00", "EGP", 2)])
        connection.execute('ALTER TABLE "Shop"."Entries" ADD ok boolean')
        connection.execute('UPDATE "Shop"."Entries" SET ok = "Nr" = 1')
    statuses = '[statuses]\nsettled = ["true"]\nunsettled = ["false"]\n[currencies]'
    config = CONFIG.replace('status = "state"', 'status = { name = "ok", type = "boolean" }')
    (tmp_path / "shop.toml").write_text(config.replace("[currencies]", statuses))
    home = Home(tmp_path / "home")
    made = exported(home, source(ledger, tmp_path), mapping=load_mapping(tmp_path / "shop.toml"))
    found = {(row["transaction_id"], row["status"], row["settled"]) for row in rows_of(home, made, "transactions")}
    assert found == {("1", "true", True), ("2", "false", False)}


def test_a_column_of_another_type_is_told(tmp_path: Path, new_ledger: New) -> None:
    ledger = new_ledger()
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(SCHEMA)
        connection.cursor().executemany(ROW, [(1, "a", "1.00", "EGP", 1)])
    (tmp_path / "shop.toml").write_text(
        CONFIG.replace('{ name = "at_s", type = "int64", unit = "s" }', '{ name = "what", type = "int64" }')
    )
    home = Home(tmp_path / "home")
    made = exported(home, source(ledger, tmp_path), mapping=load_mapping(tmp_path / "shop.toml"))
    (refused,) = rows_of(home, made, "quarantine")
    assert (refused["column_name"], refused["reason"]) == ("created_at", "is not spelled as int64")
