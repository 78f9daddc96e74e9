"""A stream of lines as a run of small files, one written ahead while the other is read.

Why files: DuckDB keeps all it reads from a pipe, and reads a file in parallel. What stays out: what the lines say,
but for what only bytes can tell (json_lines).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from assets.sources.json_lines import LINE_BYTES, refuse_trailing_commas

PIECE = 1 << 20


def line_chunks(stream: IO[bytes], folder: Path, size: int = 128 << 20) -> Iterator[tuple[Path, int]]:
    """Yield files of whole lines of about `size` bytes, with the bytes so far; each file is gone when the next comes.

    What the stream raises is raised here, and NotJsonError. A line of more than LINE_BYTES comes in pieces.
    """
    done = 0
    with ThreadPoolExecutor(max_workers=1) as ahead:
        paths = (folder / "chunk-0.jsonl", folder / "chunk-1.jsonl")
        number, pending = 0, ahead.submit(_write, stream, paths[0], size)
        while written := pending.result():
            path, number = paths[number % 2], number + 1
            pending = ahead.submit(_write, stream, paths[number % 2], size)
            done += written
            yield path, done


def _write(stream: IO[bytes], path: Path, size: int) -> int:
    """Write the next lines and return their bytes, 0 at the end of the stream."""
    written = 0
    with path.open("wb") as chunk:
        while written < size and (piece := stream.read(PIECE)):
            lines = piece + stream.readline(LINE_BYTES)
            refuse_trailing_commas(lines)
            written += chunk.write(lines)
    return written
