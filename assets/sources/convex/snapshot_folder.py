"""A Convex snapshot export that was unpacked: the same files, below a folder.

What goes in: the container, and its name and digest. What stays out: everything it has in common with the ZIP.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.parquet import digest
from assets.sources.convex.archive import Archive, Entry
from assets.sources.convex.snapshot_zip import NAME, ConvexZip
from assets.sources.files.walking import files_below

DOCUMENTS = "documents.jsonl"


class ConvexFolder(ConvexZip):
    """The tables of one unpacked snapshot."""

    kind = "convex_folder"

    @contextmanager
    def opened(self) -> Iterator[Archive]:
        """List the files; they are opened one by one."""
        yield Archive(self.path, tuple(_entry(name, path) for name, path in self._files().items()))

    def name(self) -> str:
        """Return the folder's own name if it tells a snapshot, else that of the one folder at its top."""
        tops = {name.partition("/")[0] for name in self._files()}
        names = [self.path.resolve().name, *(tops if len(tops) == 1 else ())]
        return next((name for name in names if NAME.fullmatch(name)), self.path.name)

    def digest(self) -> tuple[str, int]:
        """Return what names the bytes of all files and their names."""
        files = self._files()
        lines = "".join(f"{digest(path)}  {name}\n" for name, path in files.items())
        return hashlib.sha256(lines.encode()).hexdigest(), sum(path.stat().st_size for path in files.values())

    def _files(self) -> dict[str, Path]:
        return files_below(self.path, [self.path])


def is_convex_folder(path: Path) -> bool:
    """Tell whether a folder has the documents of a table below it, as Convex lays them out."""
    return path.is_dir() and any(name.endswith(f"/{DOCUMENTS}") for name in files_below(path, [path]))


def _entry(name: str, path: Path) -> Entry:
    size = path.stat().st_size
    return Entry(name, size, size, encrypted=False, open=lambda: path.open("rb"))
