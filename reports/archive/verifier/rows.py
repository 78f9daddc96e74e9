r"""Recompute the root of a table from its Parquet files, and name the rows that are not as they were sealed.

It needs pyarrow, and goes value by value in plain Python: a second way to what tieout computes by columns.

The first leaf of a table is `ledger/v1/<table>/<columns as JSON>`; then one leaf a row, in the order of the files:
values in the order of the columns with a tab between. NULL is \N; in a text a backslash, tab, line feed and carriage
return are \\, \t, \n and \r; whole numbers and sums are decimal; flags t or f; times are microseconds since
1970 in UTC; dates are ISO; bytes are hexadecimal; other numbers are C99 hexadecimal.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reports.archive.verifier.breaks import Break, canonical
from reports.archive.verifier.tree import Tree, leaf_hash

MARK = 8
"""Bytes of each leaf's hash that a bag keeps, so that a row can be named."""
SHOWN = 20
"""Rows of one table that are named one by one."""


def check_rows(bag: Path, name: str, sealed: dict[str, Any]) -> list[Break]:
    """Return what is not as it was sealed in one table: its rows, or that it cannot be read."""
    files = [bag / file for file in sealed["files"]]
    shown = f"{bag.name}/{sealed['files'][0]}"
    tree, marks = Tree(), bytearray()
    try:
        for leaf in _leaves(name, files, sealed["columns"]):
            tree.add(leaf)
            marks += leaf[:MARK]
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of pyarrow
        return [Break(shown, f"the rows cannot be read ({type(error).__name__})", name)]
    return compare_rows(bag, name, sealed, tree.root().hex(), bytes(marks))


def compare_rows(bag: Path, name: str, sealed: dict[str, Any], root: str, marks: bytes) -> list[Break]:
    """Return the rows by which a table differs from its seal, or the table where they cannot be told."""
    if root == sealed["root"]:
        return []
    shown = f"{bag.name}/{sealed['files'][0]}"
    try:
        before = (bag / sealed["marks"]).read_bytes()
    except OSError:
        before = b""
    told = list(_differing(_chunks(before), _chunks(marks)))
    found = [Break(shown, said, name, row) for row, said in told[:SHOWN]]
    if len(told) > SHOWN:
        found.append(Break(shown, f"{len(told) - SHOWN} more rows are not as they were sealed", name))
    return found or [Break(shown, "the rows are not those that were sealed", name)]


def _chunks(marks: bytes) -> list[bytes]:
    return [marks[start : start + MARK] for start in range(0, len(marks), MARK)]


def _differing(before: list[bytes], now: list[bytes]) -> Iterator[tuple[int | None, str]]:
    """Yield the number of each row that differs and how; the first leaf is the columns."""
    if before[:1] != now[:1]:
        yield None, "the columns are not those that were sealed"
        return
    if len(before) == len(now):
        for row, (one, other) in enumerate(zip(before, now, strict=True)):
            if one != other:
                yield row, "the row is not the one that was sealed"
        return
    gone, added = Counter(before) - Counter(now), Counter(now) - Counter(before)
    for marks, left, said in ((before, gone, "the sealed row of this number is gone"), (now, added, "the row is new")):
        for row, mark in enumerate(marks):
            if left[mark]:
                left[mark] -= 1
                yield row, said


def _leaves(name: str, files: list[Path], columns: list[list[str]]) -> Iterator[bytes]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - there may be none

    found = columns
    writers = [WRITERS[kind] for _, kind in columns]
    yield leaf_hash(f"ledger/v1/{name}/".encode() + canonical(found))
    for file in files:
        with pq.ParquetFile(file) as parquet:
            if parquet.schema_arrow.names != [column for column, _ in columns]:
                yield leaf_hash(b"other columns")
            batches = (
                batch for group in range(parquet.num_row_groups) for batch in parquet.iter_batches(row_groups=[group])
            )
            for batch in batches:
                values = [_plain(batch.column(place)) for place in range(batch.num_columns)]
                for row in zip(*values, strict=True):
                    line = "\t".join(
                        "\\N" if value is None else write(value) for write, value in zip(writers, row, strict=True)
                    )
                    yield leaf_hash(line.encode())


def _plain(column: Any) -> list[Any]:  # noqa: ANN401 - a column of pyarrow, which may not be there
    import pyarrow as pa  # noqa: PLC0415 - there may be none

    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    return list(column.to_pylist())


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t")
    return escaped.replace("\n", "\\n").replace("\r", "\\r")


WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "integer": lambda value: str(int(value)),
    "flag": lambda value: "t" if value else "f",
    "time": str,
    "date": lambda value: str(value.isoformat()),
    "bytes": lambda value: str(value.hex()),
    "number": lambda value: float(value).hex(),
}
