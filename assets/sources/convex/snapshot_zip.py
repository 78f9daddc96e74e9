"""A Convex snapshot export: one consistent cut of every table in a ZIP file.

What goes in: naming the snapshot, and reading one entry at a time. What stays out: the container (archive)
and what its documents mean (documents, json_documents). Only mapped columns stay.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.convex.archive import (
    BROKEN_ENTRY,
    Archive,
    Entry,
    lines_of,
    open_archive,
    refuse_lossy,
    table_entry,
    tables_of,
)
from assets.sources.documents import stage_documents, wrong_with_documents
from assets.sources.protocol import Earlier, FoundTable, Progress, Reading, Snapshot, Staged, Survey

NAME = re.compile(r"snapshot_(?:(?P<deployment>.+)_)?(?P<nanoseconds>[0-9]{18,19})(?:\.zip)?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ConvexZip:
    """The tables of one snapshot ZIP."""

    kind = "convex_zip"

    def __init__(self, path: Path) -> None:
        """Take the path of the ZIP; nothing is read yet."""
        self.path = path

    def opened(self) -> AbstractContextManager[Archive]:
        """Open the container; raise SourceError when there is none."""
        return open_archive(self.path)

    def name(self) -> str:
        """Return the name that Convex gave the snapshot, if it still has it."""
        return self.path.name

    def digest(self) -> tuple[str, int]:
        """Return what names the bytes of the snapshot, and how many there are."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), self.path.stat().st_size

    def snapshot(self) -> Snapshot:
        """Name the snapshot by its digest, and by the cut and deployment in its name."""
        with self.opened():
            sha256, size = self.digest()
        named = NAME.fullmatch(self.name())
        cut_at = EPOCH + timedelta(microseconds=int(named["nanoseconds"]) // 1000) if named else None
        deployment = named["deployment"] if named else None
        return Snapshot(self.kind, deployment, sha256, size, cut_at, "by construction")

    def read(self, wanted: Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:  # noqa: ARG002 - a snapshot is always whole
        """Read every table of the snapshot, and refuse one that was replaced meanwhile."""
        snapshot = self.snapshot()
        staged = {name: self.stage(name, wanted, folder, progress) for name in wanted.present()}
        if self.snapshot() != snapshot:
            message = "the source changed while it was read; audit it again once it is whole."
            raise SourceError(message)
        return Reading(snapshot, staged)

    def survey(self, wanted: Mapping) -> Survey:  # noqa: ARG002 - the archive tells the same to everybody
        """Tell which tables the archive has; only its rows could tell their columns."""
        snapshot = self.snapshot()
        with self.opened() as archive:
            tables = tuple(FoundTable(name, None, {}) for name in tables_of(archive))
        cut = f"cut {snapshot.cut_at:%Y-%m-%d %H:%M:%S} UTC" if snapshot.cut_at else "the name does not tell the cut"
        return Survey(snapshot.kind, snapshot.deployment, (f"a Convex snapshot export; {cut}",), tables)

    def stage(self, name: str, wanted: Mapping, folder: Path, progress: Progress) -> Staged:
        """Read the documents of one table chunk by chunk, so that nothing is ever held whole."""
        table = wanted.present()[name]
        done = 0

        def told(bytes_done: int, rows: int) -> None:
            nonlocal done
            done = bytes_done
            progress(f"reading {table.name}, {rows:,} rows", done, entry.size)

        with self.opened() as archive:
            entry = table_entry(archive, table)
            refuse_lossy(archive, entry, table)
            try:
                with entry.open() as documents:
                    received = stage_documents(documents, name, wanted, folder / name, told)
                if done != entry.size:
                    message = f"it ends after {done:,} of {entry.size:,} bytes"
                    raise zipfile.BadZipFile(message)
            except (*BROKEN_ENTRY, ValueError, duckdb.Error) as error:
                raise self._wrong(entry, error) from error
        return Staged(folder=folder / name, received=received)

    def _wrong(self, entry: Entry, error: Exception) -> TieoutError:
        def lines() -> Iterator[bytes]:
            with suppress(*BROKEN_ENTRY), closing(lines_of(entry)) as whole:
                yield from whole

        return wrong_with_documents(
            f"{self.path}: {entry.name}", lines(), error, "export or download the snapshot again"
        )
