"""Month movements: what moved in each month, and what every balance was at its end.

A month is computed again only when its rows, its opening or the configuration changed; a full run computes all
and must agree. What stays out: balances at the cut (balances) and whether any of it is right (checks).
"""

import hashlib
import json
from collections.abc import Mapping as Named
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.certificate import DataFile
from assets.engines import Query, View, duckdb_engine, ordered
from assets.errors import TieoutError
from assets.mapping import Mapping
from assets.parquet import ROW_GROUP
from assets.running import lowest_movements
from assets.schemas import TABLES
from assets.sources.protocol import Progress
from assets.store import Export, Home

SQL = Path(__file__).parent / "sql"
TEXTS = {name: (SQL / f"{name}.sql").read_text() for name in ("movements", "lowest", "openings", "closings")}


@dataclass(frozen=True)
class Month:
    """The movements and closings of one month, under the digest of everything they depend on."""

    month: str
    inputs: str
    movements: DataFile
    closings: DataFile


def compute_months(
    home: Home, export: Export, mapping: Mapping, progress: Progress, *, full: bool = False
) -> list[Month]:
    """Return every month of the export in order, computed now or taken over unchanged."""
    months: list[Month] = []
    names = export.certificate.months()
    for done, name in enumerate(names):
        before = months[-1] if months else None
        inputs = _inputs(export, mapping, name, before)
        kept = _kept(home, name, inputs)
        if kept is None or full:
            progress("computing months", done, len(names))
            made = _compute(home, export, name, inputs, before)
            if kept and kept != made:
                message = f"month {name} computed again differs from what was kept for the same rows; report this."
                raise TieoutError(message)
            home.write_text(_record(home, name, inputs), json.dumps(month_plain(made), indent=1, sort_keys=True) + "\n")
            kept = made
        months.append(kept)
    return months


def _inputs(export: Export, mapping: Mapping, name: str, before: Month | None) -> str:
    """Digest what a month depends on: its rows, its opening, the configuration and the SQL."""
    tables = export.certificate.tables
    rows = [file.sha256 for file in tables["transactions"].files if file.month == name]
    openings = [before.closings.sha256] if before else [file.sha256 for file in tables["wallets"].files]
    if not before and not mapping.has("wallets.opening"):
        openings = []
    parts = json.dumps([name, rows, openings, mapping.digest(), TEXTS], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()


def _kept(home: Home, name: str, inputs: str) -> Month | None:
    record = _record(home, name, inputs)
    if not record.exists():
        return None
    try:
        month = month_from(json.loads(record.read_text()))
    except (ValueError, KeyError, TypeError):
        return None
    return month if home.holds((month.movements, month.closings)) else None


def _record(home: Home, name: str, inputs: str) -> Path:
    return home.path / "months" / name / f"{inputs}.json"


def month_plain(month: Month) -> dict[str, Any]:
    """Return a month as JSON keeps it."""
    return {
        **asdict(month),
        "movements": month.movements.model_dump(),
        "closings": month.closings.model_dump(),
    }


def month_from(plain: dict[str, Any]) -> Month:
    """Return the month that JSON kept."""
    files = {key: DataFile.model_validate(plain[key]) for key in ("movements", "closings")}
    return Month(month=plain["month"], inputs=plain["inputs"], **files)


def months_from(text: str) -> list[Month]:
    """Return the months that a text of JSON lists."""
    return [month_from(plain) for plain in json.loads(text)]


def _compute(home: Home, export: Export, name: str, inputs: str, before: Month | None) -> Month:
    opened = home.view("closings", [before.closings]) if before else None
    with home.workshop() as spill:
        movements, closings = month_tables(home.views(export, name), name, opened, spill)
    return Month(
        month=name,
        inputs=inputs,
        movements=home.keep("movements", movements.to_batches(max_chunksize=ROW_GROUP), name),
        closings=home.keep("closings", closings.to_batches(max_chunksize=ROW_GROUP), name),
    )


def month_tables(views: Named[str, View], name: str, opened: View | None, spill: Path) -> tuple[pa.Table, pa.Table]:
    """Return movements and closings of a month from its tables and the closings before; the first opens by itself."""
    with duckdb_engine(views, spill) as query:
        movements = query(TEXTS["movements"])
        opened = query(TEXTS["openings"]) if opened is None else opened
        lowest = _lowest(views["transactions"], query)
    tables: dict[str, View] = {
        "movements": movements,
        "openings": opened,
        "lowest": lowest,
        "asked": pa.table({"month": [name]}),
    }
    with duckdb_engine(tables, spill) as query:
        closings = query(TEXTS["closings"])
    return ordered(movements).cast(TABLES["movements"]), closings.cast(TABLES["closings"])


def _lowest(transactions: View, query: Query) -> pa.Table:
    if isinstance(transactions, pa.Table):
        return query(TEXTS["lowest"])
    return lowest_movements(transactions, query, TEXTS["lowest"])
