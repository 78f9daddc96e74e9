"""SQL that reads typed columns into ours: of Parquet, CSV and databases.

What goes in: which of a source's types fit what the mapping expects. What stays out: where a relation comes from
(files, postgres), what a value is worth (conversions), and the judging of a row (staging). The words for a type are
those of the mapping, `text` for the unparsed text of a CSV, which spells whatever it can be read as, and any other
word for a type that fits nothing: its values are refused, none is converted on a guess.
"""

from collections.abc import Collection
from collections.abc import Mapping as Named
from pathlib import Path

import duckdb

from assets.columns import Column, Table
from assets.errors import SourceError
from assets.mapping import Mapping
from assets.promises import MAPPED, SQL_TYPE
from assets.sources.conversions import (
    FIRST,
    LAST,
    Expected,
    expected_of,
    from_clock,
    from_flag,
    from_float,
    from_integer,
    from_text,
    from_uuid,
    is_set,
    is_written,
    zeros,
)
from assets.sources.json_documents import decimals_quoted, entry_rows, json_cell, strange_document
from assets.sources.staging import LETTER, Cell, copy_staged, in_entry, staging_sql

WIDER = frozenset(
    {
        ("string", "uuid"),
        ("string", "decimal"),
        ("string", "array"),
        ("json", "array"),
        ("string", "timestamptz"),
        ("string", "timestamp"),
        ("uuid", "string"),
        ("int64", "decimal"),
    }
)
"""Types beside its own that a spelling can be read from, digit by digit or letter by letter."""
SHOWN = frozenset({"VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "JSON"})
"""DuckDB types that JSON holds as they are; others are shown as text."""


def stage_rows(  # noqa: PLR0913, PLR0917 - what is read, as what, and where its rows go
    connection: duckdb.DuckDBPyConnection,
    relation_sql: str,
    name: str,
    wanted: Mapping,
    spelled: Named[str, str],
    staged: Path,
    number: int,
) -> int:
    """Stage a relation as part `number` of the data set `staged`, and return how many rows that made.

    `relation_sql` stands after FROM and gives the source's columns by their names; `spelled` says how each is
    spelled. Raises SourceError when a needed column is not there, and duckdb.Error.
    """
    staged.mkdir(parents=True, exist_ok=True)
    types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation_sql}").fetchall()}
    table = wanted.present()[name]
    refuse_absent(f"table {table.name!r} of the source", name, table, types)
    if unseen := sorted(set(spelled) - set(types)):
        message = f"table {table.name!r} of the source has two columns named {unseen[0]!r}, but for capital letters."
        raise SourceError(message)
    select = tabular_sql(relation_sql, name, wanted, spelled, types)
    rows = copy_staged(connection, select, staged, number, by_month=name == "transactions")
    if rows and table.list and (wrong := strange_document(connection, staged)):
        message = f"column {table.list!r} of table {table.name!r} cannot be read: {wrong}; mend it at the source."
        raise SourceError(message)
    return rows


def tabular_sql(relation_sql: str, name: str, wanted: Mapping, spelled: Named[str, str], types: Named[str, str]) -> str:
    """Return the staging query over a relation whose columns have these DuckDB types."""
    table, cells = wanted.present()[name], {}
    for ours, expected in expected_of(name, wanted).items():
        column = expected.column.name
        if in_entry(table, ours):
            cells[ours] = json_cell(expected)
        elif column in types:
            cells[ours] = _cell(expected, spelled[column], types[column])
        else:
            cells[ours] = Cell(expected, _nothing(expected), "'m'", "true", "NULL")
    fields = "CAST([entry_keys] AS VARCHAR) AS fields," if table.list else ""
    return staging_sql(name, wanted, _raw(table, relation_sql, types), cells, fields)


def quoted(column: str) -> str:
    """Write the name of a column as SQL does."""
    return '"' + column.replace('"', '""') + '"'


def fits(column: Column, word: str) -> bool:
    """Tell whether a type at the source can be read as the mapping says, by the words for it."""
    return word in (column.type, "text") or (word, column.type) in WIDER


def refuse_absent(place: str, name: str, table: Table, columns: Collection[str]) -> None:
    """Raise SourceError unless every column that a row must have is there, and the list.

    So must be whatever is there, but written a little otherwise: a status that is overlooked settles every row.
    """
    alike = {column.strip().casefold() for column in columns}
    needed = {
        column.name: f"columns.{ours}"
        for ours, column in table.present().items()
        if (MAPPED[name][ours].required or column.name.casefold() in alike) and not in_entry(table, ours)
    }
    needed |= {table.list: "list"} if table.list else {}
    for column, said in needed.items():
        if column not in columns:
            message = (
                f"{place} has no column {column!r} (tables.{name}.{said}); it has {', '.join(sorted(columns))}; "
                "correct the mapping or export the table whole."
            )
            raise SourceError(message)


def _raw(table: Table, relation_sql: str, types: Named[str, str]) -> str:
    """Name each mapped column that is there; where the rows are entries of a list, make one row of each entry."""
    named = ", ".join(
        f"{quoted(column.name)} AS raw_{ours}"
        for ours, column in table.present().items()
        if column.name in types and not in_entry(table, ours)
    )
    if not table.list:
        return f"SELECT {named} FROM {relation_sql}"
    found = quoted(table.list)
    text = f"CASE WHEN json_valid({found}) THEN {found} WHEN {found} IS NOT NULL THEN '\"\"' END"
    listed = text if types[table.list] in ("VARCHAR", "JSON") else f"to_json({found})"
    text = decimals_quoted(table, f"CAST({listed} AS VARCHAR)")
    return entry_rows(table, f"SELECT {named}, {text} AS listed FROM {relation_sql}", "listed")


def _nothing(expected: Expected) -> str:
    return f"CAST(NULL AS {SQL_TYPE[expected.promise.meaning]})"


def _cell(expected: Expected, word: str, sql_type: str) -> Cell:
    """Return how a column is read whose type at the source is `word`, and in DuckDB `sql_type`."""
    raw = f"raw_{expected.ours}"
    value = _value(expected, word, sql_type, raw)
    letter = f"'{LETTER[expected.column.type]}'" if value else f"'{LETTER.get(word, LETTER['another type'])}'"
    if value and word in ("text", "string"):
        letter = f"CASE WHEN {is_written(expected, raw, value)} THEN {letter} ELSE 's' END"
    written = _written(raw, sql_type)
    return Cell(
        expected,
        value or _nothing(expected),
        f"CASE WHEN {raw} IS NULL THEN 'n' ELSE {letter} END",
        f"{raw} IS NULL",
        f"to_json({raw if sql_type in SHOWN else written})",
        f"{zeros(written, expected.decimals)} < 0" if expected.column.type == "decimal" else "false",
    )


def _written(raw: str, sql_type: str) -> str:
    """Return a value as text; DuckDB cannot write every timestamp it can hold, so the furthest are shown as counts."""
    text = f"CAST({raw} AS VARCHAR)"
    if not sql_type.startswith("TIMESTAMP") or sql_type.endswith("_NS"):
        return text
    count = f"CAST(epoch_us({raw}) AS VARCHAR)"
    return f"CASE WHEN isfinite({raw}) AND epoch_us({raw}) NOT BETWEEN {FIRST} AND {LAST} THEN {count} ELSE {text} END"


def _value(expected: Expected, word: str, sql_type: str, raw: str) -> str | None:
    """Return what a column of that type is worth to us, or nothing where the type does not fit the mapping's."""
    if not fits(expected.column, word):
        return None
    match word:
        case "text" | "string":
            value = from_text(expected, raw)
        case "decimal" | "int64" if expected.column.type == "decimal":
            value = from_text(expected, f"CAST({raw} AS VARCHAR)")
        case "int64":
            value = from_integer(expected, f"TRY_CAST({raw} AS BIGINT)")
        case "uuid":
            value = from_uuid(raw)
        case "array" if sql_type.endswith("[]"):
            value = is_set(expected, f"CAST({raw} AS VARCHAR[])")
        case "array" | "json":
            value = from_text(expected, f"CAST({raw} AS VARCHAR)")
        case "float64":
            value = from_float(expected, raw)
        case "timestamptz" | "timestamp":
            value = from_clock(expected, raw, sql_type)
        case _:
            value = from_flag(expected, raw)
    return value
