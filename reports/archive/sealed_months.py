"""Every sealed month, held against the export that is audited: the table `sealed_months`.

What goes in: which seals speak, and what is said where one cannot. What stays out: the comparison itself (comparison),
and what follows from it (checks). A seal is compared with exports after the one it was made from; a seal, or a log,
that does not hold is told as a problem, and nothing is compared with it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from assets.audit import Audit
from assets.schemas import TABLES
from assets.sources.protocol import Progress
from reports.archive.comparison import Comparison, OtherColumnsError, Sealed, compared
from reports.archive.folder import Archive
from reports.archive.keys import require_both
from reports.archive.verifier.log import LOG, STAGING, Log, Seal, read_log

UNTIL = "until then it is not known whether what was sealed still stands."


def compare_sealed(audit: Audit, told: Progress) -> pa.Table:
    """Return how each sealed month compares with this export, in the order of the months."""
    archive = Archive(audit.home)
    if not archive.path.is_dir() or not {each.name for each in archive.path.iterdir()} - {STAGING}:
        return TABLES["sealed_months"].empty_table()
    log = read_log(archive.path, require_both)
    rows = [_problem(None, None, said) for said in _log_problems(log)]
    latest = _latest(audit, log) if not rows else {}
    for done, (month, seal) in enumerate(sorted(latest.items())):
        told("comparing sealed months", done, len(latest))
        rows.append(_compared(audit, archive, log, month, seal))
    return pa.Table.from_pylist(rows, schema=TABLES["sealed_months"])


def _log_problems(log: Log) -> Iterator[str]:
    for each in log.breaks:
        if each.file == LOG:
            yield f"archive/{LOG} does not hold ({each.said}): run 'tieout verify' and restore it; {UNTIL}"
            return


def _latest(audit: Audit, log: Log) -> dict[str, Seal]:
    """Return the newest seal of each month that was made from an export before this one."""
    cuts = {line["export"]: line["cut"] for line in audit.home.journal.lines() if "cut" in line}
    own = _place(audit.export.export_id, audit.export.certificate.cut.at.isoformat())
    found = {}
    for seal in log.seals:
        export = seal.statement["predicate"]["export"] if seal.statement else None
        if export is None or export not in cuts or _place(export, cuts[export]) < own:
            found[str(seal.entry["month"])] = seal
    return found


def _place(export_id: str, cut_at: str) -> tuple[datetime, int]:
    return datetime.fromisoformat(cut_at), int(export_id.partition("-")[0])


def _compared(audit: Audit, archive: Archive, log: Log, month: str, seal: Seal) -> dict[str, Any]:
    if seal.statement is None:
        why = next((each.said for each in log.breaks if each.file == seal.entry["file"]), "it cannot be read")
        said = (
            f"the seal archive/{seal.entry['file']} of {month} does not verify ({why}): restore it from a copy; {UNTIL}"
        )
        return _problem(month, seal, said)
    try:
        made, folder = compared(audit, Sealed(seal, archive.path, seal.name in log.deleted()))
    except OtherColumnsError as error:
        return _problem(month, seal, str(error))
    return _row(made, str(folder) if folder and not made.same else None)


def _row(made: Comparison, restatement: str | None) -> dict[str, Any]:
    fields = {name for name in Comparison.model_fields if name in TABLES["sealed_months"].names and name != "closings"}
    closings = made.closings
    return {
        **made.model_dump(include=fields),
        "same": made.same,
        "closings": closings.path if closings else None,
        "closings_sha256": closings.sha256 if closings else None,
        "restatement": restatement,
    }


def _problem(month: str | None, seal: Seal | None, said: str) -> dict[str, Any]:
    sentence = said[0].upper() + said[1:] if said.startswith("the ") else said
    return {"month": month, "sealed_as": seal.name if seal else None, "problem": sentence}
