"""Cutting the documents of a stream out of its pages.

What goes in: how the pages of each interface lay out their entries, and documents as a stream of lines. What stays
out: which of them count (revisions). It is DuckDB that cuts: it keeps `100` apart from `100.0`, a name that
stands twice, and every wrapper; Python's numbers are nowhere on the way.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from assets.engines import literal, literals
from assets.sources.convex.pages import Page

BATCH_BYTES, BATCH_ROWS = 64 << 20, 20_000


@dataclass(frozen=True)
class Layout:
    """How the pages of an interface lay out their entries."""

    places: tuple[str, str, str, str, str, str]
    """JSON paths of component, table, commit, tombstone, id and document."""
    document: str
    """SQL that makes of `body` and `ts` a document with the field `_ts`."""


class DocumentLines(io.RawIOBase):
    """Documents in Arrow as a stream of JSON Lines."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Take batches of one text column."""
        self._batches, self._rest = batches, memoryview(b"")

    def readable(self) -> bool:
        """Tell that it is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill what fits of the lines at hand; 0 at their end."""
        while not self._rest and (batch := next(self._batches, None)) is not None:
            lines = cast("list[bytes]", batch.column(0).cast(pa.large_binary()).to_pylist())
            self._rest = memoryview(b"".join(b"%b\n" % line for line in lines))
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def sort_out(connection: duckdb.DuckDBPyConnection, pages: Sequence[Page], layout: Layout, folder: Path) -> None:
    """Write the entries of all pages as rows of Parquet files, each with the number of its page."""
    for number, batch in enumerate(_batches(pages)):
        _copy(connection, batch, layout, folder / f"entries-{number}.parquet")


def document_lines(connection: duckdb.DuckDBPyConnection, select: str) -> io.BufferedReader:
    """Return the one text column of a query as a stream of lines."""
    batches = connection.sql(select).to_arrow_reader(BATCH_ROWS)
    return io.BufferedReader(DocumentLines(iter(batches)), 1 << 20)


def _batches(pages: Sequence[Page]) -> Iterator[list[Path]]:
    """Yield pages of some megabytes together, so that neither files nor rows are many at once."""
    batch: list[Path] = []
    size = 0
    for page in pages:
        batch.append(page.path)
        size += page.path.stat().st_size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _copy(connection: duckdb.DuckDBPyConnection, batch: Sequence[Path], layout: Layout, target: Path) -> None:
    """Write the entries of pages as rows, each with the number of its page."""
    largest = max(path.stat().st_size for path in batch)
    places = ", ".join(map(literal, layout.places))
    connection.execute(f"""
        COPY (
            WITH read AS (
                SELECT filename, unnest(json_extract(json, '$.values[*]')) AS entry
                FROM read_json_objects({literals(Path(escape(str(path))) for path in batch)}, format = 'unstructured',
                    filename = true, maximum_object_size = {largest + 1})),
            found AS (SELECT filename, json_extract(entry, [{places}]) AS found FROM read),
            named AS (
                SELECT CAST(regexp_extract(filename, 'page-([0-9]+)[.]json$', 1) AS INTEGER) AS page,
                    found[1] ->> '$' AS component, found[2] ->> '$' AS table_name,
                    CAST(CAST(found[3] AS VARCHAR) AS BIGINT) AS ts,
                    COALESCE(CAST(found[4] AS VARCHAR) = 'true', false) AS deleted,
                    found[5] ->> '$' AS id, CAST(found[6] AS VARCHAR) AS body
                FROM found)
            SELECT page, component, table_name, ts, deleted, id, {layout.document} AS document FROM named
        ) TO {literal(str(target))} (FORMAT parquet)
    """)
