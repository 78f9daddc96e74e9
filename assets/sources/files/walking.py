"""Which regular files lie below a folder, by their names from there: every one, or a sentence why not.

What stays out: what the files are. Links are followed, as whoever laid them out meant it; a loop of them is refused,
and so is a file that stands there twice, for its rows would be counted twice.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from assets.errors import SourceError

DATA = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
LOGS = ("_delta_log", ".hoodie")
"""Folders that say which of the data files beside them count."""


def files_below(root: Path, tops: Iterable[Path]) -> dict[str, Path]:
    """Return the files that are or lie below the `tops`, sorted by their names from `root`."""
    found = {path.relative_to(root).as_posix(): path for top in tops for path in _below(top, ())}
    first: dict[tuple[int, int], str] = {}
    for name, path in sorted(found.items()):
        about = _about(path)
        twin = first.setdefault((about.st_dev, about.st_ino), name)
        if twin != name:
            message = f"{root}: {twin} and {name} are one and the same file; leave one of them."
            raise SourceError(message)
    return dict(sorted(found.items()))


def is_hidden(name: str) -> bool:
    """Tell names of programs, which no table of a user has; Convex keeps its components' tables below one."""
    return name.startswith((".", "_")) and name != "_components"


def _below(path: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Path]:
    about = _about(path)
    if stat.S_ISREG(about.st_mode):
        yield path
        return
    if not stat.S_ISDIR(about.st_mode):
        message = f"{path} is no regular file; give files that can be read twice."
        raise SourceError(message)
    here = (about.st_dev, about.st_ino)
    if here in above:
        message = f"{path} is a loop of symbolic links; remove the link."
        raise SourceError(message)
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise _unreadable(path, error) from error
    if log := next((each.name for each in inside if each.name in LOGS), None):
        message = f"{path} is a table whose log ({log}) says which of its files count; export its rows as plain files."
        raise SourceError(message)
    for each in inside:
        if not is_hidden(each.name):
            yield from _below(each, (*above, here))
        elif each.name.endswith(DATA) and each.is_file():
            message = f"{each} has a hidden name and would be left out; give it another name, or move it away."
            raise SourceError(message)


def _about(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"{path} cannot be read: {error.strerror or error}.")
