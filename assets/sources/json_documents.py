"""SQL that reads JSON documents into typed columns, and says of every row it cannot read why.

What goes in: the meaning of each spelling (`100` is an Int64, `100.0` a Float64, `{"$float": ...}` a special
value, a missing field is not a null). What stays out: where the documents come from, and what happens to the rows.
A number is never rounded: what is no exact integer is refused whole, with its document of mapped columns.
"""

from assets.engines import literal
from assets.mapping import Column, Table
from assets.schemas import ENTRY_COLUMNS, MAPPED, Meaning, Promise
from assets.sources.json_lines import LINE_BYTES

SPELLED = {
    "m": "missing",
    "n": "null",
    "s": "string",
    "i": "int64",
    "f": "float64",
    "b": "boolean",
    "o": "object",
    "a": "array",
    "w": "special float",
    "y": "bytes",
}
"""The letter that stands for each spelling in the column `spelling`."""
LETTER = {name: letter for letter, name in SPELLED.items()}
EXACT_FLOAT = 2**53


def staging_sql(table_name: str, table: Table, documents: str, zone: str) -> str:
    """Return the query over a JSON Lines file: our columns, `row_id`, `spelling`, `fields`, and the refusal.

    `spelling` has one letter a mapped column; `fields` lists the names of all fields, of the document and its entry;
    `refused_column`, `refused_reason` and `document` are null in a row that can be read.
    Transactions also have their `month` in the zone, null where the row is refused.
    """
    columns, promises = table.present(), MAPPED[table_name]
    typed = [f"{_typed(promises[ours].meaning, ours, column)} AS {ours}" for ours, column in columns.items()]
    letters = " || ".join(_letter(ours) for ours in columns)
    named = ", ".join(f"{literal(column.name)}: raw_{ours}" for ours, column in columns.items())
    identifier = next(ours for ours, promise in promises.items() if promise.required)
    month = f"CASE WHEN refusal IS NULL THEN {_month(zone)} END AS month," if "created_at" in columns else ""
    return f"""
        WITH documents AS ({_documents(table, documents)}),
        raw AS ({_raw(table)}),
        typed AS (SELECT *, {letters} AS spelling, {", ".join(typed)} FROM raw),
        judged AS (SELECT *, {_refusal(table, promises)} AS refusal FROM typed)
        SELECT {", ".join(columns)}, {month} spelling, CAST(fields AS VARCHAR) AS fields,
            CASE WHEN refusal IS NOT NULL THEN raw_{identifier} ->> '$' END AS row_id,
            split_part(refusal, ': ', 1) AS refused_column,
            split_part(refusal, ': ', 2) AS refused_reason,
            CASE WHEN refusal IS NOT NULL THEN CAST({{{named}}} AS JSON) END AS document
        FROM judged
    """


def _documents(table: Table, documents: str) -> str:
    """Parse each line once: the mapped fields, and the names of all."""
    whole = {ours: column for ours, column in table.present().items() if not _in_entry(table, ours)}
    paths = [_path(column.name) for column in whole.values()]
    paths += [_path(table.list)] if table.list else []
    return f"""
        SELECT json_extract(json, [{", ".join(paths)}]) AS found,
            json_keys(json) AS keys
        FROM read_json_objects({literal(documents)}, format = 'newline_delimited',
            maximum_object_size = {LINE_BYTES})
    """


def _raw(table: Table) -> str:
    """Name each found field; where the rows are entries of a list, make one row of each entry, or one without.

    What should be a list and is none becomes one entry that has nothing of what an entry must have.
    """
    whole = [ours for ours in table.present() if not _in_entry(table, ours)]
    named = ", ".join(f"found[{i}] AS raw_{ours}" for i, ours in enumerate(whole, 1))
    if not table.list:
        return f"SELECT {named}, [keys] AS fields FROM documents"
    entries = f"found[{len(whole) + 1}]"
    inside = ", ".join(
        f"json_extract(entry, {_path(column.name)}) AS raw_{ours}"
        for ours, column in table.present().items()
        if _in_entry(table, ours)
    )
    return f"""
        SELECT *, {inside}, [keys, NULLIF(json_keys(entry), [])] AS fields FROM (
            SELECT {named}, keys, unnest(CASE
                WHEN json_array_length({entries}) > 0 THEN json_extract({entries}, '$[*]')
                WHEN COALESCE(json_type({entries}), 'NULL') IN ('NULL', 'ARRAY') THEN [NULL]
                ELSE ['[]'] END) AS entry
            FROM documents)
    """


