"""Where SQL runs: an engine is one function from a SQL text to an Arrow table.

What goes in: opening DuckDB and Polars over the same views, and bringing their answers to one form. What stays
out: any SQL of our own; a text is read verbatim by every engine.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from assets.kept_files import first_damaged
from assets.schemas import SUM

View = pa.Table | tuple[Path, ...]
"""What a name in SQL stands for: rows in memory, or at least one Parquet file."""

Query = Callable[[str], pa.Table]
Session = Callable[[Mapping[str, View]], Query]
"""An open engine, which gives a query over any views."""

MEMORY = "1GB"


def connected(spill: Path | None) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection of bounded memory in the zone UTC."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY}'; SET TimeZone = 'UTC'")
    connection.execute("SET temp_directory = ?", [str(spill) if spill else ""])
    return connection


def literal(value: str) -> str:
    """Write a text as SQL does."""
    return "'" + value.replace("'", "''") + "'"


def literals(paths: Iterable[Path]) -> str:
    """Write paths as a list of texts, as SQL does."""
    return f"[{', '.join(literal(str(path)) for path in paths)}]"


@contextmanager
def duckdb_engine(views: Mapping[str, View], spill: Path | None = None) -> Iterator[Query]:
    """Open the default engine; `spill` is a folder for what does not fit into memory."""
    with duckdb_session(spill) as over:
        yield over(views)


@contextmanager
def duckdb_session(spill: Path | None = None) -> Iterator[Session]:
    """Open the default engine once for many questions, each over views of its own."""
    with connected(spill) as connection:
        connection.execute("SET preserve_insertion_order = false; SET parquet_metadata_cache = true")
        known: dict[str, View] = {}

        def show(name: str, view: View) -> None:
            if isinstance(known.get(name), pa.Table):
                connection.unregister(name)
            if isinstance(view, pa.Table):
                connection.register(name, view)
            elif known.get(name) != view:
                with files_named({name: view}):
                    files = connection.read_parquet(_largest_first(view), hive_partitioning=False)
                    files.create_view(name, replace=True)
            known[name] = view

        def over(views: Mapping[str, View]) -> Query:
            def query(sql: str) -> pa.Table:
                for name, view in views.items():
                    if known.get(name) is not view:
                        show(name, view)
                with files_named(views):
                    return normalised(connection.sql(sql).to_arrow_table())

            return query

        yield over


def _largest_first(files: tuple[Path, ...]) -> list[str]:
    """Return the files in the order by which DuckDB judges best how many rows to expect: it looks at the first."""
    return [str(path) for path in sorted(files, key=lambda path: -path.stat().st_size)]


@contextmanager
def files_named(views: Mapping[str, View]) -> Iterator[None]:
    """Where a file cannot be read, say which, and what to do; every other error stays as it is."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException, FileNotFoundError, pl.exceptions.PolarsError) as error:
        files = (path for view in views.values() if isinstance(view, tuple) for path in view)
        if found := first_damaged(files):
            raise found from error
        raise


@contextmanager
def polars_engine(views: Mapping[str, View]) -> Iterator[Query]:
    """Open the second engine, whose answers the first one's are held against."""
    frames = {
        name: pl.DataFrame(view).lazy()
        if isinstance(view, pa.Table)
        else pl.scan_parquet(list(view), hive_partitioning=False)
        for name, view in views.items()
    }
    with pl.SQLContext(frames) as context:

        def query(sql: str) -> pa.Table:
            with files_named(views):
                return normalised(context.execute(sql).collect(engine="streaming").to_arrow())

        yield query


def normalised(table: pa.Table) -> pa.Table:
    """Bring any engine's answer to one Arrow type for each kind of value."""
    return table.cast(pa.schema([pa.field(field.name, _one_type(field.type)) for field in table.schema]))


def _one_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_dictionary(kind):
        return pa.string()
    if pa.types.is_decimal(kind):
        return SUM
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC")
    return kind


def ordered(table: pa.Table) -> pa.Table:
    """Return the rows in one order, whatever engine and thread they came from."""
    return table.sort_by([(name, "ascending") for name in table.column_names])
