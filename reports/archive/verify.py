"""Verify an archive: both signatures, the log and its chain, every file of every bag, and rows where a file differs.

What goes in: what is not as it was sealed, named by file, table and row. What stays out: the checks that need nothing
but Python (verifier), and whether the figures can be computed again (drill).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from assets.errors import RefusedError
from assets.sources.protocol import Progress
from reports.archive.folder import Archive
from reports.archive.keys import require_both
from reports.archive.rows import columns_of, table_root
from reports.archive.tokens import token_breaks
from reports.archive.verifier.bags import check_bag
from reports.archive.verifier.breaks import Break
from reports.archive.verifier.log import CHECKPOINT, LOG, STAGING, Log, Seal, consistent, place_of, read_log
from reports.archive.verifier.rows import compare_rows


@dataclass(frozen=True)
class Asked:
    """What a verification is asked to hold the archive against."""

    names: tuple[str, ...] = ()
    """Bags, or months whose bags are meant; none means all."""
    key: str | None = None
    """The Ed25519 key that must have signed, in base64."""
    checkpoint: str | None = None
    """The three lines that someone kept."""
    all_rows: bool = False
    """Compute the roots of all tables again, not only where a file differs."""


@dataclass(frozen=True)
class Verification:
    """What a verification came to."""

    bags: tuple[str, ...]
    breaks: tuple[Break, ...]
    notes: tuple[str, ...]


def verify(archive: Archive, asked: Asked, told: Progress) -> Verification:
    """Verify the log and these bags; raise RefusedError for one that the log does not know."""
    if not archive.path.is_dir() or not {each.name for each in archive.path.iterdir()} - {STAGING}:
        message = f"{archive.path} holds no archive yet; run 'tieout archive' first."
        raise RefusedError(message)
    log = read_log(archive.path, require_both, asked.key)
    breaks, notes = list(log.breaks), []
    if asked.checkpoint and (said := consistent(log.entries, asked.checkpoint)):
        breaks.append(Break(LOG, said))
    seals = {seal.name: seal for seal in log.seals if seal.name not in log.deleted()}
    names = tuple(bag for name in asked.names for bag in _bags(archive, seals, name)) or tuple(seals)
    for done, name in enumerate(names):
        told("verifying months", done, len(names))
        breaks += bag_breaks(archive.path, seals[name], all_rows=asked.all_rows)
    if not asked.names:
        breaks += _unknown(archive.path, log)
    breaks += token_breaks(archive, log.entries)
    if log.deleted() & {each.name for each in archive.path.iterdir()}:
        notes.append("a bag that was let go is still being removed; run 'tieout retention' again")
    if not asked.key:
        notes.append("the key that came with the archive was trusted; give --public-key to hold it to yours")
    if not asked.checkpoint:
        notes.append("whether the newest seals were cut off is not known; give --checkpoint, the lines you were mailed")
    return Verification(names, tuple(breaks), tuple(notes))


def _bags(archive: Archive, seals: Iterable[str], named: str) -> list[str]:
    """Return the bag of that name, or those of that month; raise RefusedError where there is none."""
    found = [name for name in seals if named in (name, name.rpartition("-v")[0])]
    if not found:
        message = (
            f"the log of {archive.path} names no bag or month {named} that was not let go; it names {', '.join(seals)}."
        )
        raise RefusedError(message)
    return found


def bag_breaks(folder: Path, seal: Seal, *, all_rows: bool = False) -> list[Break]:
    """Return what is not as it was sealed in one bag."""
    if seal.statement is None:
        return [Break(seal.name, "its seal does not hold, so nothing in it does")]
    bag = place_of(folder, seal.name)
    breaks = check_bag(bag, {each["name"]: each["digest"]["sha256"] for each in seal.statement["subject"]})
    touched = {each.file.removeprefix(f"{seal.name}/") for each in breaks}
    for name, sealed in seal.statement["predicate"]["tables"].items():
        if all_rows or touched & set(sealed["files"]):
            breaks += _rows(bag, name, sealed)
    return breaks


def _rows(bag: Path, name: str, sealed: dict[str, Any]) -> Iterator[Break]:
    """Yield the rows of a table that are not as sealed, each with its first value."""
    files, marks = [bag / file for file in sealed["files"]], BytesIO()
    shown = f"{bag.name}/{sealed['files'][0]}"
    try:
        if [list(column) for column in columns_of(name, files)] != sealed["columns"]:
            yield Break(shown, "the columns are not those that were sealed", name)
            return
        root = table_root(name, files, marks)
        found = compare_rows(bag, name, sealed, root.root, marks.getvalue())
        first = [value for file in files for value in pq.read_table(file).column(0).to_pylist()] if found else []
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes of pyarrow
        yield Break(shown, f"the rows cannot be read ({type(error).__name__})", name)
        return
    for each in found:
        there = each.row and "gone" not in each.said and each.row <= len(first)
        named = f" ({sealed['columns'][0][0]} {first[each.row - 1]})" if there and each.row else ""
        yield each._replace(said=each.said + named)


def _unknown(folder: Path, log: Log) -> Iterable[Break]:
    """Yield what lies in the archive and is not named by its log."""
    known = {LOG, CHECKPOINT, STAGING, *(seal.name for seal in log.seals)}
    known |= {str(entry["file"]) for entry in log.entries if "file" in entry}
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield Break(path.name, "the log does not name it: it was put there, or taken out of the log")