def _in_entry(table: Table, ours: str) -> bool:
    return table.list is not None and ours in ENTRY_COLUMNS


def _letter(ours: str) -> str:
    raw = f"CAST(raw_{ours} AS VARCHAR)"
    return f"""CASE left({raw}, 1) WHEN '"' THEN 's' WHEN 't' THEN 'b' WHEN 'f' THEN 'b'
        WHEN 'n' THEN CASE {raw} WHEN 'null' THEN 'n' ELSE 'w' END
        WHEN '[' THEN 'a' WHEN '{{' THEN CASE WHEN starts_with({raw}, '{{"$float"') THEN 'w'
            WHEN starts_with({raw}, '{{"$bytes"') THEN 'y' ELSE 'o' END
        ELSE CASE WHEN {raw} IS NULL THEN 'm' WHEN contains({raw}, '.') THEN 'f'
            WHEN regexp_matches({raw}, '[eEIN]') THEN 'f' ELSE 'i' END END"""


def _typed(meaning: Meaning, ours: str, column: Column) -> str:
    raw = f"CAST(raw_{ours} AS VARCHAR)"
    if meaning == "text":
        return f"CASE WHEN left({raw}, 1) = '\"' THEN raw_{ours} ->> '$' END"
    if meaning == "flag":
        return f"CASE {raw} WHEN 'true' THEN true WHEN 'false' THEN false END"
    number = raw if column.type == "int64" else f"CASE WHEN suffix({raw}, '.0') THEN left({raw}, -2) END"
    if meaning == "money":
        exact = f"TRY_CAST({number} AS BIGINT)"
        return exact if column.type == "int64" else f"CASE WHEN abs({exact}) < {EXACT_FLOAT} THEN {exact} END"
    return _time(raw)


def _time(raw: str) -> str:
    """Turn milliseconds since 1970 into a timestamp of microseconds, within the years 1 to 9999."""
    micro = f"TRY_CAST(round(TRY_CAST({raw} AS DOUBLE) * 1000) AS BIGINT)"
    return f"CASE WHEN {micro} BETWEEN -62135596800000000 AND 253402300799999999 THEN make_timestamptz({micro}) END"


def _month(zone: str) -> str:
    local = f"timezone({literal(zone)}, created_at)"
    return f"printf('%04d-%02d', year({local}), month({local}))"


def _refusal(table: Table, promises: dict[str, Promise]) -> str:
    """Return the first reason why a row cannot be read, as `column: reason`, or null; the usual row costs one test."""
    usual, reasons = "", []
    for i, (ours, column) in enumerate(table.present().items(), 1):
        promise, letter = promises[ours], LETTER[column.type]
        usual += letter if promise.required else f"[{letter}mn]"
        skip = "WHEN entry IS NULL THEN NULL" if _in_entry(table, ours) else ""
        missing = _said(ours, "is missing") if promise.required else "NULL"
        reasons.append(f"""CASE {skip} WHEN spelling[{i}] IN ('m', 'n') THEN {missing}
            WHEN {ours} IS NULL AND spelling[{i}] IN ('{letter}', 'w') THEN {_said(ours, _unusable(promise, column))}
            WHEN spelling[{i}] <> '{letter}' THEN {_said(ours, f"is not spelled as {column.type}")} END""")
    values = [
        f"({ours} IS NOT NULL OR spelling[{i}] IN ('m', 'n'))"
        for i, ours in enumerate(table.present(), 1)
        if promises[ours].meaning in ("money", "time")
    ]
    return f"""CASE WHEN regexp_full_match(spelling, '{usual}') AND {" AND ".join(values)} THEN NULL
        ELSE COALESCE({", ".join(reasons)}) END"""


def _unusable(promise: Promise, column: Column) -> str:
    if promise.meaning == "money":
        return f"is no exact integer {'below 2^53' if column.type == 'float64' else 'of 64 bits'}"
    return "is no time between the years 1 and 9999" if promise.meaning == "time" else "cannot be read"


def _said(ours: str, reason: str) -> str:
    return literal(f"{ours}: {reason}")


def _path(field: str) -> str:
    escaped = field.replace("\\", "\\\\").replace('"', '\\"')
    return literal(f'$."{escaped}"')
