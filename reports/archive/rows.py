"""Canonical rows: the one text of every row, whatever Parquet it lies in, and the root over all of a table.

What goes in: the way by columns, fast enough for millions of rows. What stays out: what the form is (verifier.rows,
which recomputes it value by value), and which tables are kept (bag).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.errors import TieoutError
from reports.archive.verifier.breaks import canonical
from reports.archive.verifier.rows import MARK
from reports.archive.verifier.tree import Tree

ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
BATCH = 65_536


@dataclass(frozen=True)
class Root:
    """The identity of a table's rows."""

    rows: int
    root: str
    columns: tuple[tuple[str, str], ...]


def table_root(name: str, files: Sequence[Path], marks: BinaryIO | None = None) -> Root:
    """Return the root of a table, a batch of rows at a time; `marks` is given the first bytes of each leaf's hash."""
    columns = columns_of(name, files)
    tree = Tree()
    for batch in leaf_lines(name, files, columns):
        leaves = [hashlib.sha256(b"\0" + line).digest() for line in batch]
        for leaf in leaves:
            tree.add(leaf)
        if marks:
            marks.write(b"".join(leaf[:MARK] for leaf in leaves))
    return Root(tree.size - 1, tree.root().hex(), columns)


def columns_of(name: str, files: Sequence[Path]) -> tuple[tuple[str, str], ...]:
    """Return the columns of a table, each with the kind of its values; raise TieoutError for one without a form."""
    schema = pq.read_schema(files[0])
    kinds = [(field.name, _kind(field.type)) for field in schema]
    if unknown := [column for column, kind in kinds if kind is None]:
        message = f"{name}.{unknown[0]} is {schema.field(unknown[0]).type}, which has no canonical form."
        raise TieoutError(message)
    return tuple((column, str(kind)) for column, kind in kinds)


def _kind(kind: pa.DataType) -> str | None:
    """Return what values of a type are; an encoding is no part of it."""
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    families: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
        (pa.types.is_string, "text"),
        (pa.types.is_large_string, "text"),
        (pa.types.is_string_view, "text"),
        (pa.types.is_null, "text"),
        (pa.types.is_integer, "integer"),
        (lambda each: pa.types.is_decimal(each) and each.scale == 0, "integer"),
        (pa.types.is_boolean, "flag"),
        (pa.types.is_timestamp, "time"),
        (pa.types.is_date, "date"),
        (pa.types.is_binary, "bytes"),
        (pa.types.is_large_binary, "bytes"),
        (pa.types.is_floating, "number"),
    )
    return next((name for is_one, name in families if is_one(kind)), None)


def leaf_lines(name: str, files: Sequence[Path], columns: tuple[tuple[str, str], ...]) -> Iterator[list[bytes]]:
    """Yield what the leaves of a table's tree are of, in batches: first its columns, then a line a row."""
    yield [f"ledger/v1/{name}/".encode() + canonical([list(column) for column in columns])]
    for file in files:
        if columns_of(name, [file]) != columns:
            message = f"{file} has other columns than the rest of {name}."
            raise TieoutError(message)
        with pq.ParquetFile(file) as parquet:
            for batch in _batches(parquet):
                yield lines(batch, [kind for _, kind in columns])


def _batches(parquet: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """Yield the rows group by group: a reader of many groups holds what it has read of them."""
    for group in range(parquet.num_row_groups):
        yield from parquet.iter_batches(batch_size=BATCH, row_groups=[group])


def lines(batch: pa.RecordBatch, kinds: Sequence[str]) -> list[bytes]:
    """Return the canonical text of each row."""
    written = [_written(batch.column(place), kind) for place, kind in enumerate(kinds)]
    joined: Any = pc.binary_join_element_wise(*written, pa.scalar("\t", pa.large_string()))
    return list(joined.cast(pa.large_binary()).to_pylist())


def _written(column: Any, kind: str) -> Any:  # noqa: ANN401 - pyarrow's stubs know too few types
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = WRITERS[kind](column)
    return pc.fill_null(text.cast(pa.large_string()), pa.scalar("\\N", pa.large_string()))


def _text(column: Any) -> Any:  # noqa: ANN401 - as above
    column = column.cast(pa.large_string())
    for sign, escaped in ESCAPES:
        if pc.any(pc.match_substring(column, sign)).as_py():
            column = pc.replace_substring(column, sign, escaped)
    return column


def _time(column: Any) -> Any:  # noqa: ANN401 - as above
    return column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64()).cast(pa.string())


def _by_value(write: Callable[[Any], str]) -> Callable[[Any], Any]:
    def written(column: Any) -> Any:  # noqa: ANN401 - as above
        return pa.array([None if value is None else write(value) for value in column.to_pylist()], pa.large_string())

    return written


WRITERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "integer": lambda column: column.cast(pa.string()),
    "flag": lambda column: pc.if_else(column, "t", "f"),
    "time": _time,
    "date": _by_value(lambda value: str(value.isoformat())),
    "bytes": _by_value(lambda value: str(value.hex())),
    "number": _by_value(lambda value: float(value).hex()),
}
