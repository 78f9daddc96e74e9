"""One table on its way into the snapshot: its documents, deflated into a file as they come.

Which documents, and where the table goes in the archive, is decided elsewhere.
"""

from __future__ import annotations

import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_LEVEL = 1
_CHUNK = 1 << 20
_AHEAD = 4


class Spool:
    """A deflated stream in a file of its own; deflating happens beside the writer, a few chunks behind it."""

    def __init__(self, path: Path) -> None:
        """Begin an empty stream in the file at `path`."""
        self.path = path
        self.size = 0
        self.crc = 0
        self._file = path.open("wb")
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._worker = ThreadPoolExecutor(1)
        self._pending: list[Future[None]] = []
        self._text: list[str] = []
        self._length = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, problem: object, *_: object) -> None:
        """End the stream, or after a problem just let go of it."""
        if problem:
            self._worker.shutdown(cancel_futures=True)
            self._file.close()
        else:
            self.close()

    def write(self, lines: list[str]) -> None:
        """Append lines (each with its newline)."""
        text = "".join(lines)
        self._text.append(text)
        self._length += len(text)
        if self._length >= _CHUNK:
            self._hand_over()

    def close(self) -> None:
        """End the stream; `size` and `crc` are then those of the whole text."""
        try:
            self._hand_over()
            while self._pending:
                self._pending.pop(0).result()
            self._file.write(self._deflate.flush())
        finally:
            self._worker.shutdown(cancel_futures=True)
            self._file.close()

    def _hand_over(self) -> None:
        while len(self._pending) >= _AHEAD:
            self._pending.pop(0).result()
        self._pending.append(self._worker.submit(self._swallow, "".join(self._text)))
        self._text, self._length = [], 0

    def _swallow(self, text: str) -> None:
        data = text.encode()
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)
        self._file.write(self._deflate.compress(data))
