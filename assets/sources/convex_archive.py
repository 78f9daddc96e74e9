"""The container of a Convex snapshot export: which entry holds which table, and whether it may be trusted.

What goes in: the central directory, names, limits and format markers. What stays out: reading documents.
"""

import json
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from assets.errors import SourceError
from assets.mapping import Table
from assets.sources.json_lines import LINE_BYTES

BOMB_BYTES, BOMB_RATIO = 100 << 20, 200
ENCRYPTED = 0x1
SUSPECT = re.compile(r"\b(int64|bytes|float64\w*|nan|inf(?!er\b)\w*)\b", re.IGNORECASE)
BROKEN_ENTRY = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
"""What reading a damaged entry raises."""


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open the ZIP through its central directory; raise SourceError in one sentence when it is none."""
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


def table_entry(archive: zipfile.ZipFile, table: Table) -> zipfile.ZipInfo:
    """Return the entry that holds a table's documents, wherever the export's top folder is."""
    wanted = f"{_component_folder(table.component)}{table.name}/documents.jsonl"
    entries = [info for info in archive.infolist() if _belongs(info.filename, wanted)]
    if not entries:
        message = (
            f"{_named(archive)} has no table {table.name!r} (no entry {wanted}); "
            f"it has {', '.join(_tables(archive)) or 'no tables'}."
        )
        raise SourceError(message)
    if len(entries) > 1:
        names = " and ".join(info.filename for info in entries)
        message = f"{_named(archive)} holds table {table.name!r} twice ({names}); export the snapshot again."
        raise SourceError(message)
    _refuse_unsafe(archive, entries[0])
    return entries[0]


def refuse_lossy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, table: Table) -> None:
    """Refuse an archive of the format before March 2026 where it lost the type of a mapped column.

    Its `generated_schema.jsonl` starts with an inferred shape, and names documents that differ from it.
    """
    marker = entry.filename.removesuffix("documents.jsonl") + "generated_schema.jsonl"
    if marker not in archive.namelist():
        return
    _refuse_unsafe(archive, archive.getinfo(marker))
    place = f"{_named(archive)}: {marker}"
    try:
        with closing(lines_of(archive, archive.getinfo(marker))) as lines:
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


def lines_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Generator[bytes]:
    """Inflate an entry line by line; one too long to be a document comes in pieces of LINE_BYTES."""
    with archive.open(entry) as file:
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


def _tables(archive: zipfile.ZipFile) -> list[str]:
    names = (
        name.removesuffix("/documents.jsonl").rpartition("/")[2]
        for name in archive.namelist()
        if name.endswith("/documents.jsonl")
    )
    return sorted({name for name in names if not name.startswith("_")})


def _refuse_unsafe(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & ENCRYPTED:
        message = f"{_named(archive)}: {info.filename} is encrypted; give the export as Convex wrote it."
        raise SourceError(message)
    if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(info.compress_size, 1):
        message = (
            f"{_named(archive)}: {info.filename} claims to inflate over {BOMB_RATIO} times, to "
            f"{info.file_size:,} bytes; no ledger does."
        )
        raise SourceError(message)


def _named(archive: zipfile.ZipFile) -> str:
    return str(archive.filename)
