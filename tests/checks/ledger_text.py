"""Ledgers written as text: small aligned tables become the Arrow tables that rules read.

What goes in: reading the text, and filling in what a case does not care about. What stays out: the cases (pairs/).
A table is its name on a line of its own, a line of column names, and a line for each row; cells stand two or more
spaces apart, `-` is null and `''` the empty text. Tables that are computed from a ledger are computed here, too.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute

import assets.movements
from assets.configuration import configuration_tables
from assets.engines import normalised
from assets.mapping_file import load_mapping
from assets.schemas import SUM, TABLES

PAIRS = Path(__file__).parent / "pairs"
ASSETS = Path(assets.movements.__file__).parent / "sql"
CONFIGURATION = configuration_tables(load_mapping(None))
COMPUTED = ("movements", "closings", "balances", "balances_again", "drift")
SCHEMAS = {
    **TABLES,
    **{name: table.schema for name, table in CONFIGURATION.items()},
    "balances_again": pa.schema([("wallet_key", pa.int64()), ("currency", pa.string()), ("ledger", SUM)]),
    "closings_as_closed": TABLES["closings"],
}
BY_KEY = ("balances_again", "movements", "closings", "closings_as_closed")
"""Tables that know a wallet by its key alone; a case writes its id."""
READ = SCHEMAS | {name: SCHEMAS[name].append(pa.field("wallet_id", pa.string())) for name in BY_KEY}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One smallest ledger: its rule, whether it keeps or breaks it, and the offenders expected, worst first."""

    rule: str
    says: str
    keeps: bool
    tables: dict[str, list[dict[str, str]]]
    offenders: list[dict[str, str]] = field(default_factory=list)


def cases(rule: str) -> list[Case]:
    """Return the cases of `pairs/<rule>.txt`."""
    return list(_cases(rule, (PAIRS / f"{rule}.txt").read_text()))


def _cases(rule: str, text: str) -> Iterator[Case]:
    parts = re.split(r"^(keeps|breaks): (.+)$", text, flags=re.MULTILINE)
    for verb, says, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        tables = dict(_table(block) for block in re.split(r"\n\s*\n", body) if block.strip())
        offenders = tables.pop("offenders", [])
        assert bool(offenders) == (verb == "breaks"), f"{rule}: {says}: offenders stand where a rule is broken"
        yield Case(rule, says, verb == "keeps", tables, offenders)


def _table(block: str) -> tuple[str, list[dict[str, str]]]:
    lines = [re.split(r"\s{2,}", line.strip()) for line in block.strip().splitlines()]
    (name,), header, rows = lines[0], lines[1] if len(lines) > 1 else [], lines[2:]
    return name, [dict(zip(header, row, strict=True)) for row in rows]


def views(case: Case, names: tuple[str, ...]) -> dict[str, pa.Table]:
    """Return the tables a rule names, as the case writes them or as its ledger implies."""
    written = {name: [_read(name, row) for row in rows] for name, rows in case.tables.items()}
    preset = CONFIGURATION["settings"].to_pylist()[0]
    shown = {name: _arrow(name, written[name]) if name in written else CONFIGURATION[name] for name in CONFIGURATION}
    shown["settings"] = _arrow("settings", [preset | written.get("settings", [{}])[0]])
    for name in (*TABLES, "closings_as_closed"):
        shown[name] = _arrow(name, [DEFAULTS[name](row, written) for row in written.get(name, [])])
    shown["wallets"] = _arrow("wallets", list(_wallets(written)))
    if "adjustments_and_refunds" in names:
        shown["adjustments_and_refunds"] = _answer("adjustments_and_refunds", shown)
    if "creators" not in written and "creators" in names:
        shown["creators"] = _answer("creators", shown).cast(TABLES["creators"])
    shown["wallet_keys"] = _arrow("wallet_keys", _wallet_keys(written, shown["wallets"]))
    shown.update(_computed(shown, set(names)) if set(names) & set(COMPUTED) else {})
    shown.update({name: _arrow(name, [_keyed(row) for row in written[name]]) for name in COMPUTED if name in written})
    return {name: shown[name] for name in names}


