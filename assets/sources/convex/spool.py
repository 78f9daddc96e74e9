"""Pages of a stream on disk from the moment they came, so that a killed run goes on where it was.

What goes in: keeping a page and the position it was asked from as one file that is there whole or not at all, and
finding them again. What stays out: what a page says. Pages belong to a base, which is where the stream began and
what was selected; those of another base are removed. The folder goes once its export is committed.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Position = Any
"""Where in a stream a page was asked from: whatever JSON the interface makes of it."""


@dataclass(frozen=True)
class Kept:
    """A page on disk."""

    path: Path
    position: Position
    raw: bytes


class Spool:
    """The pages of one base, in the order they came."""

    def __init__(self, arriving: Path, base: Mapping[str, Any]) -> None:
        """Take the folder of all arrivals, and what names the base."""
        digest = hashlib.sha256(json.dumps(base, sort_keys=True).encode()).hexdigest()
        self._arriving, self._folder = arriving, arriving / digest[:32]
        self._kept = 0

    def arrived(self) -> Iterator[Kept]:
        """Yield what came before, and remove all that belongs to another base or was not finished."""
        clear(self._arriving, but=self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self._folder.glob("*.part"):
            unfinished.unlink()
        while self._path(self._kept + 1).exists():
            asked, _, raw = self._path(self._kept + 1).read_bytes().partition(b"\n")
            self._kept += 1
            yield _kept(self._path(self._kept), asked, raw)

    def keep(self, position: Position, raw: bytes) -> Path:
        """Write the next page, and return when it is there to stay."""
        self._kept += 1
        path = self._path(self._kept)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(json.dumps({"asked": position}).encode() + b"\n" + raw)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(self._folder)
        return path

    def forget(self) -> None:
        """Remove every page: the stream begins anew."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._kept = 0

    def _path(self, number: int) -> Path:
        return self._folder / f"page-{number:06}.json"


def _kept(path: Path, asked: bytes, raw: bytes) -> Kept:
    """Return a page; one whose first line is damaged has no answer either, and is fetched again."""
    try:
        return Kept(path, json.loads(asked)["asked"], raw)
    except (ValueError, KeyError, TypeError):
        return Kept(path, None, b"")


def clear(arriving: Path, but: Path | None = None) -> None:
    """Remove all that came in, but for one folder."""
    for path in arriving.iterdir() if arriving.is_dir() else ():
        if path != but:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def page_number(path: Path) -> int:
    """Return the place in the stream of the page that a file holds."""
    return int(path.stem.removeprefix("page-"))


def _sync_folder(folder: Path) -> None:
    """Let the new name be on disk before anyone relies on it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
