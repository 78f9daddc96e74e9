"""Seal a closed month: a bag, a signed statement that names every file and the seal before it, a line in the log.

What goes in: the order in which a month is sealed. What stays out: what the bag holds (bag) and how the log is kept
(folder). A month that was sealed is never sealed again as it was: another version names the one it replaces.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assets.mapping import Mapping
from assets.sources.protocol import Progress
from assets.store import Home
from reports.archive.bag import Wrapper, write_bag
from reports.archive.folder import Archive
from reports.archive.keys import SealingKey
from reports.archive.manifests import digests
from reports.archive.month import ClosedMonth, closed_month, newest_report, reported_months
from reports.archive.retention_dates import kept_until
from reports.archive.verifier.breaks import canonical, sha256
from reports.archive.verifier.log import SEAL_TYPE, Entry


@dataclass(frozen=True)
class Sealed:
    """A bag that was sealed, now or before."""

    name: str
    month: str
    seal: str
    now: bool


def due_months(home: Home) -> list[str]:
    """Return the months whose newest report is not sealed yet, in order."""
    done = {entry["name"] for entry in Archive(home).sealed()}
    return [month for month in reported_months(home) if _name(home, month) not in done]


def seal_months(home: Home, mapping: Mapping, months: Iterable[str], key: SealingKey, told: Progress) -> list[Sealed]:
    """Seal these months one after another; the caller holds the right to write."""
    archive, made, months = Archive(home), [], list(months)
    archive.settle()
    for done, month in enumerate(months):
        told("sealing months", done, len(months))
        known = {entry["name"]: entry for entry in archive.sealed()}
        if before := known.get(_name(home, month)):
            made.append(Sealed(before["name"], month, before["seal"], now=False))
            continue
        made.append(_seal(archive, closed_month(home, mapping, month), key))
    return made


def _name(home: Home, month: str) -> str:
    report = newest_report(home, month)
    return f"{month}-{report.name}" if report else month


def _seal(archive: Archive, month: ClosedMonth, key: SealingKey) -> Sealed:
    seals = archive.sealed()
    same = [entry for entry in seals if entry["month"] == month.month.month]
    retention = month.audit.mapping.retention
    wrapper = Wrapper(
        previous_seal=seals[-1]["seal"] if seals else None,
        replaces=same[-1]["name"] if same else None,
        retention_class=retention.sealed_as,
        retention_until=kept_until(retention, retention.sealed_as, month.month.month).isoformat(),
    )
    bag = archive.stage(month.name)
    tables = write_bag(month, wrapper, bag)
    statement = _statement(month, wrapper, digests(bag), tables)
    entry = archive.add_signed(
        key,
        f"{month.name}.seal.json",
        statement,
        {
            "event": "sealed",
            "name": month.name,
            "month": month.month.month,
            "version": str(month.version),
            "seal": sha256(canonical(statement)),
        },
    )
    return Sealed(month.name, month.month.month, entry["seal"], now=True)


def _statement(month: ClosedMonth, wrapper: Wrapper, files: dict[str, str], tables: dict[str, dict[str, Any]]) -> Entry:
    audit = month.audit
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in files.items()],
        "predicateType": SEAL_TYPE,
        "predicate": {
            "name": month.name,
            "month": month.month.month,
            "version": str(month.version),
            "entity": audit.mapping.entity,
            "zone": audit.mapping.zone,
            "verdict": month.said["verdict"]["word"],
            "tables": tables,
            "controlTotals": [
                {name: str(value) for name, value in total.model_dump().items()}
                for total in audit.export.certificate.control_totals
            ],
            "report": files["data/report/report.json"],
            "export": audit.export.export_id,
            "certificate": audit.export.certificate.sha256(),
            "configuration": audit.mapping.digest(),
            "previousSeal": wrapper.previous_seal,
            "replaces": wrapper.replaces,
            "retentionClass": wrapper.retention_class,
            "retentionUntil": wrapper.retention_until,
        },
    }
