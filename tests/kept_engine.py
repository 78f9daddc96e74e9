"""DuckDB opened once a process: opening it takes longer than most rules do.

What goes in: lending one connection over rows in memory, set as the auditor's own is, and one engine as an audit opens
it. What stays out: what is asked of them.
"""

import atexit
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache

import duckdb
import pyarrow as pa

from assets.engines import Query, Session, connected, duckdb_session, normalised


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = connected(None)
    connection.execute("SET preserve_insertion_order = false")
    return connection


@cache
def kept_session() -> Session:
    """Return an engine that is open to the end, for questions over any views; it forgets none of them."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(duckdb_session())


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
