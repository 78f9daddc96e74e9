"""A self-test from its ledger to its evidence.

What goes in: where the ledger comes from, and the file that is kept. What stays out: planting (passes), the figures
(matrix) and the terminal (shown).

    <home>/selftest/<export>-<digest>.json      the matrix; the digest is of the configuration, the rules and the seed
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.errors import TieoutError
from assets.export import export_source
from assets.mapping import Mapping
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.store import Export, Home
from assets.workplace import PROGRESS, Workplace
from checks.rules import REGISTER
from pipelines.demo.write import DemoPlan, write_demo
from pipelines.selftest.catalogue import FAULTS
from pipelines.selftest.fault import Fault
from pipelines.selftest.matrix import Matrix
from pipelines.selftest.passes import Passes
from pipelines.selftest.tables import Tables, copied_tables
from pipelines.selftest.trial import tried

DEMO = 2_000
"""Transactions of the demo that is tried where there is no ledger yet."""


def run_selftest(workplace: Workplace, seed: int, faults: Sequence[Fault] = FAULTS) -> tuple[Matrix, Path]:
    """Plant every fault into a copy of the workplace's ledger, keep the matrix, and return it and its file.

    Raises RefusedError where there is nothing to copy, TieoutError where nothing may be judged from it.
    """
    home, mapping, progress = workplace.open_home(), workplace.mapping(), PROGRESS.get()
    with _leaving_no_trace(home), home.writing(), home.workshop() as folder:
        whence, export, what = _ledger(workplace, home, mapping, folder)
        tables = copied_tables(whence, export, mapping, seed)
        passes = Passes(folder, mapping, tables, seed, progress)
        trials, alarms, harmless = [], [], 0
        for each in passes.run(faults):
            more, false = tried(passes.before, each)
            trials += more
            alarms += false
            harmless += each.harmless
        trials.sort(key=lambda trial: trial.number)
        matrix = Matrix(_about(what, export, mapping, tables, seed), trials, alarms, harmless)
        kept = home.path / "selftest" / f"{export.export_id}-{_digest(mapping, seed)}.json"
        home.write_text(kept, matrix.text())
    return matrix, kept


@contextmanager
def _leaving_no_trace(home: Home) -> Iterator[None]:
    """Where a self-test is refused, remove the folder that was made for it."""
    made = [folder for folder in (home.path, *home.path.parents) if not folder.exists()]
    try:
        yield
    except BaseException:
        if made:
            shutil.rmtree(made[-1], ignore_errors=True)
        raise


def _ledger(workplace: Workplace, home: Home, mapping: Mapping, folder: Path) -> tuple[Home, Export, str]:
    """Return an export and where it is: of the source that was named, the newest of the home, or of a demo."""
    named = workplace.source or (mapping.source if not home.exports() else None)
    if not named and home.exports():
        newest = home.newest()
        if newest.certificate.mapping != mapping.export_digest():
            message = f"the configuration changed since export {newest.export_id} was made; run 'tieout audit' first."
            raise TieoutError(message)
        home.require_whole(newest)
        return home, newest, "the newest export"
    scratch = Home(folder / "source")
    if named:
        return scratch, export_source(scratch, mapping, workplace.open_source(), PROGRESS.get()), "the source"
    demo = write_demo(DemoPlan(transactions=DEMO), folder / "demo", lambda *_: None)
    return scratch, export_source(scratch, mapping, ConvexZip(demo.snapshot), PROGRESS.get()), "a demo"


def _about(what: str, export: Export, mapping: Mapping, tables: Tables, seed: int) -> dict[str, object]:
    return {
        "ledger": what,
        "export": export.export_id,
        "configuration": mapping.digest(),
        "register": REGISTER,
        "seed": seed,
        "copy": {
            "wallets": len(tables.rows["wallets"]),
            "of_wallets": tables.of_wallets,
            "transactions": len(tables.rows["transactions"]),
        },
    }


def _digest(mapping: Mapping, seed: int) -> str:
    return hashlib.sha256(f"{mapping.digest()}/{REGISTER}/{seed}".encode()).hexdigest()[:12]


def matrix_markdown() -> str:
    """Return the matrix of the demo as a table for the README, computed anew."""
    with TemporaryDirectory() as folder:
        return run_selftest(Workplace(home=folder), 1)[0].markdown()
