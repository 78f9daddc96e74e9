"""One column of transactions in every form a source may give it, and what staging makes of it.

What goes in: staging a few values beside columns that are in order. What stays out: what must come of them.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.engines import connected
from assets.mapping import Mapping
from assets.sources.documents import stage_documents
from assets.sources.tabular import stage_rows
from tests.assets.sources.snapshots import PRESET

COLUMNS: dict[str, dict[str, str]] = {
    "transaction_id": {"name": "id", "type": "string"},
    "wallet_id": {"name": "wallet", "type": "string"},
    "amount": {"name": "amount", "type": "int64"},
    "currency": {"name": "currency", "type": "string"},
    "type": {"name": "kind", "type": "string"},
    "created_at": {"name": "at", "type": "int64", "unit": "us"},
}
GOOD: dict[str, Any] = {"id": "t", "wallet": "w1", "amount": 1, "currency": "EGP", "kind": "DEPOSIT", "at": 0}
WORDS = {"amount": "int64", "at": "int64"}
CURRENCIES = {"JPY": 0, "EGP": 2, "BHD": 3, "ETH": 18}


def mapping_of(zone: str = "UTC", tables: dict[str, Any] | None = None, **changes: object) -> Mapping:
    """Return a mapping of these columns, with others in their place, and of other tables."""
    plain = PRESET.model_dump()
    plain["tables"] = {
        "wallets": plain["tables"]["wallets"],
        "transactions": {"name": "transactions", "columns": COLUMNS | changes},
        **(tables or {}),
    }
    return Mapping.model_validate(plain | {"currencies": CURRENCIES, "zone": zone})


def staged_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a staged data set in the order of the source, which their names give."""
    files = sorted(folder.rglob("*.parquet"))
    rows = [
        row | ({"month": file.parent.name.removeprefix("month=")} if file.parent != folder else {})
        for file in files
        for row in pq.ParquetFile(file).read().to_pylist()
    ]
    return sorted(rows, key=lambda row: str(row["row_id"] or row.get("transaction_id")))


def tabular(mapping: Mapping, column: str, values: pa.Array, word: str, **others: object) -> list[dict[str, Any]]:
    """Stage typed values of one column."""
    plain = {name: [each] * len(values) for name, each in (GOOD | others).items()}
    plain["id"] = [f"t{number:06}" for number in range(len(values))]
    table = pa.table({**plain, column: values})
    spelled = dict.fromkeys(table.column_names, "string") | WORDS | {column: word}
    return staged_table(mapping, table, spelled)


def staged_table(
    mapping: Mapping, table: pa.Table, spelled: dict[str, str], name: str = "transactions"
) -> list[dict[str, Any]]:
    """Stage a table as a database gives it, once from memory."""
    with TemporaryDirectory() as folder, connected(Path(folder)) as connection:
        connection.register("arrived", table.to_reader())
        staged = Path(folder) / "staged"
        received = stage_rows(connection, "arrived", name, mapping, spelled, staged, 0)
        rows = staged_rows(staged)
    assert len(rows) == received
    return rows


def documents(mapping: Mapping, column: str, tokens: Sequence[str], **others: object) -> list[dict[str, Any]]:
    """Stage JSON documents in which the tokens of one column stand as they are given."""
    lines = []
    for number, token in enumerate(tokens):
        plain = {**GOOD, **others, "id": f"t{number:06}"}
        said = [f"{json.dumps(name)}: {token if name == column else json.dumps(each)}" for name, each in plain.items()]
        lines.append("{" + ", ".join(said) + "}\n")
    with TemporaryDirectory() as folder:
        staged = Path(folder) / "staged"
        stage_documents(io.BytesIO("".join(lines).encode()), "transactions", mapping, staged, lambda *_: None)
        return staged_rows(staged)
