"""Loose files by table: which file holds rows of which table, and in what format.

What goes in: names. What stays out: what is in the files. The rule: of what the user named (a folder, a pattern or
one file), a file belongs to the table that its first folder names, or, in no folder, its own name without the ending:
`wallets.csv`, or `wallets/2025/part-1.csv` and all others below `wallets/`. Folders tell nothing about the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path, PurePosixPath

from assets.errors import SourceError
from assets.sources.files.walking import files_below, is_hidden

ENDINGS = {
    ".parquet": "Parquet",
    ".csv": "CSV",
    ".csv.gz": "CSV",
    ".jsonl": "JSON Lines",
    ".jsonl.gz": "JSON Lines",
    ".ndjson": "JSON Lines",
    ".ndjson.gz": "JSON Lines",
}


@dataclass(frozen=True)
class DataFile:
    """One file, by its name from where the user pointed."""

    name: str
    path: Path

    @property
    def ending(self) -> str:
        """The ending that tells the format; empty where none does."""
        return next((ending for ending in ENDINGS if self.name.lower().endswith(ending)), "")

    @property
    def format(self) -> str | None:
        """What the ending says it is."""
        return ENDINGS.get(self.ending)

    @property
    def stem(self) -> str:
        """The name without the ending."""
        return self.name[: len(self.name) - len(self.ending)]

    @property
    def table(self) -> str:
        """The table it belongs to."""
        return PurePosixPath(self.stem).parts[0]

    @property
    def packed(self) -> bool:
        """Whether it is compressed as a whole."""
        return self.ending.endswith(".gz")


def data_files(named: Path) -> tuple[DataFile, ...]:
    """Return every data file of a folder, a pattern or a path, and what else lies in the folders of tables."""
    if named.is_dir():
        root, tops = named, [named]
    elif named.exists() or not has_magic(str(named)):
        root, tops = named.parent, [named]
    else:
        fixed = next(place for place, part in enumerate(named.parts) if has_magic(part))
        root = Path(*named.parts[:fixed])
        tops = [found for found in root.glob(str(Path(*named.parts[fixed:]))) if not is_hidden(found.name)]
    files = [DataFile(name, path) for name, path in files_below(root, tops).items()]
    kept = tuple(file for file in files if file.format or "/" in file.name)
    if not any(file.format for file in kept):
        message = (
            f"{named} has no Parquet, CSV or JSON Lines file ({', '.join(ENDINGS)}); give the files of the ledger."
        )
        raise SourceError(message)
    return kept


def files_of(table: str, files: Sequence[DataFile], named: Path) -> list[DataFile]:
    """Return the files of a table, all of one format; raise SourceError where it cannot be told which they are."""
    own = [file for file in files if file.table == table]
    if not own:
        there = ", ".join(sorted({file.table for file in files if file.format}))
        message = f"{named} has no table {table!r} (no {table}.csv or the like, and no folder {table}); it has {there}."
        raise SourceError(message)
    if strange := next((file.name for file in own if not file.format), None):
        message = f"{named}: {strange} is no Parquet, CSV or JSON Lines file; move it out of the table's folder."
        raise SourceError(message)
    for file in own:
        twins = [each for each in own if each is not file and (each.stem == file.stem or _apart(each, file))]
        if twins:
            message = f"{named} holds table {table!r} twice ({file.name} and {twins[0].name}); leave one of them."
            raise SourceError(message)
    return own


def _apart(one: DataFile, other: DataFile) -> bool:
    """Tell that two files of a table do not belong together: in its folder and beside it, or of two formats."""
    return ("/" in one.name) != ("/" in other.name) or one.format != other.format
