"""SQL that reads JSON documents into typed columns, and says of every row it cannot read why.

What goes in: the meaning of each token (`100` is an Int64, `100.0` a Float64, `{"$float": ...}` a special value, a
missing field is not a null). What stays out: where the documents come from (documents), what a value is worth
(conversions), and the judging of a row (staging). DuckDB parses a number with a fraction into a float; those of
`decimal` columns are therefore put in quotes before it parses the line, and read as they were written.
"""

import re
from glob import escape
from pathlib import Path

import duckdb

from assets.columns import Table
from assets.engines import literal
from assets.mapping import Mapping
from assets.sources.conversions import (
    EXACT_FLOAT,
    Expected,
    expected_of,
    from_flag,
    from_float,
    from_integer,
    from_text,
    is_set,
    is_written,
    zeros,
)
from assets.sources.json_lines import LINE_BYTES
from assets.sources.staging import LETTER, Cell, in_entry, staging_sql


def documents_sql(name: str, wanted: Mapping, documents: Path) -> str:
    """Return the staging query over a JSON Lines file; `fields` lists the names in each document and its entry."""
    table = wanted.present()[name]
    cells = {ours: json_cell(expected) for ours, expected in expected_of(name, wanted).items()}
    return staging_sql(name, wanted, _raw(table, documents), cells, "CAST(fields AS VARCHAR) AS fields,")


def entry_rows(table: Table, rows: str, listed: str) -> str:
    """Make one row of each entry of the JSON list `listed` of the rows, or one without entry where it is empty.

    What should be a list and is none becomes one entry that has nothing of what an entry must have.
    """
    inside = ", ".join(
        f"json_extract(entry, {_path(column.name)}) AS raw_{ours}"
        for ours, column in table.present().items()
        if in_entry(table, ours)
    )
    return f"""
        SELECT *, {inside}, NULLIF(json_keys(entry), []) AS entry_keys FROM (
            SELECT *, unnest(CASE
                WHEN json_array_length({listed}) > 0 THEN json_extract({listed}, '$[*]')
                WHEN COALESCE(json_type({listed}), 'NULL') IN ('NULL', 'ARRAY') THEN [NULL]
                ELSE ['[]'] END) AS entry
            FROM ({rows}))
    """


def decimals_quoted(table: Table, text: str) -> str:
    """Put the numbers of every decimal column in quotes; within a text the name of a field cannot match.

    A name that is spelled with escapes does not match either, and its fractions are refused as floats.
    """
    for column in table.present().values():
        if column.type == "decimal":
            key = re.escape(_in_json(column.name))
            number = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
            pattern = rf'("{key}"\s*:\s*)({number})(\s*[,}}])'
            text = rf"""regexp_replace({text}, {literal(pattern)}, '\1"\2"\3', 'g')"""
    return text


def json_cell(expected: Expected) -> Cell:
    """Return how a field is read by its token."""
    raw, token = f"raw_{expected.ours}", f"CAST(raw_{expected.ours} AS VARCHAR)"
    text = f"""CASE WHEN left({token}, 1) = '"' THEN {raw} ->> '$' END"""
    whole = f"CASE WHEN NOT contains({token}, '.') AND NOT contains({token}, 'e') THEN {token} END"
    letter, fractional = _letter(token), "false"
    match expected.column.type:
        case "boolean":
            value = from_flag(expected, f"CASE {token} WHEN 'true' THEN true WHEN 'false' THEN false END")
        case "array":
            value = is_set(expected, f"(CASE WHEN left({token}, 1) = '[' THEN {raw} END ->> '$[*]')")
        case "int64":
            value = from_integer(expected, f"TRY_CAST({whole} AS BIGINT)")
        case "float64" if expected.promise.meaning == "money":
            exact = f"TRY_CAST(CASE WHEN suffix({token}, '.0') THEN left({token}, -2) END AS BIGINT)"
            value = f"CASE WHEN abs({exact}) < {EXACT_FLOAT} THEN {exact} END"
        case "float64":
            value = from_float(expected, f"CASE WHEN contains({token}, '.') THEN TRY_CAST({token} AS DOUBLE) END")
        case spelling:
            text = f"COALESCE({text}, {whole})" if spelling == "decimal" else text
            value = from_text(expected, text)
            letter = f"CASE WHEN {is_written(expected, text, value)} THEN '{LETTER[spelling]}' ELSE {letter} END"
            fractional = f"{zeros(text, expected.decimals)} < 0" if spelling == "decimal" else "false"
    return Cell(expected, value, letter, f"({raw} IS NULL OR {token} = 'null')", raw, fractional)


def strange_document(connection: duckdb.DuckDBPyConnection, staged: Path) -> str | None:
    """Tell of a line that is no object, or an object that names a field twice: which is meant cannot be told."""
    found = connection.execute(
        """
        SELECT list_filter(names, lambda name, i: list_position(names, name) < i)[1]
        FROM (SELECT unnest(CAST(fields AS VARCHAR[][])) AS names FROM (SELECT DISTINCT fields FROM read_parquet(?)))
        WHERE len(names) = 0 OR len(list_distinct(names)) < len(names) LIMIT 1
        """,
        [f"{escape(str(staged))}/**/*.parquet"],
    ).fetchone()
    if not found:
        return None
    return f"a document has the field {found[0]!r} twice" if found[0] else "a line is no object with fields"


def _raw(table: Table, documents: Path) -> str:
    """Parse each line once: the mapped fields, and the names of all."""
    whole = {ours: column for ours, column in table.present().items() if not in_entry(table, ours)}
    paths = [_path(column.name) for column in whole.values()]
    paths += [_path(table.list)] if table.list else []
    named = ", ".join(f"found[{i}] AS raw_{ours}" for i, ours in enumerate(whole, 1))
    listed = f", found[{len(paths)}] AS listed" if table.list else ""
    line = decimals_quoted(table, "json")
    rows = f"""
        SELECT {named} {listed}, keys FROM (
            SELECT json_extract({line}, [{", ".join(paths)}]) AS found, json_keys(json) AS keys
            FROM read_json_objects({literal(str(documents))}, format = 'newline_delimited',
                maximum_object_size = {LINE_BYTES}))
    """
    if table.list:
        return f"SELECT *, [keys, entry_keys] AS fields FROM ({entry_rows(table, rows, 'listed')})"
    return f"SELECT *, [keys] AS fields FROM ({rows})"


def _letter(token: str) -> str:
    return f"""CASE left({token}, 1) WHEN '"' THEN 's' WHEN 't' THEN 'b' WHEN 'f' THEN 'b'
        WHEN 'n' THEN CASE {token} WHEN 'null' THEN 'n' ELSE 'w' END
        WHEN '[' THEN 'a' WHEN '{{' THEN CASE WHEN starts_with({token}, '{{"$float"') THEN 'w'
            WHEN starts_with({token}, '{{"$bytes"') THEN 'y' ELSE 'o' END
        ELSE CASE WHEN {token} IS NULL THEN 'm' WHEN contains({token}, '.') THEN 'f'
            WHEN regexp_matches({token}, '[eEIN]') THEN 'f' ELSE 'i' END END"""


def _in_json(field: str) -> str:
    return field.replace("\\", "\\\\").replace('"', '\\"')


def _path(field: str) -> str:
    return literal(f'$."{_in_json(field)}"')
