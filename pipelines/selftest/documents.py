"""Rows as JSON Lines in the very spelling that the mapping expects of the source.

What goes in: one value to one JSON token, by the type and unit of its column. What stays out: reading them again,
which the reader of the audit does (assets.sources), and shares nothing with this.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from assets.columns import Column
from assets.mapping import Mapping
from assets.promises import ENTRY_COLUMNS, MAPPED
from pipelines.selftest.tables import Row, Tables

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
MICROSECOND = timedelta(microseconds=1)
PLACES = {"s": 6, "ms": 3, "us": 0, "ns": -3}
"""How many decimals a count of each unit needs to tell microseconds."""


@dataclass(frozen=True)
class Token:
    """A JSON token to be written as it is, whatever the mapping expects."""

    text: str


def documents(mapping: Mapping, tables: Tables, name: str) -> Iterator[str]:
    """Yield the lines of one table of ours."""
    table = mapping.present()[name]
    columns = table.present()
    if table.list is None:
        for row in tables.rows[name]:
            yield _line({column.name: _token(mapping, name, ours, column, row) for ours, column in columns.items()})
        return
    whole = {ours: column for ours, column in columns.items() if ours not in ENTRY_COLUMNS}
    entries = {ours: column for ours, column in columns.items() if ours in ENTRY_COLUMNS}
    for rows in _by_user(tables.rows[name]):
        fields = {column.name: _token(mapping, name, ours, column, rows[0]) for ours, column in whole.items()}
        listed = [
            _line({column.name: _token(mapping, name, ours, column, row) for ours, column in entries.items()})
            for row in rows
            if row["currency"] is not None
        ]
        yield _line({**fields, table.list: f"[{','.join(listed)}]"})


def _by_user(rows: Sequence[Row]) -> Iterator[list[Row]]:
    by_user: dict[str, list[Row]] = {}
    for row in rows:
        by_user.setdefault(row["user_id"], []).append(row)
    yield from by_user.values()


def _line(fields: dict[str, str | None]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{token}" for name, token in fields.items() if token is not None) + "}"


def _token(mapping: Mapping, name: str, ours: str, column: Column, row: Row) -> str | None:
    """Return a value as JSON, or nothing where the row has none."""
    value = row.get(ours)
    if value is None or isinstance(value, Token):
        return value.text if value else None
    meaning = MAPPED[name][ours].meaning
    if meaning == "money":
        return _money(mapping, column, int(value), row.get("currency"))
    if meaning == "time":
        return _time(column, value)
    if meaning == "flag":
        return _flag(column, value=bool(value))
    return str(value) if column.type in ("int64", "boolean") else json.dumps(str(value))


def _money(mapping: Mapping, column: Column, value: int, currency: str | None) -> str:
    places = mapping.currencies[str(currency)] if column.unit == "major" else 0
    if column.type == "float64":
        return f"{value}.0"
    if column.type == "int64":
        return str(value // 10**places)
    return json.dumps(f"{Decimal(value).scaleb(-places):f}")


def _time(column: Column, value: datetime) -> str:
    """Write an instant as a clock does in the column's zone, or as a count of its unit."""
    if column.type in ("timestamptz", "timestamp"):
        there = value.astimezone(ZoneInfo(column.zone or "UTC")).replace(tzinfo=None)
        return json.dumps(f"{there.isoformat(sep=' ', timespec='microseconds')}{'' if column.zone else '+00'}")
    places = PLACES[column.unit or "ms"]
    count = Decimal((value - EPOCH) // MICROSECOND).scaleb(-places)
    return str(int(count)) if column.type == "int64" else f"{count.quantize(Decimal(1).scaleb(-max(places, 1))):f}"


def _flag(column: Column, *, value: bool) -> str:
    if column.type == "boolean":
        return "true" if value else "false"
    said: Any = column.contains if value else f"not {column.contains}"
    return json.dumps([said] if column.type == "array" else said)
