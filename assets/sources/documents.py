"""From a stream of JSON Lines to the staged rows of one table.

What goes in: chunks of documents to typed Parquet, and the sentence about what is wrong with them. What stays out:
where the stream comes from, and what it raises.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import duckdb

from assets.engines import connected
from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.chunks import line_chunks
from assets.sources.json_documents import documents_sql, strange_document
from assets.sources.json_lines import NotJsonError, wrong_with
from assets.sources.staging import copy_staged


def stage_documents(
    stream: IO[bytes], name: str, wanted: Mapping, staged: Path, told: Callable[[int, int], None]
) -> int:
    """Stage every document of a stream into `staged`, chunk by chunk, and return how many rows they made.

    `told` is called with the bytes and the rows so far. Raises NotJsonError, duckdb.Error and what the stream raises.
    """
    staged.mkdir(parents=True, exist_ok=True)
    received, before = 0, len(list(staged.rglob("*.parquet")))
    with connected(staged.parent) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for number, (chunk, done) in enumerate(line_chunks(stream, staged.parent), before):
            select = documents_sql(name, wanted, chunk)
            received += copy_staged(connection, select, staged, number, by_month=name == "transactions")
            told(done, received)
        if received and (wrong := strange_document(connection, staged)):
            raise NotJsonError(wrong)
    return received


def wrong_with_documents(place: str, lines: Iterable[bytes], error: Exception, again: str) -> TieoutError:
    """Say what is wrong, and on which line; that slow second look is only taken when the first one failed.

    `place` is what was read, `lines` reads it anew until it is damaged, and `again` is what to do.
    """
    said = str(error).partition("\n")[0]
    if isinstance(error, duckdb.OperationalError) or (isinstance(error, OSError) and error.errno):
        return TieoutError(f"the rows of {place} cannot be kept: {said}")
    if not isinstance(error, duckdb.Error | NotJsonError):
        return SourceError(f"{place} is damaged ({said}); {again}.")
    for number, line in enumerate(lines, 1):
        if wrong := wrong_with(line):
            return SourceError(f"{place}, line {number}: {wrong}; {again}.")
    return SourceError(f"{place} cannot be read: {said}; {again}.")
