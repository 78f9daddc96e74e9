"""One audit: an export judged under one configuration, and the folder of what was computed from them.

What goes in: the tables of an audit, written once and read by every later step. What stays out: how they are
computed. The folder's name is a function of the export and the configuration, so the same audit has one place.

    <home>/audits/<export>-<configuration>/balances.parquet ...    tables at the cut
    <home>/audits/<export>-<configuration>/cut/<rule>.json         outcomes at the cut, offenders beside them
    <home>/audits/<export>-<configuration>/<month>/<rule>.json     outcomes of a month
    <home>/audits/<export>-<configuration>/operations/...          what depends on when it was asked, apart
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assets.engines import View
from assets.errors import TieoutError
from assets.kept_files import read_record, read_rows
from assets.mapping import Mapping
from assets.movements import Month, month_plain, months_from
from assets.parquet import ROW_GROUP, write_rows
from assets.schemas import TABLES
from assets.store import Export, Home


@dataclass(frozen=True)
class Audit:
    """An export under a configuration."""

    home: Home
    mapping: Mapping
    export: Export

    @property
    def folder(self) -> Path:
        """Where its results are, relative to the home."""
        return Path("audits") / f"{self.export.export_id}-{self.mapping.digest()[:12]}"

    def keep(self, name: str, rows: pa.Table) -> None:
        """Write a computed table whole or not at all."""
        kept = self._file(name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with self.home.workshop() as folder:
            made = folder / kept.name
            write_rows(made, rows.schema, rows.to_batches(max_chunksize=ROW_GROUP))
            made.replace(kept)

    def view(self, name: str) -> View:
        """Return a computed table as SQL sees it; raise TieoutError if it was not computed."""
        if not self._file(name).exists():
            message = f"{name} of export {self.export.export_id} was not computed; run the audit from its start."
            raise TieoutError(message)
        return (self._file(name),)

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Return the rows of a computed table, or some of its columns."""
        self.view(name)
        return read_rows(self._file(name), columns)

    def sealed_months(self) -> pa.Table:
        """Return how sealed months compare; a home without an archive has none."""
        if not (self.home.path / "archive").exists():
            return TABLES["sealed_months"].empty_table()
        return self.table("sealed_months")

    def forget_outcomes(self) -> None:
        """Remove what an earlier run concluded: a rule that does not run again is not verified."""
        shutil.rmtree(self.home.path / self.folder, ignore_errors=True)

    def keep_months(self, months: Sequence[Month]) -> None:
        """Write down which movements and closings this audit rests on."""
        text = json.dumps([month_plain(month) for month in months], indent=1, sort_keys=True)
        self.home.write_text(self.home.path / self.folder / "months.json", text + "\n")

    def months(self) -> list[Month]:
        """Return the months this audit rests on, in order."""
        return read_record(self.home.path / self.folder / "months.json", months_from)

    def _file(self, name: str) -> Path:
        return self.home.path / self.folder / f"{name}.parquet"
