"""From the raw columns of any source to staged rows: one shape, and of every row that cannot be read why.

What goes in: judging a row, its month, its name and its document. What stays out: how a source spells a value and
what that is worth (json_documents, tabular, conversions). The staged columns are ours, and

    month            of a transaction, in the zone of the mapping; null where the row is refused
    spelling         one letter a mapped column, in the order of the mapping
    row_id           the identifier as it came
    refused_column   the first column that cannot be read
    refused_reason   and why
    document         every mapped value as it came, as JSON

where all but the first two are null in a row that can be read, and `spelling` may be.
"""

from collections.abc import Mapping as Named
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.columns import Table
from assets.engines import literal
from assets.mapping import Mapping
from assets.promises import ENTRY_COLUMNS, IDENTIFIERS
from assets.sources.conversions import Expected

SPELLED = {
    "m": "missing",
    "n": "null",
    "s": "string",
    "i": "int64",
    "f": "float64",
    "d": "decimal",
    "b": "boolean",
    "u": "uuid",
    "z": "timestamptz",
    "t": "timestamp",
    "o": "object",
    "a": "array",
    "w": "special float",
    "y": "bytes",
    "x": "another type",
}
"""The letter that stands for each spelling in the column `spelling`."""
LETTER = {name: letter for letter, name in SPELLED.items()}


@dataclass(frozen=True)
class Cell:
    """One mapped column of the raw rows, as SQL over them and over the `currency` of the row."""

    expected: Expected
    value: str
    """What it is worth to us; null unless it is spelled as the mapping says and can be held."""
    letter: str
    """How it is spelled; asked of refused rows only."""
    empty: str
    """Whether it is null or missing."""
    shown: str
    """The raw value as JSON; asked of refused rows only."""
    fractional: str = "false"
    """Whether it is an amount of major units with more decimals than its currency."""


def staging_sql(name: str, wanted: Mapping, rows: str, cells: Named[str, Cell], also: str = "") -> str:
    """Return the query over raw rows (a SELECT) that gives the staged ones; `also` are more columns to keep."""
    money_last = sorted(cells, key=lambda ours: ours != "currency")
    values = ", ".join(f"{cells[ours].value} AS {ours}" for ours in money_last)
    letters = " || ".join(cell.letter for cell in cells.values())
    shown = ", ".join(f"{literal(cell.expected.column.name)}, {cell.shown}" for cell in cells.values())
    month = f"CASE WHEN refusal IS NULL THEN {_month(wanted.zone)} END AS month," if name == "transactions" else ""
    identifier = IDENTIFIERS[name]
    return f"""
        WITH raw AS ({rows}),
        typed AS (SELECT *, {values} FROM raw),
        spelled AS (SELECT *, CASE WHEN {_usual(cells)} THEN NULL ELSE {letters} END AS spelling FROM typed),
        judged AS (SELECT *, CASE WHEN spelling IS NOT NULL
            THEN {_refusal(wanted.present()[name], cells)} END AS refusal FROM spelled)
        SELECT {", ".join(cells)}, {month} {also} spelling,
            CASE WHEN refusal IS NOT NULL
                THEN COALESCE({identifier}, {cells[identifier].shown} ->> '$') END AS row_id,
            split_part(refusal, ': ', 1) AS refused_column,
            substr(refusal, strpos(refusal, ': ') + 2) AS refused_reason,
            CASE WHEN refusal IS NOT NULL THEN json_object({shown}) END AS document
        FROM judged
    """


def in_entry(table: Table, ours: str) -> bool:
    """Tell whether a column stands in each entry of the table's list."""
    return table.list is not None and ours in ENTRY_COLUMNS


def copy_staged(
    connection: duckdb.DuckDBPyConnection, select: str, staged: Path, number: int, *, by_month: bool
) -> int:
    """Write the rows of a staging query as one more part of the data set, and return how many they are."""
    connection.execute("SET partitioned_write_flush_threshold = 20_000")
    months = f", PARTITION_BY (month), OVERWRITE_OR_IGNORE, FILENAME_PATTERN 'rows-{number}-{{i}}'" if by_month else ""
    target = literal(str(staged if by_month else staged / f"rows-{number}.parquet"))
    options = f"FORMAT parquet, COMPRESSION uncompressed{months}"
    copied = connection.execute(f"COPY ({select}) TO {target} ({options})").fetchone()
    return int(copied[0]) if copied else 0


def _month(zone: str) -> str:
    """Cut the month from the text of a date; only another zone than UTC needs to be asked for it.

    The first and the last hours there are belong to the first and the last month, whatever their zone makes of them.
    """
    at = "make_timestamp(epoch_us(created_at))"
    if zone != "UTC":
        last = "TIMESTAMP '9999-12-31 23:59:59'"
        at = f"greatest(least(timezone({literal(zone)}, created_at), {last}), TIMESTAMP '0001-01-01')"
    return f"left(CAST(CAST({at} AS DATE) AS VARCHAR), 7)"


def _usual(cells: Named[str, Cell]) -> str:
    """Tell that a row is read whole: what nearly every row passes, and no refused one."""
    return " AND ".join(
        f"{ours} IS NOT NULL" if cell.expected.promise.required else f"({ours} IS NOT NULL OR {cell.empty})"
        for ours, cell in cells.items()
    )


def _refusal(table: Table, cells: Named[str, Cell]) -> str:
    """Return the first reason why a row cannot be read, as `column: reason`, or null."""
    reasons = []
    for i, (ours, cell) in enumerate(cells.items(), 1):
        spelling = cell.expected.column.type
        skip = "WHEN entry IS NULL THEN NULL" if in_entry(table, ours) else ""
        missing = literal(f"{ours}: is missing") if cell.expected.promise.required else "NULL"
        reasons.append(f"""CASE {skip} WHEN spelling[{i}] IN ('m', 'n') THEN {missing}
            WHEN {ours} IS NULL AND spelling[{i}] IN ('{LETTER[spelling]}', 'w') THEN {_unusable(cell)}
            WHEN spelling[{i}] <> '{LETTER[spelling]}' THEN {literal(f"{ours}: is not spelled as {spelling}")} END""")
    return f"COALESCE({', '.join(reasons)})"


def _unusable(cell: Cell) -> str:
    """Say why a value that is spelled rightly cannot be held."""
    ours, column, decimals = cell.expected.ours, cell.expected.column, cell.expected.decimals
    if cell.expected.promise.meaning == "time":
        return literal(f"{ours}: is no time between the years 1 and 9999")
    if cell.expected.promise.meaning != "money":
        return literal(f"{ours}: cannot be read")
    inexact = literal(f"{ours}: is no exact integer {'below 2^53' if column.type == 'float64' else 'of 64 bits'}")
    if column.unit != "major":
        return inexact
    unknown, fraction = f"{ours}: is in major units of ", f"{ours}: is no exact integer, having more decimals than "
    return f"""CASE WHEN currency IS NULL THEN NULL
        WHEN {decimals.sql} IS NULL
            THEN {literal(unknown)} || currency || ', a currency the configuration does not know'
        WHEN {cell.fractional} THEN {literal(fraction)} || currency
        ELSE {inexact} END"""
