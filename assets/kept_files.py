"""Reading back what tieout wrote: one place where a file that is gone or damaged becomes one sentence.

What goes in: Parquet and JSON of the home, and naming the file that an engine could not read. What stays out: what the
files mean, and how they are written (parquet, store).
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from assets.errors import DamagedError

AGAIN = "restore it from a copy, or run 'tieout audit' again"
"""What to do about a file that an audit can make anew."""
Read = TypeVar("Read")


def read_rows(path: Path, columns: list[str] | None = None, **how: Any) -> pa.Table:  # noqa: ANN401 - pyarrow's
    """Return the rows of a Parquet file; raise DamagedError where they cannot be read."""
    try:
        return pq.read_table(path, columns=columns, page_checksum_verification=True, **how)
    except (OSError, pa.ArrowException) as error:
        raise damaged(path, error) from error


def read_record(path: Path, read: Callable[[str], Read], advice: str = AGAIN) -> Read:
    """Return what `read` makes of a small file of text; raise DamagedError where it is gone or means nothing."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, error, advice) from error


def read_object(path: Path, advice: str = AGAIN) -> dict[str, Any]:
    """Return the JSON object in a file; raise DamagedError where it holds none."""
    return read_record(path, _object, advice)


def _object(text: str) -> dict[str, Any]:
    said = json.loads(text)
    if not isinstance(said, dict):
        message = "it holds no JSON object"
        raise TypeError(message)
    return said


def damaged(path: Path, error: Exception | None = None, advice: str = AGAIN) -> DamagedError:
    """Return the error about a file: which one, what is wrong with it, and what to do."""
    return DamagedError(f"{path} is {'gone' if isinstance(error, FileNotFoundError) else 'damaged'}: {advice}.")


def first_damaged(paths: Iterable[Path]) -> DamagedError | None:
    """Return the error about the first of these Parquet files that cannot be read whole, if there is one."""
    for path in paths:
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for _ in file.iter_batches():
                    pass
        except (OSError, pa.ArrowException) as error:
            return damaged(path, error)
    return None
