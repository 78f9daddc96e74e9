"""Loose files as a source: Parquet, CSV or JSON Lines, a format for each table.

What goes in: naming the files and bringing each table to its format's reader. What stays out: which files belong to
a table (data_files), and reading them (parquet_files, csv_files, documents). Files cannot prove that they show one
instant: their owner may declare it in the configuration, and no table tells more than its rows.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from assets.errors import SourceError
from assets.mapping import Connection, Mapping
from assets.parquet import digest
from assets.sources.files.csv_files import CsvFile
from assets.sources.files.data_files import DataFile, data_files, files_of
from assets.sources.files.parquet_files import parquet_file
from assets.sources.files.staging import stage_csv, stage_json, stage_parquet
from assets.sources.protocol import Earlier, FoundTable, Progress, Reading, Snapshot, Staged, Survey

STAGES = {"Parquet": stage_parquet, "CSV": stage_csv, "JSON Lines": stage_json}


class Files:
    """The tables of a folder, of the files that a pattern finds, or of one file."""

    def __init__(self, named: Path, connection: Connection) -> None:
        """Take what the user named, and the cut that is declared for it; nothing is read yet."""
        self._named, self._cut = named, connection.cut
        self._seen: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """Name the files by the digest of their names and digests."""
        files = data_files(self._named)
        try:
            lines = "".join(f"{digest(file.path)}  {file.name}\n" for file in files)
            size = sum(file.path.stat().st_size for file in files)
        except OSError as error:
            message = f"{error.filename} cannot be read: {error.strerror or error}."
            raise SourceError(message) from error
        self._seen = Snapshot(
            kind="files",
            deployment=None,
            sha256=hashlib.sha256(lines.encode()).hexdigest(),
            bytes=size,
            cut_at=self._cut.astimezone(UTC) if self._cut else None,
            proof="declared" if self._cut else "absent",
        )
        return self._seen

    def read(self, wanted: Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:  # noqa: ARG002 - files are always read whole
        """Read every table, and refuse files that were changed since they were named."""
        before = self._seen or self.snapshot()
        files = data_files(self._named)
        chosen = {name: files_of(table.name, files, self._named) for name, table in wanted.present().items()}
        staged = {name: self._stage(name, wanted, chosen[name], folder, progress) for name in chosen}
        if self.snapshot() != before:
            message = f"{self._named} changed while it was read; audit it again once it is whole."
            raise SourceError(message)
        return Reading(before, staged)

    def survey(self, wanted: Mapping) -> Survey:
        """Tell which tables there are; a Parquet file tells its rows and columns, a CSV file its columns."""
        files = data_files(self._named)
        for table in wanted.present().values():
            if any(file.table == table.name for file in files):
                files_of(table.name, files, self._named)
        cut = (
            f"declared to show {self._cut:%Y-%m-%d %H:%M:%S %Z}" if self._cut else "no cut is declared (connection.cut)"
        )
        names = sorted({file.table for file in files if file.format})
        tables = tuple(_found(name, [file for file in files if file.table == name and file.format]) for name in names)
        return Survey("files", None, (f"{len(files)} loose files; {cut}",), tables)

    def _stage(self, name: str, wanted: Mapping, files: Sequence[DataFile], folder: Path, progress: Progress) -> Staged:
        table = wanted.present()[name]
        total = sum(file.path.stat().st_size for file in files)

        def told(done: int, rows: int) -> None:
            progress(f"reading {table.name}, {rows:,} rows", min(done, total), total)

        staged = folder / name
        staged.mkdir()
        received = STAGES[str(files[0].format)](files, name, wanted, staged, told)
        counted = files[0].format == "Parquet" and not table.list
        rows = sum(parquet_file(file).rows for file in files) if counted else None
        return Staged(staged, received, source_rows=rows)


def _found(name: str, files: Sequence[DataFile]) -> FoundTable:
    if files[0].format == "Parquet":
        footers = [parquet_file(file) for file in files]
        words = {column: word for footer in footers for column, word in footer.words.items()}
        return FoundTable(name, sum(footer.rows for footer in footers), words)
    if files[0].format == "CSV":
        return FoundTable(name, None, {column: "text" for file in files for column in CsvFile(file).columns})
    return FoundTable(name, None, {})
