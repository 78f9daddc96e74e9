"""What a PostgreSQL database has: tables, and how each of their columns is read.

What goes in: the catalog's answers as plain data. What stays out: rows (tables).
"""

from dataclasses import dataclass

from assets.columns import Table
from assets.engines import literal
from assets.errors import SourceError
from assets.promises import MAPPED
from assets.sources.postgres.session import Session
from assets.sources.staging import in_entry
from assets.sources.tabular import quoted

WORDS = {
    "int2": "int64",
    "int4": "int64",
    "int8": "int64",
    "numeric": "decimal",
    "float4": "float64",
    "float8": "float64",
    "text": "string",
    "varchar": "string",
    "bpchar": "string",
    "citext": "string",
    "name": "string",
    "uuid": "uuid",
    "bool": "boolean",
    "timestamptz": "timestamptz",
    "timestamp": "timestamp",
    "json": "json",
    "jsonb": "json",
    "_text": "array",
    "_varchar": "array",
}
"""How a column of each type is spelled; an enumeration is a string, and any other type fits nothing."""
CAST = {"float4": "float8", "citext": "text", "name": "text", "bpchar": "text", "json": "text", "jsonb": "text"}
PAGE = 8192


@dataclass(frozen=True)
class Relation:
    """A table or view: how it is named in SQL, how large it is, and its columns."""

    sql: str
    qualified: str
    """Schema and name, as the catalog has them."""
    identity: str
    """Its number and that of its file: both change when it is another table, or its rows were put in otherwise."""
    by_row: bool
    """Whether its rows carry the transaction that wrote them: a table by itself, all of which the role may read."""
    unique: tuple[str, ...]
    """Columns of which each value stands in one row only, as the database itself makes sure."""
    ranged: bool
    """Whether it can be read in ranges of its blocks."""
    blocks: int
    estimate: int
    """How many rows the catalog believes it has."""
    types: dict[str, str]
    """PostgreSQL's type of each column, domains resolved; `enum` for any enumeration."""

    def word(self, column: str) -> str:
        """Return how a column is spelled."""
        return "string" if self.types[column] == "enum" else WORDS.get(self.types[column], self.types[column])

    def select(self, column: str) -> str:
        """Return the expression that reads a column exactly, under its own name."""
        cast = "text" if self.types[column] == "enum" else CAST.get(self.types[column])
        return f"{quoted(column)}::{cast} AS {quoted(column)}" if cast else quoted(column)


def relation_or_none(session: Session, name: str) -> Relation | None:
    """Return a table as the database has it, if it has."""
    found = session.rows(f"SELECT to_regclass({literal(_named(name))})::oid::bigint AS oid")
    return relation(session, name, "") if found[0]["oid"] is not None else None


def relation(session: Session, name: str, said: str) -> Relation:
    """Return a table as the database has it; raise SourceError when it has not, naming where it is `said`."""
    wanted = _named(name)
    found = session.rows(f"""
        SELECT c.oid::bigint AS oid, c.relkind::text AS kind, COALESCE(am.amname, '')::text AS method,
            CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) ELSE 0 END AS bytes,
            GREATEST(c.reltuples, 0)::bigint AS estimate, row_security_active(c.oid) AS hidden,
            c.oid::text || ':' || COALESCE(pg_relation_filenode(c.oid)::text, '') AS identity,
            has_table_privilege(c.oid, 'SELECT')
                AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid) AS alone,
            (SELECT COALESCE(array_agg(a.attname::text), ARRAY[]::text[]) FROM pg_index x
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
                WHERE x.indrelid = c.oid AND x.indisunique AND x.indisvalid AND x.indimmediate AND x.indnkeyatts = 1
                    AND x.indpred IS NULL AND x.indexprs IS NULL) AS unique_columns,
            n.nspname || '.' || c.relname AS qualified
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
        WHERE c.oid = to_regclass({literal(wanted)})
    """)
    if not found:
        message = (
            f"the database has no table {name!r} ({said}; say schema.table where it is not on the "
            f"search path); it has {', '.join(visible_tables(session)) or 'none that this role may see'}."
        )
        raise SourceError(message)
    row = found[0]
    if row["hidden"]:
        message = (
            f"row level security hides rows of table {name!r} from this role, even when they are counted; read it as a "
            "role with BYPASSRLS."
        )
        raise SourceError(message)
    return Relation(
        sql=wanted,
        qualified=row["qualified"],
        identity=row["identity"],
        by_row=row["kind"] == "r" and row["method"] == "heap" and row["alone"],
        unique=tuple(row["unique_columns"]),
        ranged=row["kind"] == "r",
        blocks=row["bytes"] // PAGE,
        estimate=row["estimate"],
        types=_types(session, row["oid"]),
    )


def visible_tables(session: Session) -> list[str]:
    """Return the tables and views that the role may read, by schema and name."""
    rows = session.rows("""
        SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
            AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
            AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
        ORDER BY 1
    """)
    return [row["name"] for row in rows]


def columns_of(name: str, table: Table, found: Relation) -> list[str]:
    """Return the columns to read; raise SourceError for a mapped one that is not there.

    A database says so before a row is read; only commits are the source's to give or not.
    """
    mapped = {f"columns.{ours}": column.name for ours, column in table.present().items() if not in_entry(table, ours)}
    if table.list:
        mapped["list"] = table.list
    commits = {f"columns.{ours}" for ours, promise in MAPPED[name].items() if promise.meaning == "integer"}
    missing = {said: column for said, column in mapped.items() if column not in found.types and said not in commits}
    if missing:
        named = ", ".join(f"{column!r} (tables.{name}.{said})" for said, column in missing.items())
        message = (
            f"table {table.name!r} has no column {named}; correct the names, or say 'false' for what there is not; "
            f"it has {', '.join(found.types)}."
        )
        raise SourceError(message)
    return sorted({column for column in mapped.values() if column in found.types})


def _types(session: Session, oid: int) -> dict[str, str]:
    rows = session.rows(f"""
        WITH RECURSIVE based (domain, base) AS (
            SELECT oid, oid FROM pg_type
            UNION ALL
            SELECT based.domain, t.typbasetype FROM based JOIN pg_type t ON t.oid = based.base WHERE t.typtype = 'd'
        )
        SELECT a.attname::text AS name,
            CASE WHEN t.typtype = 'e' THEN 'enum' ELSE t.typname::text END AS type
        FROM pg_attribute a JOIN based ON based.domain = a.atttypid
            JOIN pg_type t ON t.oid = based.base AND t.typtype <> 'd'
        WHERE a.attrelid = {oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    """)
    return {row["name"]: row["type"] for row in rows}


def _named(name: str) -> str:
    schema, _, table = name.rpartition(".")
    return f"{quoted(schema)}.{quoted(table)}" if schema else quoted(table)
