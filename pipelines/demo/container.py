"""The snapshot's ZIP, byte for byte as Convex's own streaming writer lays it out.

Every entry is deflated and streamed: the local header says neither size nor checksum, the descriptor after
the data says no size either, and the true figures stand in the ZIP64 field of the central directory alone.
Dates are the zero date (1980-00-00). What the entries hold is not decided here.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_VERSION = 45
_STREAMED = 8
_DEFLATED = 8
_UNIX = 3 << 8
_MODE = 0o100644 << 16
_UNSAID = 0xFFFFFFFF
_UNSAID_COUNT = 0xFFFF


@dataclass(frozen=True)
class Entry:
    """A file of the archive: its name, its deflated data (or where that is), and what it inflates to."""

    name: str
    data: bytes | Path
    size: int
    crc: int


def entry(name: str, text: str) -> Entry:
    """Return an entry that holds a short text."""
    data = text.encode()
    deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Entry(name, deflate.compress(data) + deflate.flush(), len(data), zlib.crc32(data))


def write_container(path: Path, entries: list[Entry]) -> None:
    """Write the archive; files that hold an entry's data are deleted as soon as they are copied."""
    directory = []
    with path.open("wb") as file:
        for one in entries:
            offset = file.tell()
            _write_entry(file, one)
            deflated = file.tell() - offset - _overhead(one)
            directory.append(_listing(one, deflated, offset))
        start = file.tell()
        file.writelines(directory)
        file.write(_ending(len(directory), start, file.tell() - start))


def _write_entry(file: BinaryIO, one: Entry) -> None:
    name = one.name.encode()
    file.write(b"PK\3\4" + struct.pack("<HHHIIII", _VERSION, _STREAMED, _DEFLATED, 0, 0, _UNSAID, _UNSAID))
    file.write(struct.pack("<HH", len(name), 20) + name + struct.pack("<HHQQ", 1, 16, 0, 0))
    if isinstance(one.data, Path):
        with one.data.open("rb") as deflated:
            shutil.copyfileobj(deflated, file, 1 << 20)
        one.data.unlink()
    else:
        file.write(one.data)
    file.write(b"PK\7\x08" + struct.pack("<III", one.crc, _UNSAID, _UNSAID))


def _overhead(one: Entry) -> int:
    """Return how many bytes stand around an entry's data: local header, name, ZIP64 field, descriptor."""
    return 30 + len(one.name.encode()) + 20 + 16


def _listing(one: Entry, deflated: int, offset: int) -> bytes:
    name = one.name.encode()
    made = struct.pack("<HHHHI", _UNIX | _VERSION, _VERSION, _STREAMED, _DEFLATED, 0)
    sizes = struct.pack("<III", one.crc, _UNSAID, _UNSAID)
    lengths = struct.pack("<HHHHHII", len(name), 28, 0, 0, 0, _MODE, _UNSAID)
    true = struct.pack("<HHQQQ", 1, 24, one.size, deflated, offset)
    return b"PK\1\2" + made + sizes + lengths + name + true


def _ending(count: int, start: int, length: int) -> bytes:
    made = struct.pack("<QHHII", 44, _UNIX | _VERSION, _VERSION, 0, 0)
    full = b"PK\6\6" + made + struct.pack("<QQQQ", count, count, length, start)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, start + length, 1)
    brief = (0, 0, _UNSAID_COUNT, _UNSAID_COUNT, _UNSAID, _UNSAID, 0)
    return full + locator + b"PK\5\6" + struct.pack("<HHHHIIH", *brief)
