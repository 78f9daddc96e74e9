"""The columns each table promises, and what a mapping may name: the one place where shapes are written.

Stays out: how a source's columns are found (mapping) and how values are read (sources).
Money is a signed int64 of minor units (credit positive); sums are decimal128(38, 0); times are UTC microseconds.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Meaning = Literal["text", "money", "time", "flag", "integer"]

SUM = pa.decimal128(38, 0)
TIME = pa.timestamp("us", tz="UTC")
ARROW: dict[Meaning, pa.DataType] = {
    "text": pa.string(),
    "money": pa.int64(),
    "time": TIME,
    "flag": pa.bool_(),
    "integer": pa.int64(),
}
SQL_TYPE: dict[Meaning, str] = {
    "text": "VARCHAR",
    "money": "BIGINT",
    "time": "TIMESTAMPTZ",
    "flag": "BOOLEAN",
    "integer": "BIGINT",
}


@dataclass(frozen=True)
class Promise:
    """One column a mapping may name: what it means, and whether every row must have it."""

    meaning: Meaning
    required: bool = False


MAPPED: dict[str, dict[str, Promise]] = {
    "transactions": {
        "transaction_id": Promise("text", required=True),
        "wallet_id": Promise("text", required=True),
        "amount": Promise("money", required=True),
        "currency": Promise("text", required=True),
        "type": Promise("text", required=True),
        "status": Promise("text"),
        "created_at": Promise("time", required=True),
        "source_created_at": Promise("time"),
        "created_by": Promise("text"),
        "idempotency_key": Promise("text"),
        "description": Promise("text"),
        "related_type": Promise("text"),
        "related_id": Promise("text"),
        "commit_ns": Promise("integer"),
    },
    "wallets": {
        "wallet_id": Promise("text", required=True),
        "user_id": Promise("text"),
        "currency": Promise("text", required=True),
        "balance": Promise("money"),
        "opening": Promise("money"),
        "is_active": Promise("flag"),
        "updated_at": Promise("time"),
        "source_created_at": Promise("time"),
    },
    "wallet_balances": {
        "projection_id": Promise("text", required=True),
        "wallet_id": Promise("text", required=True),
        "currency": Promise("text", required=True),
        "recorded": Promise("money", required=True),
        "updated_at": Promise("time"),
        "source_created_at": Promise("time"),
        "commit_ns": Promise("integer"),
    },
    "user_balances": {
        "user_id": Promise("text", required=True),
        "deleted_at": Promise("time"),
        "source_created_at": Promise("time"),
        "currency": Promise("text", required=True),
        "cached": Promise("money", required=True),
    },
}
"""The columns of a source that tieout can use, by our name."""

ENTRY_COLUMNS = frozenset({"currency", "cached"})
"""Columns of `user_balances` that stand in each entry when the cache is a list inside the user's document."""


def _fields(*names: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in names])


TEXT, INT, FLAG = pa.string(), pa.int64(), pa.bool_()

