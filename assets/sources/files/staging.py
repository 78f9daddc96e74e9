"""From the files of one table to its staged rows, one function a format.

What goes in: which files are read together, how far reading is, and which file is at fault. What stays out: what is
in a file. Files that lack a column which rows need not have are read without it, each for itself.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as Named
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import duckdb
import pyarrow as pa

from assets.columns import Table
from assets.engines import connected
from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.documents import stage_documents, wrong_with_documents
from assets.sources.files.csv_files import CsvFile
from assets.sources.files.data_files import DataFile
from assets.sources.files.parquet_files import alike, parquet_file, relation_of, wrong_with_pages
from assets.sources.json_lines import LINE_BYTES, NotJsonError, wrong_with
from assets.sources.staging import in_entry
from assets.sources.tabular import refuse_absent, stage_rows

Told = Callable[[int, int], None]
"""Called with the bytes and the rows that were read so far."""
PIECE = 1 << 20
TICK = 1.0
"""Seconds between two looks at how far DuckDB is."""


def stage_parquet(files: Sequence[DataFile], name: str, wanted: Mapping, staged: Path, told: Told) -> int:
    """Stage Parquet files, those that are alike together; DuckDB reads them itself and in parallel."""
    table, received, done = wanted.present()[name], 0, 0
    with _staging(staged) as connection:
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        read = [parquet_file(file) for file in files]
        _refuse_absent(name, table, {each.file.path: each.words for each in read})
        for number, group in enumerate(alike(read)):
            words, size = group[0].words, sum(each.file.path.stat().st_size for each in group)
            rows = sum(each.rows for each in group)
            tell = partial(_tell_part, told, (done, size), (received, rows))
            stage = partial(stage_rows, connection, relation_of(group), name, wanted, words, staged, number)
            try:
                received += _followed(connection, stage, tell)
            except duckdb.Error as error:
                raise wrong_with_pages(group, _mapped(table, words), error) from error
            done += size
            told(done, received)
    return received


def stage_csv(files: Sequence[DataFile], name: str, wanted: Mapping, staged: Path, told: Told) -> int:
    """Stage CSV files, those with the same mapped columns together, in whatever order they have them."""
    table, received, done, groups = wanted.present()[name], 0, 0, dict[tuple[str, ...], list[CsvFile]]()
    read = [CsvFile(file) for file in files]
    _refuse_absent(name, table, {file.path: file.columns for file in read})
    for file in read:
        groups.setdefault(tuple(_mapped(table, file.columns)), []).append(file)
    with _staging(staged) as connection:
        for number, (columns, group) in enumerate(groups.items()):
            batches = _CsvBatches(group, columns, partial(_tell_more, told, done, received))
            connection.register("arrived", batches.reader())
            try:
                received += stage_rows(
                    connection, "arrived", name, wanted, dict.fromkeys(columns, "text"), staged, number
                )
            except duckdb.Error as error:
                raise batches.failed or _unkept(table, error) from error
            connection.unregister("arrived")
            done += sum(file.path.stat().st_size for file in group)
    return received


def _refuse_absent(name: str, table: Table, columns: Named[Path, Collection[str]]) -> None:
    """Refuse a file without what it must have; that some have a status and others not would settle what was not."""
    for path, found in columns.items():
        refuse_absent(str(path), name, table, found)
    status = table.present().get("status")
    without = [path for path, found in columns.items() if status and status.name not in found]
    if status and without and len(without) < len(columns):
        message = f"{without[0]} has no column {status.name!r}, and other files of the table have; export it whole."
        raise SourceError(message)


def stage_json(files: Sequence[DataFile], name: str, wanted: Mapping, staged: Path, told: Told) -> int:
    """Stage JSON Lines files as one stream of documents."""
    joined = _Joined(files)
    try:
        with io.BufferedReader(joined, PIECE) as stream:
            return stage_documents(stream, name, wanted, staged, lambda _, rows: told(joined.bytes_done, rows))
    except (EOFError, OSError, zlib.error, ValueError, duckdb.Error) as error:
        wrong = isinstance(error, duckdb.Error | NotJsonError)
        fault = next((file for file in files if any(map(wrong_with, _lines(file)))), files[0]) if wrong else joined.file
        lines = _lines(fault) if wrong else []
        raise wrong_with_documents(str(fault.path), lines, error, "write or copy the file again") from error


class _CsvBatches:
    """The rows of CSV files one after the other, and what was wrong with one: SQL would only tell that it failed."""

    def __init__(self, files: Sequence[CsvFile], columns: Sequence[str], told: Told) -> None:
        self._files, self._columns, self._told = files, columns, told
        self.failed: SourceError | None = None

    def reader(self) -> pa.RecordBatchReader:
        schema = pa.schema([(column, pa.string()) for column in self._columns])
        return pa.RecordBatchReader.from_batches(schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        done = rows = 0
        try:
            for file in self._files:
                for batch in file.batches(self._columns):
                    rows += batch.num_rows
                    self._told(done + file.bytes_done, rows)
                    yield batch
                done += file.path.stat().st_size
        except SourceError as error:
            self.failed = error
            raise


class _Joined(io.RawIOBase):
    """Files one after the other as one stream, each ending with the end of a line."""

    def __init__(self, files: Sequence[DataFile]) -> None:
        self.file, self.bytes_done = files[0], 0
        self._pieces, self._pending = self._read(files), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._pending = self._pending or next(self._pieces, b"")
        part, self._pending = self._pending[: len(buffer)], self._pending[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _read(self, files: Sequence[DataFile]) -> Iterator[bytes]:
        before = 0
        for self.file in files:
            with self.file.path.open("rb") as raw, _unpacked(self.file, raw) as data:
                while piece := data.read(PIECE):
                    self.bytes_done = before + raw.tell()
                    yield piece
                before += raw.tell()
            yield b"\n"


def _lines(file: DataFile) -> Iterator[bytes]:
    with file.path.open("rb") as raw, _unpacked(file, raw) as data:
        while line := data.readline(LINE_BYTES):
            yield line


def _unpacked(file: DataFile, raw: IO[bytes]) -> "closing[IO[bytes]]":
    return closing(gzip.GzipFile(fileobj=raw) if file.packed else raw)  # type: ignore[arg-type]


@contextmanager
def _staging(staged: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connected(staged.parent) as connection:
        connection.execute("SET preserve_insertion_order = false")
        yield connection


def _mapped(table: Table, columns: Sequence[str] | dict[str, str]) -> list[str]:
    """Return the columns of a file that are mapped, in the order of the mapping."""
    names = [column.name for ours, column in table.present().items() if not in_entry(table, ours)]
    return [name for name in dict.fromkeys([*names, *([table.list] if table.list else [])]) if name in columns]


def _followed(connection: duckdb.DuckDBPyConnection, stage: Callable[[], int], tell: Callable[[float], None]) -> int:
    """Run a query beside, and tell from time to time which part of it is done; an interrupt ends it."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        running = beside.submit(stage)
        try:
            while not wait([running], timeout=TICK).done:
                tell(max(connection.query_progress(), 0) / 100)
        except BaseException:
            connection.interrupt()
            raise
        return running.result()


def _tell_part(told: Told, size: tuple[int, int], rows: tuple[int, int], part: float) -> None:
    told(size[0] + int(size[1] * part), rows[0] + int(rows[1] * part))


def _tell_more(told: Told, done: int, received: int, more: int, rows: int) -> None:
    told(done + more, received + rows)


def _unkept(table: Table, error: duckdb.Error) -> TieoutError:
    return TieoutError(f"the rows of {table.name} cannot be kept: {str(error).partition(chr(10))[0]}")
