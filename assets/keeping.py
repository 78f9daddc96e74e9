"""Which exports stay and which are let go: the newest, the last of each day for a while, the last of each month.

One that a month was reported from stays until that month is sealed.

What goes in: the choice, and letting go of exactly those files that nothing kept names. What stays out: exports
themselves (export), and reports, which stay as long as their month does. Time is the time of the cuts: no clock.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from assets.certificate import DataFile
from assets.exceptions import forget_registers
from assets.kept_files import read_record
from assets.mapping import Keep
from assets.movements import months_from
from assets.store import Export, Home

RESTORE = "restore it from a copy; until then nothing is let go"


@dataclass(frozen=True)
class LetGo:
    """An export that was let go, and the files that went with it, relative to the home."""

    export: Export
    files: tuple[str, ...]
    bytes: int

    def line(self) -> dict[str, Any]:
        """Return what the journal says of it."""
        return {
            "event": "let go",
            "export": self.export.export_id,
            "sha256": self.export.certificate.sha256(),
            "cut": self.export.certificate.cut.at.isoformat(),
            "files": list(self.files),
            "bytes": self.bytes,
        }


def kept_exports(exports: Sequence[Export], keep: Keep, judged: str) -> list[Export]:
    """Return the exports that stay, in the order they were made; the one being judged is among them."""
    if not exports:
        return []
    by_cut = sorted(exports, key=lambda export: (export.certificate.cut.at, export.sequence))
    last = by_cut[-1].certificate.cut.at
    days = {f"{export.certificate.cut.at:%Y-%m-%d}": export for export in by_cut}
    months = {f"{export.certificate.cut.at:%Y-%m}": export for export in by_cut}
    since = f"{last - timedelta(days=keep.days):%Y-%m-%d}"
    staying = {judged, exports[-1].export_id, by_cut[-1].export_id}
    staying |= {export.export_id for day, export in days.items() if day > since}
    recent = sorted(months)[-keep.months :] if keep.months else sorted(months)
    staying |= {months[month].export_id for month in recent}
    return [export for export in exports if export.export_id in staying]


def let_go(home: Home, keep: Keep, judged: str) -> list[LetGo]:
    """Let go of every export that does not stay, and write it down first: killed midway, the next call ends it."""
    exports = home.exports()
    staying = kept_exports(exports, keep, judged)
    staying += [export for export in exports if export not in staying and _awaits_its_seal(home, export)]
    going = [export for export in exports if export not in staying]
    named = set(_paths(staying))
    gone = [_letting_go(export, named) for export in going]
    known = home.journal.standing()
    if unwritten := [each.line() for each in gone if each.export.export_id in known]:
        home.write_down(unwritten)
    for export in going:
        _remove(home, export)
    for each in gone:
        for file in each.files:
            (home.path / file).unlink(missing_ok=True)
    if gone:
        _sweep_months(home, staying)
    forget_registers(home, staying)
    return gone


def _letting_go(export: Export, named: set[str]) -> LetGo:
    files = {file.path: file.bytes for file in _files(export) if file.path not in named}
    named.update(files)
    return LetGo(export, tuple(sorted(files)), sum(files.values()))


def _files(export: Export) -> Iterable[DataFile]:
    return (file for count in export.certificate.tables.values() for file in count.files)


def _paths(exports: Iterable[Export]) -> Iterable[str]:
    return (file.path for export in exports for file in _files(export))


def _remove(home: Home, export: Export) -> None:
    """Remove an export, what was computed from it, and its reports of a month that was not over."""
    folders = [
        home.path / "exports" / export.export_id,
        *(home.path / "audits").glob(f"{export.export_id}-*"),
        *(home.path / "reports").glob(f"*/to-date-{export.export_id}-*"),
    ]
    with home.workshop() as out:
        for place, folder in enumerate(folders):
            if folder.exists() and not _is_reported(home, folder):
                folder.rename(out / str(place))


def _is_reported(home: Home, folder: Path) -> bool:
    """Tell whether a month's standing report names the rows that an audit found."""
    if folder.parent.name != "audits":
        return False
    said = str(folder.relative_to(home.path))
    return any(said in report.read_text() for report in (home.path / "reports").glob("*/v*/report.json"))


def _awaits_its_seal(home: Home, export: Export) -> bool:
    """Tell whether a complete month was last reported from an export and is not sealed yet: its seal needs the rows."""
    for month in (home.path / "reports").glob("*-*"):
        versions = [file.parent for file in month.glob("v*/report.json")]
        newest = max(versions, key=lambda folder: int(folder.name.removeprefix("v")), default=None)
        if newest is None or (home.path / "archive" / f"{month.name}-{newest.name}.seal.json").exists():
            continue
        if read_record(newest / "report.json", _reported_from, RESTORE) == export.export_id:
            return True
    return False


def _reported_from(text: str) -> str:
    return str(json.loads(text)["provenance"]["export_id"])


def _sweep_months(home: Home, staying: Sequence[Export]) -> None:
    """Remove months that no audit of a kept export rests on, and the files that only they named."""
    audits = [file for export in staying for file in (home.path / "audits").glob(f"{export.export_id}-*/months.json")]
    resting = [month for file in audits for month in read_record(file, months_from)]
    if not resting:
        return
    records = {home.path / "months" / month.month / f"{month.inputs}.json" for month in resting}
    files = {home.path / file.path for month in resting for file in (month.movements, month.closings)}
    for record in (home.path / "months").glob("*/*.json"):
        if record not in records:
            record.unlink()
    for table in ("movements", "closings"):
        for file in (home.path / "tables" / table).rglob("*.parquet"):
            if file not in files:
                file.unlink()
