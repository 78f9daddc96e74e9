"""A Convex snapshot export: one consistent cut of every table in a ZIP file.

What goes in: naming the snapshot, and reading one entry at a time into Parquet. What stays out: the container
(convex_archive), how lines come in chunks (chunks) and what values mean (json_documents). Only mapped columns stay.
"""

import hashlib
import re
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path

import duckdb

from assets.engines import connected, literal
from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.chunks import line_chunks
from assets.sources.convex_archive import BROKEN_ENTRY, lines_of, open_archive, refuse_lossy, table_entry
from assets.sources.json_documents import staging_sql
from assets.sources.json_lines import NotJsonError, wrong_with
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
        """Read the documents of one table chunk by chunk, so that nothing is ever held whole."""
        table = mapping.present()[name]
        staged, received, done = folder / name, 0, 0
        staged.mkdir()
        with open_archive(self._path) as archive, connected(folder) as connection:
            connection.execute("SET preserve_insertion_order = false")
            entry = table_entry(archive, table)
            refuse_lossy(archive, entry, table)
            try:
                with archive.open(entry) as documents:
                    for number, (chunk, done) in enumerate(line_chunks(documents, folder)):
                        select = staging_sql(name, table, str(chunk), mapping.zone)
                        received += _copy(connection, select, staged, number, by_month=name == "transactions")
                        progress(f"reading {table.name}", done, entry.file_size)
                if done != entry.file_size:
                    message = f"it ends after {done:,} of {entry.file_size:,} bytes"
                    raise zipfile.BadZipFile(message)
                if received and (wrong := _strange_document(connection, staged)):
                    raise NotJsonError(wrong)
            except (*BROKEN_ENTRY, ValueError, duckdb.Error) as error:
                raise self._said(entry, error) from error
        return Staged(folder=staged, received=received, source_rows=None)

    def _said(self, entry: zipfile.ZipInfo, error: Exception) -> TieoutError:
        """Say what is wrong, and on which line; that slow second look is only taken when the first one failed."""
        place, said = f"{self._path}: {entry.filename}", str(error).partition("\n")[0]
        if isinstance(error, duckdb.OperationalError) or (isinstance(error, OSError) and error.errno):
            return TieoutError(f"the rows of {entry.filename} cannot be kept: {said}")
        if not isinstance(error, duckdb.Error | NotJsonError):
            return SourceError(f"{place} is damaged ({said}); export or download the snapshot again.")
        with open_archive(self._path) as archive, suppress(*BROKEN_ENTRY), closing(lines_of(archive, entry)) as lines:
            for number, line in enumerate(lines, 1):
                if wrong := wrong_with(line):
                    return SourceError(f"{place}, line {number}: {wrong}; export the snapshot again.")
        return SourceError(f"{place} cannot be read: {said}; export the snapshot again.")


def _copy(connection: duckdb.DuckDBPyConnection, select: str, staged: Path, number: int, *, by_month: bool) -> int:
    months = f", PARTITION_BY (month), OVERWRITE_OR_IGNORE, FILENAME_PATTERN 'rows-{number}-{{i}}'" if by_month else ""
    target = literal(str(staged if by_month else staged / f"rows-{number}.parquet"))
    copied = connection.execute(f"COPY ({select}) TO {target} (FORMAT parquet{months})").fetchone()
    return int(copied[0]) if copied else 0


def _strange_document(connection: duckdb.DuckDBPyConnection, staged: Path) -> str | None:
    """Tell of a line that is no object, or an object that names a field twice: which is meant cannot be told."""
    found = connection.execute(
        """
        SELECT list_filter(names, lambda name, i: list_position(names, name) < i)[1]
        FROM (SELECT unnest(CAST(fields AS VARCHAR[][])) AS names FROM (SELECT DISTINCT fields FROM read_parquet(?)))
        WHERE len(names) = 0 OR len(list_distinct(names)) < len(names) LIMIT 1
        """,
        [f"{escape(str(staged))}/**/*.parquet"],
    ).fetchone()
    if not found:
        return None
    return f"a document has the field {found[0]!r} twice" if found[0] else "a line is no object with fields"
