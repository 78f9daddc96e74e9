"""Parquet as tieout writes it: promised columns, exact row groups, page checksums, and a name that is its digest.

Stays out: which files belong together (store).
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072


def write_rows(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write the rows in order, in groups of exactly ROW_GROUP, and return how many there were."""
    rows = 0
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, write_page_checksum=True, store_schema=True
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
