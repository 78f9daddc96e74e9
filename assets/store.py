"""The home: everything tieout writes, in one folder that belongs to one source and mapping and to one writer at a time.

What goes in: where files are, and how they get there whole or not at all. What stays out: what is in them.

    <home>/home.json                        the source and mapping it belongs to
    <home>/journal.jsonl                    every export ever committed, and every one let go
    <home>/runs.jsonl                       every reconciliation that began, and how it ended
    <home>/exports/<id>/certificate.json    an export; without its certificate it does not exist
    <home>/exports/<id>/bookmark.json       where the next reading of a live source goes on
    <home>/tables/<table>/[<month>/]<sha256>.parquet     content-addressed rows, shared between exports
    <home>/exceptions/<id>/                 which rows broke a rule, and since when: one register for each audit
    <home>/arriving/                        pages of a live source that are part of no export yet
    <home>/scratch/                         work in progress, emptied by the next writer
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.certificate import FORMAT, Certificate, DataFile
from assets.engines import View
from assets.errors import HomeError
from assets.journal import ANEW, Journal, committed
from assets.kept_files import damaged, read_object, read_record
from assets.parquet import ROW_GROUP, digest, flush_to_disk, write_rows
from assets.runs import Runs
from assets.schemas import EXPORTED, TABLES
from assets.writing import right_to_write


@dataclass(frozen=True)
class Export:
    """One consistent cut of the source, numbered and immutable."""

    export_id: str
    certificate: Certificate

    @property
    def sequence(self) -> int:
        """Its number in the home, from 1."""
        return int(self.export_id.partition("-")[0])


class Home:
    """One folder of exports and all that is computed from them."""

    def __init__(self, path: Path) -> None:
        """Take the folder; it is made when something is first written."""
        self.path = path.absolute()
        self._whole: set[tuple[str, int, int]] = set()

    @contextmanager
    def writing(self, run: str | None = None) -> Iterator[None]:
        """Hold the right to write, together with other processes of a named run; raise HomeError if another has it.

        The first of a run sweeps away what a killed writer left half-made.
        """
        with right_to_write(self.path, self.scratch, run):
            yield

    @property
    def journal(self) -> Journal:
        """What was ever committed here."""
        return Journal(self.path / "journal.jsonl")

    @property
    def runs(self) -> Runs:
        """What became of each reconciliation."""
        return Runs(self.path / "runs.jsonl")

    @property
    def scratch(self) -> Path:
        """The folder of work in progress."""
        return self.path / "scratch"

    @property
    def arriving(self) -> Path:
        """The folder where a live source keeps what has come in until it is part of an export."""
        return self.path / "arriving"

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give a fresh folder that is gone afterwards."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            yield Path(folder)

    def claim(self, deed: Mapping[str, str | None]) -> None:
        """Let the home belong to this source and mapping, unless it already does."""
        self.refuse_stranger(deed)
        owned = {**self._deed(), **{what: mine for what, mine in deed.items() if mine}}
        self.write_text(self.path / "home.json", json.dumps(owned, indent=1, sort_keys=True) + "\n")

    def refuse_stranger(self, deed: Mapping[str, str | None]) -> None:
        """Raise HomeError if the home belongs to another source or mapping."""
        owned = self._deed()
        for what, mine in deed.items():
            if mine and owned.get(what, mine) != mine:
                message = (
                    f"{self.path} belongs to another {what} ({_short(owned[what])}, not {_short(mine)}): it keeps the "
                    f"history of one ledger, read by one mapping of tables and columns; give another --home."
                )
                raise HomeError(message)

    def _deed(self) -> dict[str, str]:
        """Return what the home belongs to; a home without an export belongs to nobody."""
        if not self.exports():
            return {}
        said = read_object(self.path / "home.json", ANEW)
        if not said.get("mapping") or not all(isinstance(value, str) for value in said.values()):
            raise damaged(self.path / "home.json", advice=ANEW)
        return said

    def exports(self) -> list[Export]:
        """Return the exports, oldest first; one without a whole certificate does not exist."""
        files = sorted((self.path / "exports").glob("*-*/certificate.json"))
        return [Export(file.parent.name, self._certificate(file)) for file in files]

    def _certificate(self, file: Path) -> Certificate:
        said = str(read_object(file, ANEW).get("format", ""))
        if said != FORMAT and said.startswith(FORMAT.rstrip("0123456789")):
            message = f"{self.path} was written by another version of tieout; give another --home."
            raise HomeError(message)
        return read_record(file, Certificate.model_validate_json, ANEW)

    def export(self, export_id: str) -> Export:
        """Return one export by its id."""
        return next(export for export in self.exports() if export.export_id == export_id)

    def newest(self) -> Export:
        """Return the export that reconciliation judges; raise HomeError when there is none."""
        if exports := self.exports():
            return exports[-1]
        message = f"{self.path} holds no export yet; run 'tieout audit SOURCE' first."
        raise HomeError(message)

    def next_sequence(self) -> int:
        """Return the number of the export that is committed next; no number is given twice."""
        known = [int(export_id.partition("-")[0]) for export_id in self.journal.exports_ever()]
        return max([*known, *(export.sequence for export in self.exports())], default=0) + 1

    def commit(self, certificate: Certificate, bookmark: Mapping[str, Any] | None = None) -> Export:
        """Write the certificate of a new export and its bookmark; from this instant on the export exists."""
        export = Export(f"{self.next_sequence():06d}-{certificate.sha256()[:12]}", certificate)
        exports = self.path / "exports"
        exports.mkdir(exist_ok=True)
        with self.workshop() as folder:
            made = folder / export.export_id
            made.mkdir()
            self.write_text(made / "certificate.json", certificate.text())
            if bookmark:
                self.write_text(made / "bookmark.json", json.dumps(bookmark, indent=1, sort_keys=True) + "\n")
            made.rename(exports / export.export_id)
        flush_to_disk(exports)
        self.write_down_commits()
        return export

    def write_down_commits(self) -> None:
        """Add to the journal what was committed and is not yet in it: a killed writer may have left one export so."""
        known = self.journal.exports_ever()
        missing = [export for export in self.exports() if export.export_id not in known]
        if len(missing) > 1:
            raise damaged(self.journal.path, advice=ANEW)
        if missing:
            self.write_down(
                committed(export.export_id, export.certificate, self._bookmark_text(export)) for export in missing
            )

    def write_down(self, lines: Iterable[dict[str, Any]]) -> None:
        """Add lines to the journal, all or none."""
        self.write_text(self.journal.path, self.journal.text_with(lines))

    def lost_exports(self) -> list[str]:
        """Return the exports that the journal knows, and the home no longer has as they were committed."""
        present = {export.export_id: export.certificate.sha256() for export in self.exports()}
        return [name for name, sha256 in self.journal.standing().items() if present.get(name) != sha256]

    def vouches_for(self, export: Export) -> bool:
        """Tell whether an export is the one that the journal says was committed."""
        return self.journal.standing().get(export.export_id) == export.certificate.sha256()

    def bookmark(self, export: Export) -> dict[str, Any] | None:
        """Return where a live source was left; none where it was not, or where that is not as it was committed."""
        text = self._bookmark_text(export)
        digest = hashlib.sha256(text.encode()).hexdigest() if text else None
        if text is None or not self.vouches_for(export) or self.journal.bookmark(export.export_id) != digest:
            return None
        return dict(json.loads(text))

    def _bookmark_text(self, export: Export) -> str | None:
        file = self.path / "exports" / export.export_id / "bookmark.json"
        return file.read_text(errors="replace") if file.exists() else None

    def forget_arrivals(self) -> None:
        """Remove what had come in of a live source: it is part of an export now."""
        shutil.rmtree(self.arriving, ignore_errors=True)

    def keep(self, table: str, batches: Iterable[pa.RecordBatch], month: str | None = None) -> DataFile:
        """Write rows of a promised table into their content-addressed file."""
        with self.workshop() as folder:
            made = folder / "rows.parquet"
            rows = write_rows(made, TABLES[table], batches)
            flush_to_disk(made)
            sha256 = digest(made)
            kept = self.path.joinpath("tables", table, *([month] if month else []), f"{sha256}.parquet")
            size = made.stat().st_size
            kept.parent.mkdir(parents=True, exist_ok=True)
            made.replace(kept)
        return DataFile(path=str(kept.relative_to(self.path)), month=month, rows=rows, bytes=size, sha256=sha256)

    def keep_by_month(self, table: str, rows: pa.Table) -> list[DataFile]:
        """Write rows that have a `month`, one file a month, in their order."""
        months = sorted({str(month) for month in rows["month"].unique().to_pylist()})
        chosen = ((month, rows.filter(pc.equal(rows["month"], pa.scalar(month)))) for month in months)
        return [self.keep(table, part.to_batches(max_chunksize=ROW_GROUP), month) for month, part in chosen]

    def write_text(self, path: Path, text: str) -> None:
        """Write a small file of text whole or not at all."""
        self.write_bytes(path, text.encode())

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Write a small file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.workshop() as folder:
            made = folder / path.name
            made.write_bytes(data)
            flush_to_disk(made)
            made.replace(path)

    def views(self, export: Export, month: str | None = None) -> dict[str, View]:
        """Return the tables of an export as SQL sees them, transactions of one month only if asked."""
        views: dict[str, View] = {}
        for table in EXPORTED:
            files = export.certificate.tables[table].files
            chosen = [file for file in files if not (month and file.month) or file.month == month]
            views[table] = self.view(table, chosen)
        return views

    def view(self, table: str, files: Iterable[DataFile]) -> View:
        """Return files of one table as SQL sees them; no file is an empty table."""
        paths = tuple(self.path / file.path for file in files)
        return paths or TABLES[table].empty_table()

    def intact(self, export: Export) -> bool:
        """Tell whether every file of an export is there, to the byte."""
        return self.holds(file for count in export.certificate.tables.values() for file in count.files)

    def require_whole(self, export: Export) -> None:
        """Raise DamagedError, naming the file, unless an export is the one committed and every file is as it was."""
        self.refuse_stranger({})
        if not self.vouches_for(export):
            raise damaged(self.journal.path, advice=ANEW)
        for file in (file for count in export.certificate.tables.values() for file in count.files):
            if not self._is_whole(file):
                path = self.path / file.path
                raise damaged(path, None if path.exists() else FileNotFoundError())

    def holds(self, files: Iterable[DataFile]) -> bool:
        """Tell whether these files are there, to the byte."""
        with ThreadPoolExecutor() as pool:
            return all(pool.map(self._is_whole, files))

    def _is_whole(self, file: DataFile) -> bool:
        path = self.path / file.path
        if not path.exists():
            return False
        seen = (file.path, path.stat().st_mtime_ns, path.stat().st_size)
        if seen not in self._whole and digest(path) == file.sha256:
            self._whole.add(seen)
        return seen in self._whole

    def sweep(self, tables: Iterable[str]) -> None:
        """Remove files of these exported tables that a killed writer left without a certificate."""
        counts = [count for export in self.exports() for count in export.certificate.tables.values()]
        named = {self.path / file.path for count in counts for file in count.files}
        for table in tables:
            for file in (self.path / "tables" / table).rglob("*.parquet"):
                if file not in named:
                    file.unlink()


def _short(name: str) -> str:
    return name[:12] if len(name) == 64 else name  # noqa: PLR2004 - a digest in hex
