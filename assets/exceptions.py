"""The register of exceptions: what became of every finding from export to export, one register for each audit.

What goes in: laying this audit's offenders over the register of the export before, and where registers lie. What stays
out: which rows offend, and what an exception is called (checks). A register is a history record of the home: it stays
where it is when its audit is judged again, and as long as a later export that stays rolls forward from it.

    <home>/exceptions/<export>/<place>-<configuration>.parquet     the audits of an export, in the order they were made
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.audit import Audit
from assets.engines import View, duckdb_engine
from assets.errors import DamagedError, TieoutError
from assets.parquet import ROW_GROUP, flush_to_disk, write_rows
from assets.promises import TIME
from assets.schemas import TABLES
from assets.store import Export, Home

STATES = ("new", "persisting", "waived", "cured")
"""What an exception can be: not there in the export before, there too, waived, or there no longer."""
SQL = Path(__file__).parent / "sql"
TEXT, ROLL_FORWARD, AMOUNTS = (
    (SQL / f"{name}.sql").read_text() for name in ("exceptions", "exceptions_roll_forward", "exceptions_amounts")
)
OFFENDER = ("rule", "subject", "wallet_id", "user_id", "currency", "amount", "waiver")
FOUND = pa.schema([TABLES["exceptions"].field(name) for name in OFFENDER])
"""The columns of the offenders that a register is made of."""


def keep_exceptions(audit: Audit, found: pa.Table, unjudged: Sequence[str]) -> pa.Table:
    """Compute the register of an audit, and write it whole or not at all.

    `found` are this audit's offenders; what stood of a rule that was not judged now stands as it did.
    """
    before = register_before(audit.home, audit.export, audit.mapping.digest())
    views: dict[str, View] = {
        "found": found.cast(FOUND),
        "exceptions_before": (_whole(before),) if before else TABLES["exceptions"].empty_table(),
        "unjudged": pa.table({"rule": pa.array(unjudged, pa.string())}),
        "asked": _asked(audit.export),
    }
    with audit.home.workshop() as spill, duckdb_engine(views, spill) as query:
        rows = query(TEXT).cast(TABLES["exceptions"])
    kept = _place(audit.home, audit.export.export_id, audit.mapping.digest())
    kept.parent.mkdir(parents=True, exist_ok=True)
    with audit.home.workshop() as folder:
        made = folder / "exceptions.parquet"
        write_rows(made, rows.schema, rows.to_batches(max_chunksize=ROW_GROUP))
        flush_to_disk(made)
        made.replace(kept)
    return rows


def register_of(audit: Audit) -> Path:
    """Return the file of an audit's register; raise TieoutError if it was not computed."""
    if kept := _made(audit.home, audit.export.export_id, audit.mapping.digest()):
        return kept
    message = f"the exceptions of {audit.export.export_id} were not computed; run 'tieout audit' first."
    raise TieoutError(message)


def counted(register: pa.Table) -> dict[str, int]:
    """Return how many exceptions of a register are in each state."""
    return {state: register.filter(pc.equal(register["state"], pa.scalar(state))).num_rows for state in STATES}


def roll_forward(audit: Audit) -> list[dict[str, Any]]:
    """Return for each rule with exceptions how they rolled forward, `amounts` by currency among it."""
    views: dict[str, View] = {"exceptions": (register_of(audit),), "asked": _asked(audit.export)}
    with duckdb_engine(views) as query:
        rules, amounts = query(ROLL_FORWARD).to_pylist(), query(AMOUNTS).to_pylist()
    return [{**rule, "amounts": [_plain(each) for each in amounts if each["rule"] == rule["rule"]]} for rule in rules]


def register_before(home: Home, export: Export, configuration: str) -> Path | None:
    """Return the register that an export's rolls forward from, the one of the same configuration if there is one."""
    before = predecessor_with_register(home, export)
    if before is None:
        return None
    return _made(home, before, configuration) or _registers(home, before)[-1]


def predecessor_with_register(home: Home, export: Export) -> str | None:
    """Return the nearest export before, along the chain of certificates, that has a register.

    Where the chain leads to one that was let go, the nearest of a lower number is taken.
    """
    known = {each.export_id: each for each in home.exports()}
    name = export.certificate.history.predecessor
    while name and not _registers(home, name):
        if name not in known:
            kept = [folder.name for folder in sorted((home.path / "exceptions").glob("*-*")) if folder.name < name]
            return kept[-1] if kept else None
        name = known[name].certificate.history.predecessor
    return name


def forget_registers(home: Home, staying: Iterable[Export]) -> None:
    """Remove the registers of exports that are gone, but for those that one which stays rolls forward from."""
    names = {name for export in staying for name in (export.export_id, predecessor_with_register(home, export))}
    with home.workshop() as out:
        for folder in sorted((home.path / "exceptions").glob("*-*")):
            if folder.name not in names:
                folder.rename(out / folder.name)


def _whole(register: Path) -> Path:
    """Return a register that can be read; raise DamagedError for one that cannot."""
    with suppress(pa.ArrowException, OSError):
        if pq.read_schema(register).equals(TABLES["exceptions"]):
            return register
    message = f"{register} is damaged: restore it, or remove it, and its exceptions count as new."
    raise DamagedError(message)


def _asked(export: Export) -> pa.Table:
    cut_at = pa.array([export.certificate.cut.at], TIME)
    return pa.table({"export_id": [export.export_id], "cut_at": cut_at})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: str(value) if key not in ("rule", "currency") else value for key, value in row.items() if key != "rule"
    }


def _registers(home: Home, export_id: str) -> list[Path]:
    """Return the registers of an export, in the order in which its audits were first made."""
    files = (home.path / "exceptions" / export_id).glob("*-*.parquet")
    return sorted(files, key=lambda file: int(file.stem.partition("-")[0]))


def _made(home: Home, export_id: str, configuration: str) -> Path | None:
    made = (file for file in _registers(home, export_id) if file.stem.partition("-")[2] == configuration[:12])
    return next(made, None)


def _place(home: Home, export_id: str, configuration: str) -> Path:
    if made := _made(home, export_id, configuration):
        return made
    number = len(_registers(home, export_id)) + 1
    return home.path / "exceptions" / export_id / f"{number}-{configuration[:12]}.parquet"
