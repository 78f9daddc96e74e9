"""Sessions on PostgreSQL: read-only, all in one snapshot, and what their errors mean.

What goes in: opening, exporting and sharing a snapshot, and turning the server's errors into sentences. What stays
out: what is read (catalog, source).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import adbc_driver_manager.dbapi
import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa

from assets.errors import SourceError

NO_SUCH_OBJECT = "42704"
"""Also of an exported snapshot whose session was ended."""
T = TypeVar("T")
GIVEN = "the password that PGPASSWORD, PGPASSFILE or connection.password_file gives"
PASSING = ("08", "40", "53", "57P", "58")
"""Classes of SQLSTATE that pass: lost connections, conflicts, want of resources, shutdowns and restarts, I/O."""
FIRST = """
    SELECT pg_current_snapshot()::text AS visible, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next, pg_export_snapshot() AS snapshot,
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn,
        clock_timestamp() AS taken_at
"""
IDENTITY = """
    SELECT (SELECT system_identifier::text FROM pg_control_system()) AS cluster, current_database()::text AS database,
        (SELECT timeline_id::bigint FROM pg_control_checkpoint()) AS timeline, current_user::text AS "user",
        pg_postmaster_start_time()::text AS started
"""


class PassingError(Exception):
    """The server or the way to it failed in a manner that may pass; the message says how."""


@dataclass(frozen=True)
class Shared:
    """One exported snapshot that every reader shares, for as long as its first session lives."""

    snapshot: str
    visible: str
    oldest: int
    """No transaction before this one was under way."""
    next: int
    lsn: str
    taken_at: datetime


class Session:
    """One connection in one read-only transaction."""

    def __init__(self, connection: adbc_driver_manager.dbapi.Connection) -> None:
        """Take a connection whose transaction has begun."""
        self._connection = connection
        self._reading: adbc_driver_manager.dbapi.Cursor | None = None

    def stop(self) -> None:
        """End the query that is being read, from another thread: its reader is told that it was cancelled."""
        if reading := self._reading:
            with suppress(postgresql.Error):
                reading.adbc_statement.cancel()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return the few rows of a query."""
        with said_plainly(), closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            rows: list[dict[str, Any]] = cursor.fetch_arrow_table().to_pylist()
            return rows

    @contextmanager
    def stream(self, sql: str) -> Iterator[pa.RecordBatchReader]:
        """Give the rows of a query batch by batch, as the server sends them."""
        with closing(self._connection.cursor()) as cursor:
            self._reading = cursor
            try:
                with said_plainly():
                    cursor.execute(sql)
                    rows = cursor.fetch_record_batch()
                yield rows
            finally:
                self._reading = None


@contextmanager
def session(info: str, shared: Shared | None = None) -> Iterator[Session]:
    """Open a session in a REPEATABLE READ, READ ONLY transaction, in the shared snapshot if one is given."""
    with said_plainly():
        connection = postgresql.connect(info, autocommit=False)
    try:
        with said_plainly(), closing(connection.cursor()) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if shared:
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{shared.snapshot}'")
        yield Session(connection)
    finally:
        connection.close()


def in_parallel(info: str, shared: Shared | None, readers: int, jobs: Sequence[Callable[[Session], T]]) -> list[T]:
    """Return what each job answers; each reader has one session, and all sessions see the shared snapshot.

    The first failure, and an interrupt, ends what the other readers are reading.
    """
    mine, opened = threading.local(), list[Session]()
    with ExitStack() as sessions, ThreadPoolExecutor(readers) as pool:

        def done(job: Callable[[Session], T]) -> T:
            if not hasattr(mine, "session"):
                mine.session = sessions.enter_context(session(info, shared))
                opened.append(mine.session)
            return job(mine.session)

        pending = [pool.submit(done, job) for job in jobs]
        try:
            failed = next((each for each in as_completed(pending) if each.exception()), None)
            return [each.result() for each in ([failed] if failed else pending)]
        except BaseException:
            for unread in pending:
                unread.cancel()
            for reader in opened:
                reader.stop()
            raise


def share(first: Session) -> Shared:
    """Export the snapshot of a session."""
    return Shared(**first.rows(FIRST)[0])


@contextmanager
def said_plainly() -> Iterator[None]:
    """Raise PassingError for what may pass and SourceError for the rest, without what else the driver knows."""
    try:
        yield
    except postgresql.Error as error:
        raise plainly(error) from None


def plainly(error: postgresql.Error) -> Exception:
    """Return a driver's error as a sentence."""
    state = getattr(error, "sqlstate", None) or ""
    said = _server_words(str(error))
    if state.startswith("28"):
        return SourceError(f"PostgreSQL refused the login ({said}); check {GIVEN}.")
    if state == "42501":
        return SourceError(f"PostgreSQL does not let this role read ({said}); GRANT SELECT on the mapped tables to it.")
    if state.startswith(PASSING) or not state or (state == NO_SUCH_OBJECT and "snapshot" in said):
        return _lasting(said) or PassingError(said)
    return SourceError(f"PostgreSQL: {said} (SQLSTATE {state}).")


def _lasting(said: str) -> SourceError | None:
    """Return what no waiting mends, though the driver gives it no SQLSTATE: a login that failed."""
    for sign in ("password authentication failed", "no password supplied", "no pg_hba.conf entry", "does not exist"):
        if sign in said:
            return SourceError(f"PostgreSQL refused the connection ({said}); check the URL, and {GIVEN}.")
    return None


def _server_words(said: str) -> str:
    """Cut the server's own words out of a driver's message, on one line."""
    line = next((line for line in said.splitlines() if "ERROR:" in line or "FATAL:" in line), said.partition("\n")[0])
    for sign in ("ERROR:", "FATAL:"):
        line = line.rpartition(sign)[2]
    return " ".join(line.split()).rstrip(".")
