"""Closed months: the closings that were committed for each complete month, and by which export.

What goes in: writing a closing down once its month is complete, and finding what was written down before. What stays
out: whether a month computed again agrees with it (checks), and reading seals (the table sealed_months). What was
sealed of a month stands before what was only written down. A month whose closings differ from what was written down
is written down again, as a new version that names the one it replaces; nothing is ever overwritten.

    <home>/closed/<month>/v1.json     month, export and cut it was closed by, the file of its closings
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from assets.audit import Audit
from assets.calendar import periods
from assets.certificate import DataFile
from assets.engines import View
from assets.errors import DamagedError
from assets.movements import Month
from assets.schemas import TABLES


class Closed(BaseModel):
    """One version of a closed month."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    month: str
    version: int
    export_id: str
    """The export it was closed by."""
    cut_at: datetime
    configuration: str
    """Digest of the configuration it was computed under."""
    closings: DataFile
    replaces: int | None
    """The version before, whose closings were others."""

    @property
    def place(self) -> tuple[datetime, int]:
        """Where the export it was closed by stands among all: by its cut, then by its number."""
        return self.cut_at, int(self.export_id.partition("-")[0])


def closed_before(audit: Audit) -> dict[str, Closed]:
    """Return the last version of each month that an export before this one closed."""
    found = {}
    for month in audit.months():
        before = [each for each in _versions(audit, month.month) if each.place < _place(audit)]
        if before:
            found[month.month] = before[-1]
    return found


def closed_months(audit: Audit) -> tuple[pa.Table, View]:
    """Return every closed month and whether its closings are the same to the byte, and the closings of the others."""
    months = audit.months()
    following = {month.month: after.month for month, after in pairwise(months)}
    closed = {month: _as_written(each, months) for month, each in closed_before(audit).items()} | _as_sealed(audit)
    rows = [
        {**closed[month.month].row, "month": month.month, "next_month": following.get(month.month)}
        for month in months
        if month.month in closed
    ]
    differing = [closed[row["month"]] for row in rows if not row["same"]]
    if lost := next((each for each in differing if not audit.home.holds([each.closings])), None):
        message = (
            f"the closings of {lost.closings.month} that export {lost.row['closed_by']} left are damaged or gone "
            f"({audit.home.path / lost.closings.path}); restore the file."
        )
        raise DamagedError(message)
    stored = audit.home.view("closings", [each.closings for each in differing])
    return pa.Table.from_pylist(rows, schema=TABLES["closed_months"]), stored


@dataclass(frozen=True)
class _Stood:
    """A month as it was closed or sealed: its row of closed_months, and the file of its closings."""

    row: dict[str, Any]
    closings: DataFile


def _as_written(closed: Closed, months: Sequence[Month]) -> _Stood:
    computed = next(month for month in months if month.month == closed.month)
    row = {"closed_by": closed.export_id, "same": _same(closed, computed), "balances": closed.closings.rows}
    return _Stood(row, closed.closings)


def _as_sealed(audit: Audit) -> dict[str, _Stood]:
    """Return the sealed months whose closings can be compared: they are the same, or the sealed ones are there."""
    found = {}
    for row in audit.sealed_months().to_pylist():
        same = row["closings_root"] == row["closings_root_sealed"]
        if row["problem"] or not (same or row["closings"]):
            continue
        said = {"closed_by": row["sealed_by"], "sealed_as": row["sealed_as"], "balances": row["balances"]}
        file = DataFile(
            path=row["closings"] or "",
            month=row["month"],
            rows=row["balances"],
            bytes=0,
            sha256=row["closings_sha256"] or "",
        )
        found[row["month"]] = _Stood({**said, "same": same}, file)
    return found


def close_months(audit: Audit) -> Sequence[Closed]:
    """Write down every complete month that was not, or not with these closings, and return those."""
    complete = {period.month for period in periods(audit.export.certificate) if period.complete}
    return list(_closing(audit, [month for month in audit.months() if month.month in complete]))


def _closing(audit: Audit, months: Sequence[Month]) -> Iterator[Closed]:
    for month in months:
        versions = _versions(audit, month.month)
        last = versions[-1] if versions else None
        if last and (_same(last, month) or last.place > _place(audit)):
            continue
        made = Closed(
            month=month.month,
            version=len(versions) + 1,
            export_id=audit.export.export_id,
            cut_at=audit.export.certificate.cut.at,
            configuration=audit.mapping.digest(),
            closings=month.closings,
            replaces=last.version if last else None,
        )
        file = _folder(audit, month.month) / f"v{made.version}.json"
        audit.home.write_text(file, made.model_dump_json(indent=1) + "\n")
        yield made


def _place(audit: Audit) -> tuple[datetime, int]:
    return audit.export.certificate.cut.at, audit.export.sequence


def _same(closed: Closed, month: Month) -> bool:
    return closed.closings.sha256 == month.closings.sha256


def _versions(audit: Audit, month: str) -> list[Closed]:
    files = sorted(_folder(audit, month).glob("v*.json"), key=lambda file: int(file.stem[1:]))
    try:
        return [Closed.model_validate_json(file.read_text()) for file in files]
    except ValueError as error:
        message = f"{_folder(audit, month)} is damaged ({str(error).splitlines()[0]}); restore it."
        raise DamagedError(message) from error


def _folder(audit: Audit, month: str) -> Path:
    return audit.home.path / "closed" / month