TABLES: dict[str, pa.Schema] = {
    "transactions": _fields(
        ("transaction_id", TEXT),
        ("transaction_hash", INT),
        ("wallet_id", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("amount", INT),
        ("type", TEXT),
        ("kind", TEXT),
        ("status", TEXT),
        ("settled", FLAG),
        ("created_at", TIME),
        ("source_created_at", TIME),
        ("created_by", TEXT),
        ("idempotency_key", TEXT),
        ("idempotency_hash", INT),
        ("transfer_id", TEXT),
        ("description_hash", INT),
        ("related_type", TEXT),
        ("related_id", TEXT),
        ("commit_ns", INT),
        ("month", TEXT),
    ),
    "wallets": _fields(
        ("wallet_id", TEXT),
        ("wallet_key", INT),
        ("user_id", TEXT),
        ("currency", TEXT),
        ("balance", INT),
        ("opening", INT),
        ("is_active", FLAG),
        ("updated_at", TIME),
        ("source_created_at", TIME),
    ),
    "wallet_balances": _fields(
        ("projection_id", TEXT),
        ("wallet_id", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("recorded", INT),
        ("updated_at", TIME),
        ("source_created_at", TIME),
        ("commit_ns", INT),
    ),
    "user_balances": _fields(
        ("user_id", TEXT),
        ("currency", TEXT),
        ("cached", INT),
        ("deleted", FLAG),
        ("deleted_at", TIME),
        ("source_created_at", TIME),
    ),
    "wallet_keys": _fields(("wallet_key", INT), ("wallet_id", TEXT), ("known", FLAG)),
    "source_tables": _fields(
        ("table_name", TEXT),
        ("source_name", TEXT),
        ("required", FLAG),
        ("received", INT),
        ("source_rows", INT),
        ("written", INT),
        ("quarantined", INT),
        ("received_sum", SUM),
        ("source_sum", SUM),
        ("written_sum", SUM),
    ),
    "source_columns": _fields(
        ("table_name", TEXT),
        ("column_name", TEXT),
        ("source_name", TEXT),
        ("expected", TEXT),
        ("found", TEXT),
        ("allowed", FLAG),
        ("received", INT),
    ),
    "source_cut": _fields(("cut_at", TIME), ("bound", TEXT), ("proof", TEXT), ("commits_after_ns", INT)),
    "source_history": _fields(("state", TEXT), ("sequence", INT), ("cut_at", TIME), ("compared", INT)),
    "quarantine": _fields(
        ("table_name", TEXT),
        ("row_id", TEXT),
        ("column_name", TEXT),
        ("reason", TEXT),
        ("spelling", TEXT),
        ("document", TEXT),
    ),
    "ledger_changes": _fields(
        ("transaction_id", TEXT),
        ("change", TEXT),
        ("wallet_id", TEXT),
        ("currency", TEXT),
        ("amount", INT),
        ("created_at", TIME),
        ("month", TEXT),
        ("closed", FLAG),
        ("status_before", TEXT),
        ("status_after", TEXT),
        ("changed", TEXT),
        ("before", TEXT),
        ("after", TEXT),
        ("evidence", TEXT),
        ("previous_cut_at", TIME),
        ("found_in", INT),
    ),
    "projection_revisions": _fields(
        ("projection_id", TEXT),
        ("wallet_id", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("commit_ns", INT),
        ("recorded", INT),
        ("change", INT),
        ("month", TEXT),
    ),
    "movements": _fields(
        ("month", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("kind", TEXT),
        ("settled", FLAG),
        ("transactions", INT),
        ("amount", SUM),
    ),
    "closings": _fields(
        ("month", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("transactions", INT),
        ("opening", SUM),
        ("movement", SUM),
        ("closing", SUM),
        ("lowest", SUM),
        ("unsettled", SUM),
        ("settled_rows", INT),
    ),
    "balances": _fields(
        ("wallet_id", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("user_id", TEXT),
        ("ledger", SUM),
        ("ledger_all", SUM),
        ("transactions", INT),
    ),
    "drift": _fields(
        ("wallet_id", TEXT),
        ("currency", TEXT),
        ("user_id", TEXT),
        ("known", FLAG),
        ("transactions", INT),
        ("ledger", SUM),
        ("projections", INT),
        ("recorded", SUM),
        ("drift", SUM),
    ),
}
"""Every table tieout writes. `lowest` is null in a month without settled rows; sums are exact."""

EXPORTED = (
    "transactions",
    "wallets",
    "wallet_balances",
    "user_balances",
    "wallet_keys",
    "source_tables",
    "source_columns",
    "source_cut",
    "source_history",
    "quarantine",
    "ledger_changes",
    "projection_revisions",
)
"""The tables of an export, in the order of the certificate."""

IDENTIFIERS = {
    "transactions": "transaction_id",
    "wallets": "wallet_id",
    "wallet_balances": "projection_id",
    "user_balances": "user_id",
}
"""The column that names a row of the source in each of its tables: a change of a row replaces all that has its name."""

MONEY = {
    "transactions": "amount",
    "wallets": "balance",
    "wallet_balances": "recorded",
    "user_balances": "cached",
}
"""The column of each table whose sum ties the source out to what was written."""

WRITTEN_AS = {"description": "description_hash"}
"""Free text may name people: it is read, and only a hash of it is kept, so that a change is seen."""

ORDERS = {
    "transactions": "created_at, source_created_at NULLS FIRST, transaction_id, wallet_id, amount",
    "wallets": "wallet_id, currency, user_id",
    "wallet_balances": "wallet_id, currency, projection_id",
    "user_balances": "user_id, currency, cached",
}
"""The order of the rows of each table, whatever order they came in; that of transactions is the ledger order."""