def _read(table: str, row: dict[str, str]) -> Row:
    unknown = row.keys() - set(READ[table].names)
    assert not unknown, f"{table} has no column {unknown}"
    return {column: _value(READ[table].field(column).type, cell) for column, cell in row.items()}


def _value(kind: pa.DataType, cell: str) -> object:
    if cell == "-":
        return None
    if pa.types.is_boolean(kind):
        return {"yes": True, "no": False}[cell]
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(cell).replace(tzinfo=UTC)
    if pa.types.is_decimal(kind):
        return Decimal(cell)
    return int(cell) if pa.types.is_integer(kind) else cell.replace("''", "")


def _arrow(name: str, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])


def key_of(text: str) -> int:
    """Return the stateless 63-bit key of a wallet id, as promised."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _keyed(row: Row) -> Row:
    return {"wallet_key": key_of(row["wallet_id"]), **row} if "wallet_id" in row else row


def _transaction(row: Row, _: object) -> Row:
    made = {"wallet_id": "w1", "currency": "EGP", "amount": 100, "kind": "DEPOSIT", "status": "COMPLETED"} | row
    made = {"created_at": datetime(2025, 1, 1, tzinfo=UTC), "type": made["kind"]} | made
    transfer, itself = made.get("transfer_id"), (made.get("related_id"), made.get("idempotency_key"))
    return _keyed(made) | {
        "transaction_hash": row.get("transaction_hash") or key_of(made["transaction_id"]),
        "idempotency_hash": row.get("idempotency_hash") or _hash_of(made.get("idempotency_key")),
        "transfer_hash": row.get("transfer_hash") or _hash_of(transfer),
        "terms_hash": transfer and key_of(f"{transfer}:{made['currency']}:{made['status'] or ''}"),
        "related_hash": row.get("related_hash") or _hash_of(made.get("related_id") or None),
        "names_itself": None if None in itself else itself[0] == itself[1],
        "settled": made["status"] in (None, "COMPLETED"),
        "creator_key": _hash_of(made.get("created_by")),
        "delay_us": _delay(made["created_at"], made.get("source_created_at")),
        "month": f"{made['created_at']:%Y-%m}",
    }


def _hash_of(text: str | None) -> int | None:
    return None if text is None else key_of(text)


def _delay(created_at: datetime, source_created_at: datetime | None) -> int | None:
    """Return the microseconds from the business time of a row to its creation in the source."""
    return None if source_created_at is None else (source_created_at - created_at) // timedelta(microseconds=1)


def _projection(row: Row, written: dict[str, list[Row]]) -> Row:
    place = next(i for i, other in enumerate(written["wallet_balances"], 1) if other is row)
    return _keyed({"projection_id": f"p{place}", "currency": "EGP", **row})


def _wallets(written: dict[str, list[Row]]) -> Iterator[Row]:
    """Yield the wallets written, or every wallet that is named, if none are."""
    if "wallets" in written:
        yield from (_keyed({"currency": "EGP", **row}) for row in written["wallets"])
        return
    for wallet, currency in _named(written).items():
        yield _keyed({"wallet_id": wallet, "currency": currency})


def _named(written: dict[str, list[Row]]) -> dict[str, str]:
    names = ("transactions", "wallet_balances", "projection_revisions", "closings_as_closed", *COMPUTED)
    rows = [row for name in names for row in written.get(name, [])]
    named = {row["wallet_id"]: row.get("currency", "EGP") for row in reversed(rows) if "wallet_id" in row}
    unnamed = any("wallet_id" not in row for row in written.get("transactions", []))
    return {"w1": "EGP", **named} if unnamed else named


def _wallet_keys(written: dict[str, list[Row]], wallets: pa.Table) -> list[Row]:
    known = wallets["wallet_id"].to_pylist()
    named = {*_named(written), *known}
    return [{"wallet_key": key_of(name), "wallet_id": name, "known": name in known} for name in named]


def _computed(shown: dict[str, pa.Table], names: set[str]) -> dict[str, pa.Table]:
    """Return movements and closings as the texts of assets compute them, month after month, and what else is named."""
    rows, closings = shown["transactions"], [TABLES["closings"].empty_table()]
    movements = [TABLES["movements"].empty_table()]
    before = _answer("openings", shown)
    for month in sorted(set(rows["month"].to_pylist())):
        own = {"transactions": rows.filter(pa.compute.equal(rows["month"], month))}
        moved = {name: _answer(name, own) for name in ("movements", "lowest")}
        movements.append(moved["movements"].cast(TABLES["movements"]))
        before = _answer("closings", {**moved, "openings": before, "asked": pa.table({"month": [month]})})
        closings.append(before.cast(TABLES["closings"]))
    made = {"movements": pa.concat_tables(movements), "closings": pa.concat_tables(closings)}
    if names & {"balances", "drift"}:
        made["balances"] = _answer("balances", {**shown, "closings": closings[-1]})
    if "drift" in names:
        made["drift"] = _answer("drift", {**shown, **made})
    if "balances_again" in names:
        made["balances_again"] = _answer("ledger", shown)
    return made


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@functools.cache
def _text(name: str) -> str:
    return (ASSETS / f"{name}.sql").read_text()


def _answer(name: str, shown: dict[str, pa.Table]) -> pa.Table:
    text = _text(name)
    for view, table in shown.items():
        if view in text:
            _connection().register(view, table)
    return normalised(_connection().sql(text).to_arrow_table())


def _change(row: Row, _: object) -> Row:
    made = {"wallet_id": "w1", "currency": "EGP", "amount": 100, "created_at": datetime(2025, 1, 5, tzinfo=UTC)} | row
    found = {"evidence": "comparison", "found_in": 2, "previous_cut_at": datetime(2025, 2, 1, tzinfo=UTC)}
    return {"closed": True, "month": f"{made['created_at']:%Y-%m}"} | found | made


def _revision(row: Row, _: object) -> Row:
    return _keyed({"wallet_id": "w1", "currency": "EGP", "month": "2025-01", **row})


def _second(row: Row, at: str) -> Row:
    """Write an instant down as a number, too."""
    return {at.replace("_at", "_second"): row[at] and int(row[at].timestamp()), **row} if at in row else row


def _latency(row: Row, _: object) -> Row:
    return {"hour_at": EPOCH + timedelta(hours=row["hour"]), **row}


def _volume(row: Row, _: object) -> Row:
    return {"hour_at": EPOCH + timedelta(hours=row["slot"]), **row}


def _as_written(row: Row, _: object) -> Row:
    return row


DEFAULTS: dict[str, Callable[[Row, dict[str, list[Row]]], Row]] = dict.fromkeys(SCHEMAS, _as_written) | {
    "closings_as_closed": lambda row, _: _keyed(row),
    "users": lambda row, _: {"is_admin": False, **row},
    "transactions": _transaction,
    "wallet_balances": _projection,
    "user_balances": lambda row, _: {"deleted": False, **row},
    "ledger_changes": _change,
    "projection_revisions": _revision,
    "run_history": lambda row, _: _second(row, "ended_at"),
    "asked": lambda row, _: _second(row, "asked_at"),
    "hourly_latencies": _latency,
    "hourly_volumes": _volume,
    "source_tables": lambda row, _: {"quarantined": 0, "source_name": row["table_name"], **row},
    "source_columns": lambda row, _: {"source_name": row["column_name"], "received": 1, **row},
    "quarantine": lambda row, _: {"table_name": "transactions", "document": "{}", **row},
}
