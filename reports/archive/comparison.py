"""A sealed month laid beside the same month of an export: what both come to, and what made the difference.

What goes in: roots of rows and closings, and where they differ the rows and balances that do. What stays out: which
seals are compared (sealed_months) and how it is told (reports.restatement). Where the files of the export are those
that were sealed, to the byte, nothing is read. What was once compared is kept:

    <home>/restatements/<month>/<bag>-<digest>/comparison.json  rows.parquet  balances.parquet  closings.parquet
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from assets.audit import Audit
from assets.certificate import DataFile
from assets.engines import View, duckdb_engine
from assets.errors import TieoutError
from assets.parquet import digest, write_rows
from assets.schemas import TABLES
from reports.archive.rows import columns_of, table_root
from reports.archive.verifier.log import Seal, place_of

SQL = Path(__file__).parent / "sql"
TEXTS = {name: (SQL / f"restated_{name}.sql").read_text() for name in ("rows", "closings")}
COMPARED = ("transactions", "closings")


class Comparison(BaseModel):
    """What a seal says of a month, and what the month comes to now."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    month: str
    sealed_as: str
    """The bag."""
    seal: str
    sealed_by: str
    """The export it was sealed from."""
    rows_sealed: int
    rows_now: int
    root_sealed: str
    root: str
    balances: int
    """How many closings were sealed."""
    closings_root_sealed: str
    closings_root: str
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    unnamed: str | None = None
    """Why rows cannot be named; nothing where they are, or none differs."""
    closings: DataFile | None = None
    """The closings as they were sealed, where they differ."""
    restated_rows: DataFile | None = None
    restated_balances: DataFile | None = None

    @property
    def same(self) -> bool:
        """Whether rows and closings are those that were sealed."""
        return (self.root, self.closings_root) == (self.root_sealed, self.closings_root_sealed)

    @property
    def files(self) -> list[DataFile]:
        """The files that are kept with it."""
        return [file for file in (self.closings, self.restated_rows, self.restated_balances) if file]


class OtherColumnsError(TieoutError):
    """The month was sealed with other columns than are known today."""


@dataclass(frozen=True)
class Sealed:
    """A seal that holds, and where its bag should be."""

    seal: Seal
    archive: Path
    gone: bool
    """Whether retention let the bag go."""

    @property
    def said(self) -> dict[str, Any]:
        """What the seal says."""
        return dict(dict(self.seal.statement or {})["predicate"])

    def digests(self, table: str) -> list[str]:
        """Return the digests of the files of a table, in order."""
        files = {each["name"]: each["digest"]["sha256"] for each in dict(self.seal.statement or {})["subject"]}
        return [files[name] for name in self.said["tables"][table]["files"]]

    def files(self, audit: Audit, table: str) -> tuple[Path, ...] | None:
        """Return the files of a table as they were sealed, from the bag or the home, if they are all there."""
        bag, found = place_of(self.archive, self.seal.name), []
        for name, sha256 in zip(self.said["tables"][table]["files"], self.digests(table), strict=True):
            kept = audit.home.path / "tables" / table / self.said["month"] / f"{sha256}.parquet"
            whole = [path for path in (bag / name, kept) if path.is_file() and digest(path) == sha256]
            if not whole:
                return None
            found.append(whole[0])
        return tuple(found)


def compared(audit: Audit, sealed: Sealed) -> tuple[Comparison, Path | None]:
    """Lay a sealed month beside that of the export; return where what was found is kept, if anything differed."""
    present = _present(audit, sealed.said["month"])
    same = [[file.sha256 for file in present[table]] == sealed.digests(table) for table in COMPARED]
    if all(same):
        return _comparison(sealed, rows=int(sealed.said["tables"]["transactions"]["rows"])), None
    stood = {table: sealed.files(audit, table) for table in (*COMPARED, "wallet_keys")}
    folder = _folder(sealed, present, named=all(stood.values()))
    if kept := _found(audit, folder):
        return kept, folder
    with audit.home.workshop() as work:
        found = _compute(audit, sealed, {name: files for name, files in stood.items() if files}, work)
        return _kept(audit, folder, found, work), folder


