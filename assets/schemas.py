"""The columns each table of ours has: the one place where shapes are written.

Stays out: what a mapping may name (promises), and how values are read (sources).
Money is a signed int64 of minor units (credit positive); sums are decimal128(38, 0); times are UTC microseconds.
"""

import pyarrow as pa

from assets.promises import TIME

SUM = pa.decimal128(38, 0)


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
        ("external_reference", TEXT),
        ("running_balance", INT),
        ("creator_key", INT),
        ("reason_characters", INT),
        ("reason_words", INT),
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
    "users": _fields(
        ("user_id", TEXT),
        ("login_id", TEXT),
        ("is_admin", FLAG),
        ("kyc_passed_at", TIME),
        ("deleted_at", TIME),
        ("source_created_at", TIME),
    ),
    "user_balances": _fields(
        ("user_id", TEXT),
        ("currency", TEXT),
        ("cached", INT),
        ("deleted", FLAG),
        ("deleted_at", TIME),
        ("source_created_at", TIME),
    ),
    "attempts": _fields(
        ("attempt_id", TEXT),
        ("attempted_at", TIME),
        ("failed", FLAG),
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
    "closed_months": _fields(
        ("month", TEXT),
        ("next_month", TEXT),
        ("closed_by", TEXT),
        ("same", FLAG),
        ("balances", INT),
    ),
    "creators": _fields(
        ("creator_key", INT),
        ("created_by", TEXT),
        ("user_id", TEXT),
        ("is_admin", FLAG),
        ("is_authorised", FLAG),
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
    "users",
    "user_balances",
    "attempts",
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

ORDERS = {
    "transactions": "created_at, source_created_at NULLS FIRST, transaction_id, wallet_id, amount",
    "wallets": "wallet_id, currency, user_id",
    "wallet_balances": "wallet_id, currency, projection_id",
    "users": "user_id, login_id",
    "user_balances": "user_id, currency, cached",
    "attempts": "attempted_at, attempt_id",
}
"""The order of the rows of each table, whatever order they came in; that of transactions is the ledger order."""
