"""Writing a demo: the plan, the snapshot it becomes, and the list of what is planted in it.

The same plan gives the same bytes, on any day and in any folder.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.demo.block import TABLES, Flavour
from pipelines.demo.breaks import Break, planted_text, read_planted
from pipelines.demo.chance import generator
from pipelines.demo.container import Entry, entry, write_container
from pipelines.demo.hours import FIRST, LAST
from pipelines.demo.ids import Mint
from pipelines.demo.spool import Spool
from pipelines.demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Break", "Demo", "DemoPlan", "read_planted", "write_demo"]

FEWEST = 1_000
_UNFINISHED = ".demo-unfinished"
_README = """# Welcome to your Convex snapshot export!

Each table is a folder; its documents are the lines of `documents.jsonl`, one JSON object a line.
This deployment is synthetic: nobody in it exists.
"""


@dataclass(frozen=True)
class DemoPlan:
    """Which demo: everything in it follows from these."""

    flavour: Flavour = "gigsy"
    seed: int = 1
    transactions: int = 20_000
    clean: bool = False
    """Whether no fault is planted."""


@dataclass(frozen=True)
class Demo:
    """A written demo."""

    snapshot: Path
    """The Convex snapshot export."""
    planted: Path
    """The list of planted faults, as JSON."""
    breaks: frozenset[Break]
    """What an auditor must find, no more and no less."""


def write_demo(plan: DemoPlan, folder: Path, progress: Callable[[int, int], None]) -> Demo:
    """Write a demo into a folder, or return the one that is there already, whole, of the same plan.

    `progress` hears how many of how many transactions are written. Raises ValueError if there are too few to
    plan, OSError if the folder cannot be written; then nothing is left half-written.
    """
    if plan.transactions < FEWEST:
        message = f"a demo needs at least {FEWEST} transactions, not {plan.transactions}"
        raise ValueError(message)
    snapshot = folder / f"snapshot_gigsy-demo-{plan.flavour}-{plan.seed}_{LAST * 1_000_000}.zip"
    planted = folder / "planted.json"
    about: dict[str, Any] = {"plan": asdict(plan), "writer": _writer(), "snapshot": snapshot.name}
    if not _is_there(about, snapshot, planted):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            _write(plan, about, unfinished, progress)
            planted.unlink(missing_ok=True)
            (unfinished / snapshot.name).replace(snapshot)
            (unfinished / planted.name).replace(planted)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Demo(snapshot, planted, read_planted(planted))


def _is_there(about: dict[str, Any], snapshot: Path, planted: Path) -> bool:
    """Say whether the demo in the folder is of this plan and writer, and whole: its list is written last."""
    try:
        there = json.loads(planted.read_text(encoding="utf-8"))
        return bool(there | about == there and snapshot.stat().st_size == there["bytes"])
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _writer() -> str:
    """Return a digest of the code that writes demos: another code may write another demo of the same plan."""
    digest = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _write(plan: DemoPlan, about: dict[str, Any], folder: Path, progress: Callable[[int, int], None]) -> None:
    world = World(plan.flavour, plan.seed, plan.transactions, clean=plan.clean)
    with ExitStack() as stack:
        spools = {name: stack.enter_context(Spool(folder / name)) for name in TABLES}
        spools["skills"].write(_skills())
        done = 0
        progress(done, plan.transactions)
        for block in world.blocks():
            for name, lines in block.documents():
                spools[name].write(lines)
            done += block.rows
            progress(done, plan.transactions)
    snapshot = folder / about["snapshot"]
    write_container(snapshot, _entries(spools))
    listed = planted_text(about | {"bytes": snapshot.stat().st_size}, world.faults)
    (folder / "planted.json").write_text(listed, encoding="utf-8")


def _entries(spools: dict[str, Spool]) -> list[Entry]:
    """Return the files of the archive in their order: tables from the smallest to the largest."""
    numbers = sorted(TABLES.items(), key=lambda table: table[1])
    tables = "".join(_line({"name": name, "id": number}) for name, number in numbers)
    entries = [entry("README.md", _README), entry("_tables/documents.jsonl", tables)]
    for name, spool in sorted(spools.items(), key=lambda table: (table[1].size, table[0])):
        entries.append(Entry(f"{name}/documents.jsonl", spool.path, spool.size, spool.crc))
        entries.append(entry(f"{name}/generated_schema.jsonl", '"uniform"\n'))
    return entries


def _skills() -> list[str]:
    """Return the documents of a table that has nothing to do with money."""
    names = ("Arabic copywriting", "Brand design", "React", "Video editing")
    ids = sorted(Mint(TABLES["skills"], 0, 1, generator("skills")).many(len(names)))
    return [
        _line({"_creationTime": FIRST + 0.25, "_id": row_id, "isActive": True, "name": name})
        for row_id, name in zip(ids, names, strict=True)
    ]


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":")) + "\n"
