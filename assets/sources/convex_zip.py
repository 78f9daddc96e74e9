"""A Convex snapshot export: one consistent cut of every table in a ZIP file.

What goes in: naming the snapshot, and pumping one entry at a time into DuckDB. What stays out: the container
(convex_archive) and the meaning of values (json_documents). Only mapped columns leave the ZIP.
"""

import hashlib
import json
import os
import re
import threading
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from assets.errors import SourceError
from assets.mapping import Mapping
from assets.sources.convex_archive import open_archive, refuse_lossy, table_entry
from assets.sources.json_documents import staging_sql
from assets.sources.protocol import Progress, Snapshot, Staged

NAME = re.compile(r"snapshot_(?:(?P<deployment>.+)_)?(?P<nanoseconds>[0-9]{18,19})\.zip")
CHUNK = 1 << 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BROKEN_ENTRY = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class ConvexZip:
    """The tables of one snapshot ZIP."""

    def __init__(self, path: Path) -> None:
        """Take the path of the ZIP; nothing is read yet."""
        self._path = path

    def snapshot(self) -> Snapshot:
        """Name the snapshot by the digest of the file, and by the cut and deployment in its name."""
        open_archive(self._path).close()
        with self._path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        named = NAME.fullmatch(self._path.name)
        cut_at = EPOCH + timedelta(microseconds=int(named["nanoseconds"]) // 1000) if named else None
        return Snapshot(
            kind="convex_zip",
            deployment=named["deployment"] if named else None,
            sha256=sha256,
            bytes=self._path.stat().st_size,
            cut_at=cut_at,
            proof="by construction",
        )

    def stage(self, name: str, mapping: Mapping, folder: Path, progress: Progress) -> Staged:
        """Read the documents of one table through a pipe, so that nothing is ever held whole."""
        table = mapping.present()[name]
        with open_archive(self._path) as archive:
            entry = table_entry(archive, table)
            refuse_lossy(archive, entry, table)
            staged = folder / name
            staged.mkdir()
            pipe = folder / f"{name}.pipe"
            os.mkfifo(pipe)
            select = staging_sql(name, table, str(pipe), mapping.zone)
            pump = _Pump(archive, entry, pipe, lambda done: progress(f"reading {table.name}", done, entry.file_size))
            try:
                received = _copy(select, staged, folder, by_month=name == "transactions")
            except duckdb.Error as error:
                pump.stop()
                raise SourceError(self._why(entry, pump, error)) from error
            finally:
                pump.stop()
                pipe.unlink()
            if pump.failure:
                raise SourceError(self._why(entry, pump, pump.failure)) from pump.failure
            _refuse_repeated_fields(staged, f"{self._path}: {entry.filename}")
        return Staged(folder=staged, received=received, source_rows=None)

    def _why(self, entry: zipfile.ZipInfo, pump: "_Pump", error: Exception) -> str:
        """Say which line is at fault; the slow second look is only taken when the first one failed."""
        place = f"{self._path}: {entry.filename}"
        if pump.failure:
            return f"{place} is damaged ({pump.failure}); export or download the snapshot again."
        with open_archive(self._path) as archive, archive.open(entry) as lines:
            for number, line in enumerate(lines, 1):
                if wrong := _wrong_with(line):
                    return f"{place}, line {number}: {wrong}; export the snapshot again."
        return f"{place} cannot be read: {str(error).splitlines()[0]}"


class _Pump:
    """A thread that inflates one entry into a pipe; `failure` tells why it could not."""

    def __init__(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, pipe: Path, progress: Callable[[int], None]
    ) -> None:
        self.failure: Exception | None = None
        self._pipe = pipe
        self._thread = threading.Thread(target=self._run, args=(archive, entry, progress), daemon=True)
        self._thread.start()

    def _run(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, progress: Callable[[int], None]) -> None:
        done = 0
        with self._pipe.open("wb", buffering=0) as pipe:
            try:
                with archive.open(entry) as documents:
                    while chunk := documents.read(CHUNK):
                        _write_all(pipe.fileno(), chunk)
                        done += len(chunk)
                        progress(done)
                if done != entry.file_size:
                    message = f"it ends after {done:,} of {entry.file_size:,} bytes"
                    raise zipfile.BadZipFile(message)
            except BrokenPipeError:
                return
            except BROKEN_ENTRY as error:
                self.failure = error

    def stop(self) -> None:
        """End the thread, also when nobody reads the pipe any more."""
        while self._thread.is_alive():
            reader = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)
            self._thread.join(0.05)
            os.close(reader)


def _write_all(pipe: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(pipe, view) :]


def _copy(select: str, staged: Path, spill: Path, *, by_month: bool) -> int:
    partition = ", PARTITION_BY (month), OVERWRITE_OR_IGNORE" if by_month else ""
    target = staged if by_month else staged / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'; SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = ?", [str(spill)])
        copied = connection.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet{partition})").fetchone()
    return int(copied[0]) if copied else 0


def _refuse_repeated_fields(staged: Path, place: str) -> None:
    """Refuse documents that name a field twice: which of the two is meant cannot be told."""
    with duckdb.connect() as connection:
        lists = connection.execute(
            "SELECT DISTINCT CAST(fields AS VARCHAR[]) FROM read_parquet(?)", [f"{staged}/**/*.parquet"]
        )
        for (fields,) in lists.fetchall():
            if fields is None:
                message = f"{place} has a line that is no document (an object was expected); export it again."
                raise SourceError(message)
            if repeated := {field for field in fields if fields.count(field) > 1}:
                message = f"{place} has a document with the field {min(repeated)!r} twice; export it again."
                raise SourceError(message)


def _wrong_with(line: bytes) -> str | None:
    try:
        json.loads(line.decode(), object_pairs_hook=_no_repeats)
    except UnicodeDecodeError:
        return "not valid UTF-8"
    except ValueError as error:
        return f"not valid JSON ({error})"
    return None


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)
