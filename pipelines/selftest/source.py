"""The copy as a source: JSON Lines of its own, which tells its cut and counts its rows itself.

What goes in: writing the lines, and handing them to the reader of the audit. What stays out: what they say.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from assets.engines import duckdb_engine
from assets.mapping import Mapping
from assets.parquet import write_rows
from assets.sources.files.data_files import DataFile
from assets.sources.files.staging import stage_json
from assets.sources.protocol import Earlier, Progress, Proof, Reading, Snapshot, Staged, Survey
from pipelines.selftest.documents import documents
from pipelines.selftest.tables import Row, Tables


@dataclass
class Telling:
    """What the source says of itself, to be told wrongly where a fault wants it."""

    cut_at: datetime
    proof: Proof = "by construction"
    counts: dict[str, int] = field(default_factory=dict)
    """By how many rows the source counts more than it hands over."""
    sums: dict[str, int] = field(default_factory=dict)
    """By how much the source sums up more than it hands over; it is silent of tables that are not named."""
    commits_after_ns: int | None = None
    """From which commit on it tells every revision of a projection, if it tells any."""
    revisions: list[Row] = field(default_factory=list)
    """Projections as commits left them."""
    torn: frozenset[str] = frozenset()
    """Tables whose last line ends in the middle."""


class CopiedLedger:
    """The rows of a copy, written down once."""

    def __init__(self, mapping: Mapping, tables: Tables, telling: Telling, folder: Path) -> None:
        """Write the lines of every table."""
        self._tables, self._telling, self._folder = tables, telling, folder
        for name in mapping.present():
            lines = "".join(f"{line}\n" for line in documents(mapping, tables, name))
            torn = lines[: -len(lines.splitlines()[-1]) // 2] if name in telling.torn else lines
            self._file(name).write_text(torn)

    def snapshot(self) -> Snapshot:
        """Name the copy by the digest of its lines."""
        files = sorted(self._folder.glob("*.jsonl"))
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
        size = sum(file.stat().st_size for file in files)
        return Snapshot("selftest", None, digest, size, self._telling.cut_at, self._telling.proof)

    def read(self, wanted: Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:  # noqa: ARG002 - a copy is always read whole
        """Read every table, as loose files of JSON Lines are read."""
        staged = {name: self._staged(wanted, name, folder, progress) for name in wanted.present()}
        if self._telling.commits_after_ns is not None:
            staged["wallet_balances"] = self._revised(wanted, staged["wallet_balances"], folder)
        return Reading(self.snapshot(), staged, commits_after_ns=self._telling.commits_after_ns)

    def survey(self, wanted: Mapping) -> Survey:  # noqa: ARG002 - nothing is mapped anew
        """Tell nothing: nobody asks a copy."""
        return Survey("selftest", None, (), ())

    def _staged(self, wanted: Mapping, name: str, folder: Path, progress: Progress) -> Staged:
        file, staged, telling = self._file(name), folder / name, self._telling
        staged.mkdir()
        total = file.stat().st_size
        received = stage_json(
            [DataFile(file.name, file)], name, wanted, staged, lambda done, _: progress(f"reading {name}", done, total)
        )
        return Staged(
            staged,
            received,
            source_rows=len(self._tables.rows[name]) + telling.counts.get(name, 0),
            source_sum=self._sum(name) + telling.sums[name] if name in telling.sums else None,
        )

    def _revised(self, wanted: Mapping, projections: Staged, folder: Path) -> Staged:
        """Add the revisions of the projections, staged like these."""
        file, staged = folder / "revisions.jsonl", folder / "revised"
        tables = replace(self._tables, rows={"wallet_balances": self._telling.revisions})
        file.write_text("".join(f"{line}\n" for line in documents(wanted, tables, "wallet_balances")))
        stage_json([DataFile(file.name, file)], "wallet_balances", wanted, staged, lambda *_: None)
        with duckdb_engine({"revised": tuple(staged.glob("*.parquet"))}) as query:
            rows = query("SELECT *, false AS removed FROM revised")
        revisions = folder / "revisions"
        revisions.mkdir()
        write_rows(revisions / "rows.parquet", rows.schema, rows.to_batches())
        return replace(projections, revisions=revisions)

    def _sum(self, name: str) -> int:
        return sum(int(row["amount"]) for row in self._tables.rows[name])

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"
