"""Parquet files as relations for SQL: their columns by our words, and how many rows they say they have.

What goes in: footers, and reading what they promise. What stays out: which files belong together (data_files) and
what the columns mean (tabular).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import escape

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets.engines import literal
from assets.errors import SourceError, TieoutError
from assets.sources.files.data_files import DataFile

WIDEST_DECIMAL = 38
"""DuckDB reads a wider one as a float."""
UUID_BYTES = 16


@dataclass(frozen=True)
class ParquetFile:
    """What the footer of a file says."""

    file: DataFile
    rows: int
    words: dict[str, str]
    """How each column is spelled."""
    schema: str


def parquet_file(file: DataFile) -> ParquetFile:
    """Read the footer of a file; raise SourceError when there is none, as in a torn file."""
    try:
        with pq.ParquetFile(file.path) as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _torn(file, error) from error
    names = [name.casefold() for name in schema.names]
    if twice := next((name for name in names if names.count(name) > 1), None):
        message = f"{file.path} has two columns named {twice!r}, but for capital letters; rename one."
        raise SourceError(message)
    words = {field.name: word_of(field.type) for field in schema}
    return ParquetFile(file, rows, words, schema.remove_metadata().to_string())


def alike(files: Iterable[ParquetFile]) -> list[list[ParquetFile]]:
    """Bring together files whose columns are the same, of the same types and in the same order."""
    groups: dict[str, list[ParquetFile]] = {}
    for file in files:
        groups.setdefault(file.schema, []).append(file)
    return list(groups.values())


def relation_of(files: Sequence[ParquetFile]) -> str:
    """Return what stands after FROM to read files that are alike; paths say nothing of the rows."""
    paths = ", ".join(literal(escape(str(each.file.path))) for each in files)
    return f"read_parquet([{paths}], hive_partitioning = false)"


def word_of(kind: pa.DataType) -> str:
    """Return the word for an Arrow type, its own where it fits nothing."""
    if isinstance(kind, pa.BaseExtensionType):
        return "uuid" if kind.extension_name == "arrow.uuid" else word_of(kind.storage_type)
    if isinstance(kind, pa.DictionaryType):
        return word_of(kind.value_type)
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    if pa.types.is_decimal(kind):
        return "decimal" if kind.precision <= WIDEST_DECIMAL else str(kind)
    plain = {
        "string": pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind),
        "int64": pa.types.is_integer(kind),
        "float64": pa.types.is_float64(kind),
        "boolean": pa.types.is_boolean(kind),
        "array": pa.types.is_list(kind) or pa.types.is_large_list(kind),
        "uuid": pa.types.is_fixed_size_binary(kind) and kind.byte_width == UUID_BYTES,
    }
    return next((word for word, is_it in plain.items() if is_it), str(kind))


def wrong_with_pages(files: Sequence[ParquetFile], columns: Sequence[str], error: duckdb.Error) -> TieoutError:
    """Say which file is damaged; that slow second look is only taken when reading them failed."""
    for each in files:
        try:
            with pq.ParquetFile(each.file.path, page_checksum_verification=True) as opened:
                for _ in opened.iter_batches(columns=list(columns)):
                    pass
        except (pa.ArrowException, OSError, ValueError) as damage:
            return _torn(each.file, damage)
    said = str(error).partition("\n")[0]
    if isinstance(error, duckdb.OperationalError):
        return TieoutError(f"the rows of {files[0].file.name} cannot be kept: {said}")
    return SourceError(f"{files[0].file.path} cannot be read: {said}.")


def _torn(file: DataFile, error: Exception) -> SourceError:
    said = str(error).partition("\n")[0].rstrip(".")
    return SourceError(f"{file.path} is no whole Parquet file ({said}); write or copy it again.")
