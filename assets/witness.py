"""What the reader saw, as tables of their own: over these the gates are queries.

What goes in: counts and sums of the source beside those of what was written, how columns were spelled, the cut, and
rows that cannot be represented. Whether the rows came all at once or piece by piece makes no difference to them.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from assets.arrival import Arrival
from assets.certificate import Cut, DataFile, TableCount
from assets.columns import Column
from assets.errors import SourceError
from assets.parquet import values_present
from assets.promises import IDENTIFIERS, MONEY, WRITTEN_AS
from assets.schemas import TABLES
from assets.sources.staging import LETTER, SPELLED
from assets.store import Home

Files = Mapping[str, list[DataFile]]
Census = list[dict[str, Any]]
"""Refused rows, counted by table_name, column_name (the one refused) and spelling."""


def quarantine(arrival: Arrival) -> pa.Table:
    """Return all rows that cannot be represented, those that stand and those that came, whole, with the reason."""
    parts = []
    for name in arrival.mapping.present():
        standing = (
            ""
            if arrival.whole(name)
            else f"""UNION ALL SELECT * FROM earlier_quarantine WHERE table_name = '{name}'
                AND (row_id IS NULL OR row_id NOT IN (SELECT row_id FROM touched_{name}))"""
        )
        parts.append(f"""
            SELECT '{name}' AS table_name, row_id, refused_column AS column_name, refused_reason AS reason, spelling,
                CAST(document AS VARCHAR) AS document
            FROM refused_{name} {standing}
        """)
    columns = "table_name, row_id, document, column_name, reason"
    return arrival.table(f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {columns}").cast(TABLES["quarantine"])


def census_of(refused: pa.Table) -> Census:
    """Count the refused rows: there may be as many as the source has."""
    counted = refused.group_by(["table_name", "column_name", "spelling"]).aggregate([([], "count_all")])
    rows: Census = counted.rename_columns(["table_name", "column_name", "spelling", "rows"]).to_pylist()
    return rows


def table_counts(arrival: Arrival, files: Files, census: Census) -> dict[str, TableCount]:
    """Return the counts and sums of each table: what the source says, what came, and what was read back."""
    counts = {}
    for name in IDENTIFIERS:
        kept = [file for file in files[name] if file.rows]
        staged = arrival.reading.staged.get(name)
        received, received_sum = _received(arrival, name)
        counts[name] = TableCount(
            received=received,
            written=sum(file.rows for file in kept),
            quarantined=sum(row["rows"] for row in census if row["table_name"] == name),
            files=tuple(kept),
            source_rows=staged.source_rows if staged else None,
            received_sum=received_sum,
            source_sum=str(staged.source_sum) if staged and staged.source_sum is not None else None,
            written_sum=_written_sum(arrival, name) if received_sum is not None else None,
        )
    return counts


def source_tables(arrival: Arrival, counts: Mapping[str, TableCount]) -> pa.Table:
    """Return the counts and sums of the tables the source has."""
    rows = [
        {
            "table_name": name,
            "source_name": table.name,
            "required": name in ("transactions", "wallets"),
            **counts[name].model_dump(include={"received", "source_rows", "written", "quarantined"}),
            **{said: _sum(getattr(counts[name], said)) for said in ("received_sum", "source_sum", "written_sum")},
        }
        for name, table in arrival.mapping.present().items()
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["source_tables"])


def source_columns(home: Home, arrival: Arrival, files: Files, census: Census) -> pa.Table:
    """Return how each mapped column was spelled, in how many rows: as expected, not at all, or otherwise."""
    seen: list[dict[str, Any]] = []
    for name, table in arrival.mapping.present().items():
        written = [file for file in files[name] if file.rows]
        present = values_present([home.path / file.path for file in written])
        rows = sum(file.rows for file in written)
        refused = [row for row in census if row["table_name"] == name]
        for place, (ours, column) in enumerate(table.present().items()):
            valued = present.get(WRITTEN_AS.get(ours, ours), 0)
            found = {column.type: valued, "absent": rows - valued}
            for row in refused:
                word = _word(row["spelling"][place])
                found[word] = found.get(word, 0) + row["rows"]
            seen += [_column_row(name, ours, column, word, found[word]) for word in sorted(found) if found[word]]
    return pa.Table.from_pylist(seen, schema=TABLES["source_columns"])


def source_cut(cut: Cut) -> pa.Table:
    """Return the instant shown, and how that is known."""
    row = {"cut_at": cut.at, "bound": cut.bound, "proof": cut.proof, "commits_after_ns": cut.commits_after_ns}
    return pa.Table.from_pylist([row], schema=TABLES["source_cut"])


def refuse_absent_columns(arrival: Arrival, census: Census, counts: Mapping[str, TableCount]) -> None:
    """Refuse a source in which a needed column stands in no row at all."""
    for name, table in arrival.mapping.present().items():
        if not counts[name].quarantined or counts[name].written:
            continue
        rows = [row for row in census if row["table_name"] == name]
        for place, (ours, column) in enumerate(table.present().items()):
            missed = any(row["column_name"] == ours for row in rows)
            if missed and all(row["spelling"][place] == LETTER["missing"] for row in rows):
                message = (
                    f"table {table.name!r} of the source has no column {column.name!r} in any row "
                    f"(tables.{name}.columns.{ours}); correct the mapping or export the table whole."
                )
                raise SourceError(message)


def _received(arrival: Arrival, name: str) -> tuple[int, str | None]:
    """Return how many rows the table has by what came and went, and what they sum to."""
    staged = arrival.reading.staged.get(name)
    if staged is None:
        return 0, None
    money = MONEY[name] if name in MONEY and arrival.mapping.has(f"{name}.{MONEY[name]}") else "NULL"
    came = arrival.table(f"SELECT sum(CAST({money} AS HUGEINT)) AS total FROM fresh_{name}")["total"][0].as_py()
    known = money != "NULL"
    if staged.whole or arrival.earlier is None:
        return staged.received, str(int(came or 0)) if known else None
    before = arrival.earlier.certificate.tables[name]
    months = ", ".join(f"'{month}'" for month in sorted(arrival.touched_months))
    where = f"AND month IN ({months or 'NULL'})" if name == "transactions" else ""
    touched = f"SELECT row_id FROM touched_{name}"
    gone = arrival.table(f"""
        SELECT count(*) AS rows, sum(CAST({money} AS HUGEINT)) AS total FROM earlier_{name}
        WHERE {IDENTIFIERS[name]} IN ({touched}) {where}
    """).to_pylist()[0]
    gone_refused = arrival.scalar(
        f"SELECT count(*) FROM earlier_quarantine WHERE table_name = '{name}' AND row_id IN ({touched})"
    )
    rows = before.received - gone["rows"] - gone_refused + staged.received
    total = int(before.received_sum or 0) - int(gone["total"] or 0) + int(came or 0)
    return rows, str(total) if known else None


def _written_sum(arrival: Arrival, name: str) -> str:
    return str(int(arrival.scalar(f"SELECT sum(CAST({MONEY[name]} AS DECIMAL(38, 0))) FROM {name}") or 0))


def _sum(said: str | None) -> int | None:
    return None if said is None else int(said)


def _word(letter: str) -> str:
    return "absent" if letter in (LETTER["missing"], LETTER["null"]) else SPELLED[letter]


def _column_row(name: str, ours: str, column: Column, found: str, rows: int) -> dict[str, Any]:
    special = found == SPELLED["w"] and column.type == "float64"
    return {
        "table_name": name,
        "column_name": ours,
        "source_name": column.name,
        "expected": column.type,
        "found": found,
        "allowed": found in (column.type, "absent") or special,
        "received": rows,
    }
