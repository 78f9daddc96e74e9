"""Feeding the JSON Lines of a ZIP entry to DuckDB through a pipe, and saying what is wrong with a line.

What goes in: bytes on their way, checked for being whole and for being JSON where DuckDB is laxer. What stays
out: which entry it is (convex_archive), and what the documents mean (json_documents).
"""

import json
import os
import re
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from assets.sources.convex_archive import LINE_BYTES

CHUNK = 1 << 20
TRAILING_COMMA = re.compile(rb",\s*[}\]]")
"""What DuckDB reads though it is no JSON, unless it stands inside a text."""


class NotJsonError(Exception):
    """A line is not JSON, though DuckDB would read it."""


class Pump:
    """A thread that inflates one entry into a pipe; `failure` tells why it could not do so to the end."""

    def __init__(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, pipe: Path, progress: Callable[[int], None]
    ) -> None:
        """Start at once; the pipe is opened when somebody reads it."""
        self.failure: Exception | None = None
        self._pipe = pipe
        self._thread = threading.Thread(target=self._run, args=(archive, entry, progress), daemon=True)
        self._thread.start()

    def _run(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, progress: Callable[[int], None]) -> None:
        done = 0
        with self._pipe.open("wb", buffering=0) as pipe:
            try:
                with archive.open(entry) as documents:
                    while chunk := documents.read(CHUNK):
                        chunk += documents.readline(LINE_BYTES)
                        _refuse_trailing_commas(chunk)
                        _write_all(pipe.fileno(), chunk)
                        done += len(chunk)
                        progress(done)
                if done != entry.file_size:
                    message = f"it ends after {done:,} of {entry.file_size:,} bytes"
                    raise zipfile.BadZipFile(message)  # noqa: TRY301 - told as every other damage
            except BrokenPipeError:
                return  # the reader gave up, and says why
            except Exception as error:  # noqa: BLE001 - whatever it is, what was written is not whole
                self.failure = error

    def stop(self) -> None:
        """End the thread, also when nobody reads the pipe any more."""
        while self._thread.is_alive():
            reader = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)
            self._thread.join(0.05)
            os.close(reader)


def _refuse_trailing_commas(lines: bytes) -> None:
    """Raise NotJsonError for a comma before a closing bracket; only lines that seem to have one are parsed."""
    end = 0
    for comma in TRAILING_COMMA.finditer(lines):
        if comma.start() >= end:
            start, end = lines.rfind(b"\n", 0, comma.start()) + 1, lines.find(b"\n", comma.end())
            end = len(lines) if end < 0 else end
            if wrong := wrong_with(lines[start:end]):
                raise NotJsonError(wrong)


def _write_all(pipe: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(pipe, view) :]


def wrong_with(line: bytes) -> str | None:
    """Say why a line is not JSON, or return nothing."""
    if len(line) >= LINE_BYTES:
        return f"longer than {LINE_BYTES >> 20} MiB, as no document of Convex is"
    try:
        json.dumps(json.loads(line.decode()), ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "not valid UTF-8"
    except UnicodeEncodeError:
        return "not valid JSON (half a surrogate pair)"
    except (ValueError, RecursionError) as error:
        return f"not valid JSON ({error})"
    return None
