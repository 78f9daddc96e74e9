"""What a mapping may name: the tables and columns of a source that tieout can use, by our names.

Stays out: the columns each written table has (schemas), and how a source's columns are found (mapping).
Money is a signed int64 of minor units (credit positive); times are UTC microseconds.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Meaning = Literal["text", "money", "time", "flag", "integer"]

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
        "external_reference": Promise("text"),
        "running_balance": Promise("money"),
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
    "users": {
        "user_id": Promise("text", required=True),
        "login_id": Promise("text"),
        "is_admin": Promise("flag"),
        "kyc_passed_at": Promise("time"),
        "deleted_at": Promise("time"),
        "source_created_at": Promise("time"),
    },
    "user_balances": {
        "user_id": Promise("text", required=True),
        "deleted_at": Promise("time"),
        "source_created_at": Promise("time"),
        "currency": Promise("text", required=True),
        "cached": Promise("money", required=True),
    },
    "attempts": {
        "attempt_id": Promise("text", required=True),
        "attempted_at": Promise("time", required=True),
        "failed": Promise("flag", required=True),
        "source_created_at": Promise("time"),
    },
}
"""The columns of a source that tieout can use, by our name."""

ENTRY_COLUMNS = frozenset({"currency", "cached"})
"""Columns of `user_balances` that stand in each entry when the cache is a list inside the user's document."""

IDENTIFIERS = {
    "transactions": "transaction_id",
    "wallets": "wallet_id",
    "wallet_balances": "projection_id",
    "users": "user_id",
    "user_balances": "user_id",
    "attempts": "attempt_id",
}
"""The column that names a row of the source in each of its tables: a change of a row replaces all that has its name."""

MONEY = {
    "transactions": "amount",
    "wallets": "balance",
    "wallet_balances": "recorded",
    "user_balances": "cached",
}
"""The column of each table with money whose sum ties the source out to what was written."""

WRITTEN_AS = {"description": "description_hash"}
"""Free text may name people: it is read, and only a hash of it is kept, so that a change is seen."""
