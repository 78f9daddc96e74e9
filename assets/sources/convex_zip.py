"""A Convex snapshot export: one consistent cut of every table in a ZIP file.

What goes in: naming the snapshot, and reading one entry at a time into Parquet. What stays out: the container
(convex_archive), how an entry gets into DuckDB (pump) and the meaning of values (json_documents).
Only mapped columns leave the ZIP.
"""

import hashlib
import os
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.convex_archive import lines_of, open_archive, refuse_lossy, table_entry
from assets.sources.json_documents import staging_sql
from assets.sources.json_lines import NotJsonError, Pump, wrong_with
from assets.sources.protocol import Progress, Snapshot, Staged

NAME = re.compile(r"snapshot_(?:(?P<deployment>.+)_)?(?P<nanoseconds>[0-9]{18,19})\.zip")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
            pump = Pump(archive, entry, pipe, lambda done: progress(f"reading {table.name}", done, entry.file_size))
            try:
                received = _copy(select, staged, folder, by_month=name == "transactions")
            except duckdb.OperationalError as error:
                message = f"the rows of {table.name} cannot be kept: {_first_line(error)}"
                raise TieoutError(message) from error
            except duckdb.Error as error:
                pump.stop()
                raise SourceError(self._why(entry, pump.failure or error)) from error
            finally:
                pump.stop()
                pipe.unlink()
            if pump.failure:
                raise SourceError(self._why(entry, pump.failure)) from pump.failure
            if received:
                _refuse_strange_documents(staged, f"{self._path}: {entry.filename}")
        return Staged(folder=staged, received=received, source_rows=None)

    def _why(self, entry: zipfile.ZipInfo, error: Exception) -> str:
        """Say which line is at fault; the slow second look is only taken when the first one failed."""
        place = f"{self._path}: {entry.filename}"
        if not isinstance(error, duckdb.Error | NotJsonError):
            return f"{place} is damaged ({error}); export or download the snapshot again."
        with open_archive(self._path) as archive:
            for number, line in enumerate(lines_of(archive, entry), 1):
                if wrong := wrong_with(line):
                    return f"{place}, line {number}: {wrong}; export the snapshot again."
        return f"{place} cannot be read ({_first_line(error)}); export the snapshot again."


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _copy(select: str, staged: Path, spill: Path, *, by_month: bool) -> int:
    partition = ", PARTITION_BY (month), OVERWRITE_OR_IGNORE" if by_month else ""
    target = staged if by_month else staged / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'; SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = ?", [str(spill)])
        copied = connection.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet{partition})").fetchone()
    return int(copied[0]) if copied else 0


def _refuse_strange_documents(staged: Path, place: str) -> None:
    """Refuse lines that are no object, and objects that name a field twice: which is meant cannot be told."""
    with duckdb.connect() as connection:
        found = connection.execute(
            """
            SELECT list_filter(names, lambda name, i: list_position(names, name) < i)[1] FROM (
                SELECT DISTINCT unnest(CAST(fields AS VARCHAR[][])) AS names FROM read_parquet(?)
            ) WHERE len(names) = 0 OR len(list_distinct(names)) < len(names) LIMIT 1
            """,
            [f"{staged}/**/*.parquet"],
        ).fetchone()
    if found:
        what = f"a document with the field {found[0]!r} twice" if found[0] else "a line that is no object with fields"
        message = f"{place} has {what}; export the snapshot again."
        raise SourceError(message)
