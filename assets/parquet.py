"""Parquet as tieout writes it: promised columns, exact row groups, page checksums, and a name that is its digest.

Stays out: which files belong together (store).
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072
Codec = Literal["gzip", "brotli", "lz4", "zstd", "snappy", "none"]
REPEATED = frozenset(
    ("wallet_id", "wallet_key", "currency", "type", "kind", "status", "created_by", "related_type", "month", "user_id")
)
"""Columns whose values come again and again: only these are worth a dictionary."""
LIGHT = frozenset(("amount", "creator_key", "delay_us"))
"""Columns that rules scan again and again: packed less, they are read two to three times as fast."""


def write_rows(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write the rows in order, in groups of exactly ROW_GROUP, and return how many there were."""
    rows = 0
    packed: dict[str, Codec] = {name: "lz4" if name in LIGHT else "zstd" for name in schema.names}
    with pq.ParquetWriter(
        path,
        schema,
        compression=packed,
        compression_level={name: 1 for name, codec in packed.items() if codec == "zstd"},
        use_dictionary=[name for name in schema.names if name in REPEATED],  # type: ignore[arg-type] # as documented
        write_page_checksum=True,
        store_schema=True,
    ) as writer:
        for group in _groups(schema, batches):
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def _groups(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Cut any run of batches into equal groups, so that the same rows give the same bytes."""
    held: list[pa.Table] = []
    count = 0
    for batch in batches:
        held.append(pa.Table.from_batches([batch]).cast(schema))
        count += batch.num_rows
        if count >= ROW_GROUP:
            whole = pa.concat_tables(held)
            full = count - count % ROW_GROUP
            for start in range(0, full, ROW_GROUP):
                yield whole.slice(start, ROW_GROUP).combine_chunks()
            held, count = [whole.slice(full)], count - full
    if count:
        yield pa.concat_tables(held).combine_chunks()


def values_present(paths: Iterable[Path]) -> dict[str, int]:
    """Return of each column how many rows have a value, from what the files say of themselves."""
    present: dict[str, int] = {}
    for path in paths:
        metadata = pq.ParquetFile(path).metadata
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                column = metadata.row_group(group).column(place)
                nulls = column.statistics.null_count if column.statistics else None
                if nulls is None:
                    message = f"{path} does not tell how many values of {column.path_in_schema} are null"
                    raise TypeError(message)
                present[column.path_in_schema] = present.get(column.path_in_schema, 0) + column.num_values - nulls
    return present


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_to_disk(path: Path) -> None:
    """Make sure that a file or folder survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
