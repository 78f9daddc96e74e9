"""The container of a Convex snapshot export: which entry holds which table, and whether it may be trusted.

What goes in: the central directory, names, limits and format markers. What stays out: reading documents, and what
an unpacked snapshot looks like (snapshot_folder), which offers the same as the ZIP does.
"""

import json
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from assets.columns import Table
from assets.errors import SourceError
from assets.sources.json_lines import LINE_BYTES

BOMB_BYTES, BOMB_RATIO = 100 << 20, 200
ENCRYPTED = 0x1
SUSPECT = re.compile(r"\b(int64|bytes|float64\w*|nan|inf(?!er\b)\w*)\b", re.IGNORECASE)
BROKEN_ENTRY = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
"""What reading a damaged entry raises."""


@dataclass(frozen=True)
class Entry:
    """One file of a snapshot."""

    name: str
    size: int
    packed: int
    encrypted: bool
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Archive:
    """All files of a snapshot, as long as it is open."""

    path: Path
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """Return the file of that name, if there is one; of two the last, as ZIP programs do."""
        return next((entry for entry in reversed(self.entries) if entry.name == name), None)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open the ZIP through its central directory; raise SourceError in one sentence when it is none."""
    with _opened(path) as archive:
        yield Archive(
            path,
            tuple(
                Entry(
                    info.filename,
                    info.file_size,
                    info.compress_size,
                    bool(info.flag_bits & ENCRYPTED),
                    partial(archive.open, info),
                )
                for info in archive.infolist()
            ),
        )


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a directory" if path.is_dir() else "no regular file"
            message = f"{path} is {what}; give the ZIP file of a Convex snapshot export."
            raise SourceError(message)
        return zipfile.ZipFile(path)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise SourceError(message) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        message = f"{path} is not a whole ZIP file ({error}); export or download the snapshot again."
        raise SourceError(message) from error


def table_entry(archive: Archive, table: Table) -> Entry:
    """Return the entry that holds a table's documents, wherever the export's top folder is."""
    wanted = f"{_component_folder(table.component)}{table.name}/documents.jsonl"
    entries = [entry for entry in archive.entries if _belongs(entry.name, wanted)]
    if not entries:
        message = (
            f"{archive.path} has no table {table.name!r} (no entry {wanted}); "
            f"it has {', '.join(tables_of(archive)) or 'no tables'}."
        )
        raise SourceError(message)
    if len(entries) > 1:
        names = " and ".join(entry.name for entry in entries)
        message = f"{archive.path} holds table {table.name!r} twice ({names}); export the snapshot again."
        raise SourceError(message)
    _refuse_unsafe(archive, entries[0])
    return entries[0]


def refuse_lossy(archive: Archive, entry: Entry, table: Table) -> None:
    """Refuse an archive of the format before March 2026 where it lost the type of a mapped column.

    Its `generated_schema.jsonl` starts with an inferred shape, and names documents that differ from it.
    """
    marker = archive.entry(entry.name.removesuffix("documents.jsonl") + "generated_schema.jsonl")
    if marker is None:
        return
    _refuse_unsafe(archive, marker)
    place = f"{archive.path}: {marker.name}"
    try:
        with closing(lines_of(marker)) as lines:
            shape = json.loads(next(lines, b'""'))
            if shape == "uniform":
                return
            if not isinstance(shape, str):
                raise TypeError("a text was expected")  # noqa: EM101, TRY003, TRY301 - told as every other damage
            said = [shape, *(line.decode() for line in lines)]
    except (*BROKEN_ENTRY, ValueError, TypeError) as error:
        message = f"{place} is damaged ({error}); export or download the snapshot again."
        raise SourceError(message) from error
    for column in table.present().values():
        if lost := next((lost for text in said if (lost := _lost(column.name, text))), None):
            message = (
                f"{place} is of the format before March 2026, which lost the type of {table.name}.{column.name} "
                f"({lost}); export the snapshot again with today's Convex."
            )
            raise SourceError(message)


def lines_of(entry: Entry) -> Generator[bytes]:
    """Inflate an entry line by line; one too long to be a document comes in pieces of LINE_BYTES."""
    with entry.open() as file:
        while line := file.readline(LINE_BYTES):
            yield line


def _lost(column: str, shape: str) -> str | None:
    """Return what a shape says of a column, if that is a type the old format could not keep."""
    said = re.search(rf'(?:"{re.escape(column)}"|\b{re.escape(column)})\??\s*:\s*([^,}}]*)', shape)
    return said[1].strip() if said and SUSPECT.search(said[1].replace("normalfloat64", "")) else None


def _belongs(name: str, wanted: str) -> bool:
    if not (name == wanted or name.endswith("/" + wanted)):
        return False
    top = name.removesuffix(wanted)
    return "_components/" not in top and not top.endswith("_storage/")


def _component_folder(component: str) -> str:
    return "".join(f"_components/{part}/" for part in component.split("/") if part)


def tables_of(archive: Archive) -> list[str]:
    """Return the names of the tables, of every component."""
    names = (
        entry.name.removesuffix("/documents.jsonl").rpartition("/")[2]
        for entry in archive.entries
        if entry.name.endswith("/documents.jsonl")
    )
    return sorted({name for name in names if not name.startswith("_")})


def _refuse_unsafe(archive: Archive, entry: Entry) -> None:
    if entry.encrypted:
        message = f"{archive.path}: {entry.name} is encrypted; give the export as Convex wrote it."
        raise SourceError(message)
    if entry.size > BOMB_BYTES and entry.size > BOMB_RATIO * max(entry.packed, 1):
        message = (
            f"{archive.path}: {entry.name} claims to inflate over {BOMB_RATIO} times, to "
            f"{entry.size:,} bytes; no ledger does."
        )
        raise SourceError(message)
