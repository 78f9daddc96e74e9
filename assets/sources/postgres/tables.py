"""Reading one table of PostgreSQL in the shared snapshot: in ranges of its blocks, whole or only what is new.

What goes in: which rows are asked for, and the way of a batch from the server to staged Parquet. What stays out:
who reads what at once (source), and what values mean (tabular).

A row is new when the transaction that wrote it was not certainly over at the cut before: every transaction below the
oldest that was then under way was over, its sub-transactions with it. The oldest one bounds them all; which ones of
the later ones were over does not matter, for a row that comes a second time is the same row. Ages are compared, not
numbers, since numbers start again after four thousand million transactions; then old rows come once more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgresql
import duckdb
import pyarrow as pa

from assets.engines import connected
from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.promises import MONEY
from assets.sources.postgres.catalog import Relation, columns_of
from assets.sources.postgres.session import PassingError, Session, plainly
from assets.sources.tabular import quoted, stage_rows

RANGE_BLOCKS = 8192
"""A table of fewer blocks (64 MiB) is read by one reader."""
COUNTABLE = {
    "int64": "{0}",
    "decimal": "{0}",
    "float64": "CASE WHEN {0} = trunc({0}) AND abs({0}) < 9007199254740992 THEN {0}::bigint END",
}
"""How the server sums money exactly, by its spelling; a float that is no whole number is quarantined anyway."""


@dataclass(frozen=True)
class Part:
    """One range of one table, for one reader."""

    name: str
    number: int
    sql: str
    spelled: dict[str, str]


def parts_of(name: str, wanted: Mapping, found: Relation, oldest: int | None, readers: int) -> list[Part]:
    """Return the queries that read a table together; with `oldest` only rows that may be new."""
    columns = columns_of(name, wanted.present()[name], found)
    selected = ", ".join(found.select(column) for column in columns)
    spelled = {column: found.word(column) for column in columns}
    new = [] if oldest is None else [f"age(xmin) <= age('{oldest % 2**32}'::xid)"]
    number = min(readers, found.blocks) if found.ranged and oldest is None and found.blocks > RANGE_BLOCKS else 1
    borders = [found.blocks * place // number for place in range(1, number)]
    parts = []
    for place, (start, end) in enumerate(zip([None, *borders], [*borders, None], strict=True)):
        within = [] if start is None else [f"ctid >= '({start},0)'::tid"]
        within += [] if end is None else [f"ctid < '({end},0)'::tid"]
        where = f" WHERE {' AND '.join(new + within)}" if new or within else ""
        parts.append(Part(name, place, f"SELECT {selected} FROM {found.sql}{where}", spelled))
    return parts


def read_part(session: Session, part: Part, wanted: Mapping, staged: Path, told: Callable[[int], None]) -> int:
    """Stage the rows of a part as the server sends them, and return how many rows that made."""
    failed: list[Exception] = []

    def batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        try:
            for batch in reader:
                told(batch.num_rows)
                yield _plain(batch)
        except (postgresql.Error, OSError, pa.ArrowException) as error:
            failed.append(plainly(error) if isinstance(error, postgresql.Error) else PassingError(_first_line(error)))
            raise

    spill = staged.parent / f"{part.name}-{part.number}-spill"
    try:
        with session.stream(part.sql) as reader, connected(spill) as connection:
            schema = _plain(pa.RecordBatch.from_pylist([], schema=reader.schema)).schema
            arrived = pa.RecordBatchReader.from_batches(schema, batches(reader))
            connection.execute("SET preserve_insertion_order = false; SET threads = 1; SET memory_limit = '256MB'")
            connection.register("arrived", arrived)
            return stage_rows(connection, "arrived", part.name, wanted, part.spelled, staged, part.number)
    except (duckdb.Error, postgresql.Error, pa.ArrowException, OSError) as error:
        raise failed[0] if failed else _unkept(part, error) from None


def count_and_sum(session: Session, name: str, wanted: Mapping, found: Relation) -> tuple[int, int | None]:
    """Return how many rows the server counts, and what they sum to in minor units, where it can sum them exactly."""
    money = wanted.present()[name].present().get(MONEY.get(name, ""))
    if wanted.present()[name].list or money is None or found.word(money.name) not in COUNTABLE:
        return int(session.rows(f"SELECT count(*) AS n FROM {found.sql}")[0]["n"]), None
    currency, amount = wanted.present()[name].present()["currency"].name, COUNTABLE[found.word(money.name)]
    amount = amount.format(quoted(money.name))
    if money.unit != "major":
        row = session.rows(f"SELECT count(*) AS n, sum({amount})::text AS total FROM {found.sql}")[0]
        return int(row["n"]), _minor(row["total"], 0)
    rows = session.rows(f"""
        SELECT {quoted(currency)}::text AS currency, count(*) AS n, sum({amount})::text AS total
        FROM {found.sql} GROUP BY 1
    """)
    sums = [_minor(row["total"], wanted.currencies.get(row["currency"])) for row in rows]
    known = [each for each in sums if each is not None]
    return sum(int(row["n"]) for row in rows), sum(known) if len(known) == len(sums) else None


def _minor(total: str | None, decimals: int | None) -> int | None:
    """Return a sum in minor units; none for what is no whole number of them."""
    if total is None:
        return 0
    whole, _, fraction = total.partition(".")
    fraction = fraction.rstrip("0")
    if decimals is None or len(fraction) > decimals or not whole.lstrip("-").isdigit():
        return None
    return int(whole + fraction.ljust(decimals, "0"))


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without the driver's own types: numbers of any length are texts, identifiers are bytes."""
    columns = [column.storage if isinstance(column, pa.ExtensionArray) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _unkept(part: Part, error: Exception) -> TieoutError:
    said = _first_line(error)
    if isinstance(error, duckdb.OperationalError) or (isinstance(error, OSError) and error.errno):
        return TieoutError(f"the rows of {part.name} cannot be kept: {said}")
    return SourceError(f"the rows of {part.name} cannot be read: {said}.")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
