"""Auditing the reference ledger as a run does, on the shortest honest path: no Dagster, no report.

What goes in: exporting a database into a home and computing its drift. What stays out: what must come of it.
"""

from pathlib import Path

import pyarrow as pa

from assets.balances import compute_balances
from assets.drift import compute_drift
from assets.export import export_source
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.movements import compute_months
from assets.sources.postgres.address import conninfo
from assets.sources.postgres.session import Shared
from assets.sources.postgres.source import Postgres
from assets.sources.protocol import Progress
from assets.store import Export, Home
from tests.postgres_ledger.ledger import Ledger

CONFIG = Path(__file__).parents[2] / "postgres_ledger" / "tieout.toml"
MAPPING = load_mapping(CONFIG)
SOURCE_TABLES = (
    "transactions",
    "wallets",
    "wallet_balances",
    "user_balances",
    "wallet_keys",
    "source_tables",
    "source_columns",
    "quarantine",
)
"""Tables that the rows of the source alone decide, whatever way they came."""


def silent(_what: str, _done: int, _of: int) -> None:
    """Say nothing."""


class Torn(Postgres):
    """The fault the auditor must never have: every reader sees an instant of its own."""

    def _seen_by_readers(self, shared: Shared) -> None:  # noqa: ARG002 - that is the fault
        return None


def source(ledger: Ledger, folder: Path, *, readers: int = 2, share_snapshot: bool = True) -> Postgres:
    """Return the ledger as its auditor reaches it, with the password in a file."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "password"
    secret.write_text(ledger.auditor_password + "\n")
    info = conninfo(ledger.auditor_url, secret)
    return (Postgres if share_snapshot else Torn)(ledger.auditor_url, info, readers)


def exported(
    home: Home, database: Postgres, *, full: bool = False, mapping: Mapping = MAPPING, progress: Progress = silent
) -> Export:
    """Export the database as it is now."""
    with home.writing():
        return export_source(home, mapping, database, progress, full=full)


def drifting(home: Home, export: Export, mapping: Mapping = MAPPING) -> pa.Table:
    """Return the balances of an export whose projection is not what the ledger sums to."""
    with home.writing():
        months = compute_months(home, export, mapping, silent)
    balances = compute_balances(home, export, months[-1] if months else None)
    frame = compute_drift(home, export, balances)
    return frame.filter([bool(drift) for drift in frame["drift"].to_pylist()])


def digests(export: Export) -> dict[str, list[str]]:
    """Return the digests of the files of every table that the rows alone decide."""
    return {name: [file.sha256 for file in export.certificate.files(name)] for name in SOURCE_TABLES}
