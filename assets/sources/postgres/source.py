"""A ledger in PostgreSQL: every table as one exported snapshot shows it, read by several readers at once.

What goes in: the snapshot, who reads what, and going on from the export before. What stays out: sessions, the
catalog, and the reading of one table (session, catalog, tables).
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Named
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assets.errors import SourceError
from assets.mapping import Mapping
from assets.promises import IDENTIFIERS
from assets.sources.postgres.catalog import Relation, relation, relation_or_none, visible_tables
from assets.sources.postgres.session import IDENTITY, PassingError, Session, Shared, in_parallel, session, share
from assets.sources.postgres.tables import count_and_sum, parts_of, read_part
from assets.sources.protocol import Earlier, FoundTable, Progress, Reading, Snapshot, Staged, Survey

TRIES = 6
BY_ROW = frozenset({"transactions", "wallets", "wallet_balances"})
"""Tables of which a row is a row of ours, so that its count at the source tells whether any is gone."""
MOST_TABLES = 100
"""Tables besides the mapped ones that are told column by column."""
REACH = 2**31 - 2**20
"""So many transactions back the age of a row still tells which came first."""


class Postgres:
    """One database, read-only."""

    def __init__(self, url: str, info: str, readers: int) -> None:
        """Take the URL for people and the one with the secrets for libpq; nothing is opened yet."""
        parts = urlsplit(url)
        self._place = f"{parts.hostname or 'localhost'}{parts.path}"
        self._info, self._readers = info, readers
        self.wait: Callable[[float], None] = time.sleep

    def snapshot(self) -> Snapshot:
        """Name the database by its cluster and name, which a move to another host keeps."""
        with self._reached() as first:
            return _named(first.rows(IDENTITY)[0], None)

    def read(self, wanted: Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:
        """Read every table in one snapshot; what fails and may pass is tried again, in a new snapshot."""
        for tried in range(1, TRIES + 1):
            try:
                return self._read(wanted, earlier, folder / f"try-{tried}", progress)
            except PassingError as error:
                if tried == TRIES:
                    message = f"PostgreSQL at {self._place} cannot be read ({error}); it was tried {TRIES} times."
                    raise SourceError(message) from None
                shutil.rmtree(folder / f"try-{tried}", ignore_errors=True)
                seconds = 2 ** (tried - 1)
                progress(f"waiting {seconds} s for PostgreSQL at {self._place} ({error})", 0, 0)
                self.wait(seconds)
        raise AssertionError

    def survey(self, wanted: Mapping) -> Survey:
        """Tell what the mapped tables have, from the catalog alone."""
        with self._reached() as first:
            identity = first.rows(IDENTITY)[0]
            shared = share(first)
            visible = visible_tables(first)
            mapped = {table.name: relation_or_none(first, table.name) for table in wanted.present().values()}
            found = [FoundTable(name, there.estimate, _words(there)) for name, there in mapped.items() if there]
            taken = {there.qualified for there in mapped.values() if there}
            left = [name for name in visible if name not in taken]
            also = [FoundTable(name, None, _words(relation(first, name, ""))) for name in left[:MOST_TABLES]]
        notes = (
            f"read as {identity['user']}, read-only, in one REPEATABLE READ snapshot; the cut will be proven",
            f"log position {shared.lsn}; row counts are the catalog's estimates",
        )
        return Survey("postgres", _named(identity, None).deployment, notes, (*found, *also), schema_is_fixed=True)

    @contextmanager
    def _reached(self) -> Iterator[Session]:
        """Open a session for a first look; whoever waits for an answer is told at once when there is none."""
        try:
            with session(self._info) as first:
                yield first
        except PassingError as error:
            message = f"PostgreSQL at {self._place} cannot be reached ({error})."
            raise SourceError(message) from None

    def _seen_by_readers(self, shared: Shared) -> Shared | None:
        """Return the snapshot that every reader shares."""
        return shared

    def _read(self, wanted: Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:
        folder.mkdir()
        tables = wanted.present()
        with session(self._info) as first:
            identity, shared = first.rows(IDENTITY)[0], share(first)
            found = {name: relation(first, table.name, f"tables.{name}.name") for name, table in tables.items()}
            since = _since(earlier, identity, shared)
            oldest = {name: since if _goes_on(name, there, wanted, earlier) else None for name, there in found.items()}
            seen = self._seen_by_readers(shared)
            parts = [
                part
                for name, there in found.items()
                for part in parts_of(name, wanted, there, oldest[name], self._readers)
            ]
            counting = [partial(count_and_sum, name=name, wanted=wanted, found=there) for name, there in found.items()]
            counted = dict(zip(found, in_parallel(self._info, seen, self._readers, counting), strict=True))
            told = _Told(progress, {name: rows for name, (rows, _) in counted.items()}, wanted)
            reading = [
                partial(read_part, part=part, wanted=wanted, staged=folder / part.name, told=told.of(part.name))
                for part in parts
            ]
            received = dict.fromkeys(found, 0)
            for part, rows in zip(parts, in_parallel(self._info, seen, self._readers, reading), strict=True):
                received[part.name] += rows
        staged = {
            name: Staged(
                folder=folder / name,
                received=received[name],
                source_rows=None if tables[name].list else counted[name][0],
                source_sum=counted[name][1],
                whole=oldest[name] is None,
            )
            for name in found
        }
        going_on = any(not each.whole for each in staged.values())
        tables_read = {name: there.identity for name, there in found.items()}
        bookmark = {**identity, "oldest": shared.oldest, "next": shared.next, "tables": tables_read}
        return Reading(_named(identity, shared), staged, earlier.export_id if earlier and going_on else None, bookmark)


class _Told:
    """Progress of several readers as one, in rows."""

    def __init__(self, progress: Progress, of: Named[str, int], wanted: Mapping) -> None:
        self._progress, self._of, self._wanted = progress, of, wanted
        self._rows = dict.fromkeys(of, 0)
        self._lock = threading.Lock()

    def of(self, name: str) -> Callable[[int], None]:
        def told(rows: int) -> None:
            with self._lock:
                self._rows[name] += rows
                done = self._rows[name]
                self._progress(f"reading {self._wanted.present()[name].name}, {done:,} rows", done, self._of[name])

        return told


def _named(identity: dict[str, Any], shared: Shared | None) -> Snapshot:
    evidence = {"snapshot": shared.snapshot, "visible": shared.visible, "lsn": shared.lsn} if shared else {}
    return Snapshot(
        kind="postgres",
        deployment=f"{identity['cluster']}/{identity['database']}",
        sha256=None,
        bytes=None,
        cut_at=shared.taken_at if shared else None,
        proof="proven",
        evidence=evidence,
    )


def _words(there: Relation) -> dict[str, str]:
    return {column: there.word(column) for column in there.types}


def _since(earlier: Earlier | None, identity: dict[str, Any], shared: Shared) -> int | None:
    """Return the transaction before which nothing is new; none where that cannot be told, so that all is read.

    A server that was promoted, restored or only started again may count from another state on: there the numbers prove
    nothing.
    """
    if earlier is None:
        return None
    left = earlier.bookmark
    same = all(left.get(key) == identity[key] for key in ("cluster", "database", "timeline", "started"))
    if not same or left["next"] > shared.next or shared.next - left["oldest"] > REACH:
        return None
    return int(left["oldest"])


def _goes_on(name: str, there: Relation, wanted: Mapping, earlier: Earlier | None) -> bool:
    """Tell whether what is new in a table can be told from what was read: it is that very table, and ids are single."""
    identifier = wanted.present()[name].present()[IDENTIFIERS[name]].name
    same = earlier is not None and earlier.bookmark.get("tables", {}).get(name) == there.identity
    return same and there.by_row and name in BY_ROW and identifier in there.unique
