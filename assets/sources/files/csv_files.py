"""CSV files as batches of text: RFC 4180 in UTF-8 with a header, and nothing guessed but the delimiter.

What goes in: bytes to columns of text, strictly. What stays out: what the texts mean (tabular). An empty field is
null, and `""` is an empty text; lines may end as on any system, and empty ones are passed over. Arrow reads the
fields; what it lets pass is refused before it sees it: a quote amid a field, and a last field that is never closed,
as a torn file leaves one.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import IO

import pyarrow as pa
import pyarrow.csv

from assets.errors import SourceError
from assets.sources.files.data_files import DataFile

BLOCK = 4 << 20
"""No line may be longer."""
DELIMITERS = (",", ";", "\t")
MARK = b"\xef\xbb\xbf"
"""What some programs write before UTF-8."""
ROW = re.compile(r"Row #([0-9]+)")
FIELDS = re.compile(r"Expected ([0-9]+) columns, got ([0-9]+)")
BROKEN = (OSError, EOFError, zlib.error, pa.ArrowException, ValueError)
"""What reading a damaged file raises."""


class CsvFile:
    """One file: its columns, and how far its rows are read."""

    def __init__(self, file: DataFile) -> None:
        """Read the header; raise SourceError when there is none that can be used."""
        self.path, self.bytes_done, self._file = file.path, 0, file
        try:
            with file.path.open("rb") as raw, _unpacked(file, raw) as data:
                lines = iter(lambda: data.readline(BLOCK), b"")
                header = next((line for line in lines if line.removeprefix(MARK).strip(b"\r\n")), b"")
            text = header.removeprefix(MARK).decode()
        except BROKEN as error:
            raise self._wrong(error) from error
        self._delimiter = max(DELIMITERS, key=lambda each: len(_fields(text, each)))
        self.columns = _fields(text, self._delimiter)
        if not self.columns:
            message = f"{file.path} has no header; a CSV file begins with the names of its columns."
            raise SourceError(message)
        if twice := next((name for i, name in enumerate(self.columns) if name in self.columns[:i]), None):
            message = f"{file.path} names the column {twice!r} twice; name each once."
            raise SourceError(message)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows, of these columns only; raise SourceError in one sentence about the row that is wrong."""
        try:
            with self.path.open("rb") as raw, _unpacked(self._file, raw) as data:
                reader = pyarrow.csv.open_csv(
                    io.BufferedReader(_Strict(data, self._delimiter.encode()), BLOCK),
                    read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK),
                    parse_options=pyarrow.csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                    convert_options=pyarrow.csv.ConvertOptions(
                        column_types=dict.fromkeys(self.columns, pa.string()),
                        include_columns=list(columns),
                        null_values=[""],
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=False,
                    ),
                )
                for batch in reader:
                    self.bytes_done = raw.tell()
                    yield batch
        except BROKEN as error:
            raise self._wrong(error) from error

    def _wrong(self, error: Exception) -> SourceError:
        """Say what is wrong without a word of what the row says."""
        said, row = str(error).partition("\n")[0], ROW.search(str(error))
        place = f"{self.path}, row {row[1]}" if row else str(self.path)
        if fields := FIELDS.search(said):
            what = f"it has {fields[2]} fields, and the header has {fields[1]}"
        elif isinstance(error, UnicodeDecodeError) or "invalid UTF8" in said:
            what = "it is not valid UTF-8"
        elif "straddl" in said:
            what = f"a line is longer than {BLOCK >> 20} MiB"
        elif isinstance(error, OSError) and error.errno:
            what = f"it cannot be read, {error.strerror}"
        else:
            what = "it cannot be read" if isinstance(error, pa.ArrowException) else said
        return SourceError(f"{place}: {what}; export the file again.")


class NotCsvError(ValueError):
    """A line is not CSV; the message says why."""


class _Strict(io.RawIOBase):
    """The bytes of a file as they are, but for a mark before them and the end of the last line, which is added."""

    def __init__(self, data: IO[bytes], delimiter: bytes) -> None:
        self._data, self._lines, self._quotes = data, 0, 0
        self._before, self._pending, self._ended = b"\n", b"", False
        self._amid = re.compile(rb'"(?<![\n\r"%(d)b]")(?:"")*(?![\n\r"%(d)b])' % {b"d": delimiter})

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._pending and not self._ended:
            self._pending = self._data.read(len(buffer))
            if self._before == b"\n" and not self._lines:
                self._pending = self._pending.removeprefix(MARK)
            if not self._pending:
                self._ended = True
                self._pending = b"" if self._before.endswith(b"\n") else b"\n"
            self._check(self._pending)
        part, self._pending = self._pending[: len(buffer)], self._pending[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _check(self, piece: bytes) -> None:
        """Judge every run of quotes whose both sides are known; the one at the end waits for the next piece."""
        self._quotes += piece.count(b'"')
        known = self._before + piece
        whole = known if self._ended else known.rstrip(b'"')
        if self._quotes and (stray := self._amid.search(known, 0, len(whole))):
            line = self._lines + known.count(b"\n", 0, stray.start())
            message = f"a quote stands amid a field on line {line}; quotes inside a quoted field are doubled"
            raise NotCsvError(message)
        if self._ended and self._quotes % 2:
            message = "it ends inside a quoted field"
            raise NotCsvError(message)
        self._lines += whole.count(b"\n", 0, max(len(whole) - 1, 0))
        self._before = known[max(len(whole) - 1, 0) :]


def _fields(header: str, delimiter: str) -> list[str]:
    """Return the names in a header, none where it is not delimited so."""
    try:
        return next(csv.reader([header], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _unpacked(file: DataFile, raw: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """Unpack as it is read; the checksum of what was packed is held to."""
    return gzip.GzipFile(fileobj=raw) if file.packed else nullcontext(raw)  # type: ignore[return-value]