def _found(audit: Audit, folder: Path) -> Comparison | None:
    """Return what was compared before, if it is whole: it can be made again at any time."""
    try:
        found = Comparison.model_validate_json((audit.home.path / folder / "comparison.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if audit.home.holds(found.files) else None


def _present(audit: Audit, month: str) -> dict[str, Sequence[DataFile]]:
    """Return the files of a month today; a month without rows closes as the one before it."""
    closings = [each.closings for each in audit.months() if each.month <= month]
    rows = [file for file in audit.export.certificate.files("transactions") if file.month == month]
    return {"transactions": rows, "closings": closings[-1:]}


def _folder(sealed: Sealed, present: Mapping[str, Sequence[DataFile]], *, named: bool) -> Path:
    digests = {table: [file.sha256 for file in files] for table, files in present.items()}
    depends = json.dumps([sealed.seal.entry["seal"], digests, TEXTS, named], sort_keys=True)
    key = hashlib.sha256(depends.encode()).hexdigest()[:12]
    return Path("restatements") / str(sealed.said["month"]) / f"{sealed.seal.name}-{key}"


def _comparison(sealed: Sealed, *, rows: int, roots: Mapping[str, str] | None = None, **more: Any) -> Comparison:  # noqa: ANN401 - fields of it
    said = sealed.said
    tables = said["tables"]
    before = {table: tables[table]["root"] for table in COMPARED}
    now = {**before, **(roots or {})}
    return Comparison(
        month=said["month"],
        sealed_as=sealed.seal.name,
        seal=sealed.seal.entry["seal"],
        sealed_by=said["export"],
        rows_sealed=int(tables["transactions"]["rows"]),
        rows_now=rows,
        root_sealed=before["transactions"],
        root=now["transactions"],
        balances=int(tables["closings"]["rows"]),
        closings_root_sealed=before["closings"],
        closings_root=now["closings"],
        **more,
    )


def _compute(audit: Audit, sealed: Sealed, stood: Mapping[str, tuple[Path, ...]], work: Path) -> Comparison:
    """Derive the roots again; where they differ, name what does."""
    present, roots, rows = _present(audit, sealed.said["month"]), {}, 0
    now: dict[str, tuple[Path, ...]] = {}
    for table in COMPARED:
        now[table] = tuple(audit.home.path / file.path for file in present[table]) or (_empty(table, work),)
        if [list(column) for column in columns_of(table, now[table])] != sealed.said["tables"][table]["columns"]:
            message = (
                f"{sealed.seal.name} was sealed with other columns of {table} than tieout knows now: it cannot be "
                f"compared; archive {sealed.said['month']} again."
            )
            raise OtherColumnsError(message)
        root = table_root(table, now[table])
        roots[table] = root.root
        rows = root.rows if table == "transactions" else rows
    made = _comparison(sealed, rows=rows, roots=roots)
    if made.same:
        return made
    if not {*COMPARED, "wallet_keys"} <= stood.keys():
        why = (
            "its rows were let go"
            if sealed.gone
            else f"its bag is damaged or gone: run 'tieout verify {made.sealed_as}'"
        )
        return made.model_copy(update={"unnamed": why})
    return made.model_copy(update=_named(audit, stood, now, work))


def _empty(table: str, work: Path) -> Path:
    made = work / f"{table}-none.parquet"
    write_rows(made, TABLES[table], [])
    return made


def _named(
    audit: Audit, stood: Mapping[str, tuple[Path, ...]], now: Mapping[str, tuple[Path, ...]], work: Path
) -> dict[str, Any]:
    """Return how many rows did it, with the files of rows and balances, still in the workshop."""
    keys: View = audit.home.views(audit.export)["wallet_keys"]
    with duckdb_engine({"sealed": stood["transactions"], "present": now["transactions"]}, work) as query:
        rows = query(TEXTS["rows"])
    views: dict[str, View] = {"sealed": stood["closings"], "present": now["closings"]}
    with duckdb_engine({**views, "wallets_sealed": stood["wallet_keys"], "wallets_present": keys}, work) as query:
        balances = query(TEXTS["closings"])
    closings = pa.concat_tables([pa.parquet.read_table(path) for path in stood["closings"]])
    said = rows["change"].to_pylist()
    return {
        **{how: said.count(how) for how in ("added", "removed", "changed")},
        "restated_rows": _written(work, "rows", rows),
        "restated_balances": _written(work, "balances", balances),
        "closings": _written(work, "closings", closings),
    }


def _written(work: Path, name: str, rows: pa.Table) -> DataFile:
    made = work / f"{name}.parquet"
    count = write_rows(made, rows.schema, rows.to_batches())
    return DataFile(path=made.name, month=None, rows=count, bytes=made.stat().st_size, sha256=digest(made))


def _kept(audit: Audit, folder: Path, found: Comparison, work: Path) -> Comparison:
    """Move what was found to its place, the record last, and return it with its files named from the home."""
    place = audit.home.path / folder
    place.mkdir(parents=True, exist_ok=True)
    for file in found.files:
        shutil.move(work / file.path, place / file.path)
    names = ("closings", "restated_rows", "restated_balances")
    files = {name: getattr(found, name) for name in names if getattr(found, name)}
    made = found.model_copy(
        update={name: file.model_copy(update={"path": str(folder / file.path)}) for name, file in files.items()}
    )
    audit.home.write_text(place / "comparison.json", made.model_dump_json(indent=1) + "\n")
    return made
