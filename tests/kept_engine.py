"""DuckDB over rows in memory, opened once a process: opening it takes longer than most rules do.

What goes in: lending the one connection, set as the auditor's own is. What stays out: files, and how an audit opens its
engine (its own tests).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import duckdb
import pyarrow as pa

from assets.engines import Query, connected, normalised


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = connected(None)
    connection.execute("SET preserve_insertion_order = false")
    return connection


@contextmanager
def kept_engine(views: Mapping[str, pa.Table]) -> Iterator[Query]:
    """Lend the default engine over these views, and let it forget them."""
    connection = _connection()
    for name, rows in views.items():
        connection.register(name, rows)
    try:
        yield lambda sql: normalised(connection.sql(sql).to_arrow_table())
    finally:
        for name in views:
            connection.unregister(name)
