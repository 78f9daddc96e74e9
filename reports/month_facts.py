"""What a month's report is built from beside its queries: who and which, what the rules said, and what came before.

What goes in: the facts of a month, found in its home. What stays out: which report is due (months), and what it says
(build). Everything here is a function of the export, the configuration and the history that lies in the home.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.audit import Audit
from assets.calendar import Period
from assets.exceptions import roll_forward
from assets.forensics import NO_APPROVER, flags_of
from assets.kept_files import read_object, read_rows
from assets.mapping import Mapping as Configuration
from checks.outcome import Outcome, verdict_of
from checks.rules import OF_THE_EXPORT, REGISTER
from checks.waiving import uses_of
from reports.build import Basis, KindPolicy, MonthFacts
from reports.restatement import Restated

RESTORE = "restore it from a copy: a report of a month is never written over"
RUN_AGAIN = "remove it, and run 'tieout selftest' again"


@dataclass(frozen=True)
class Edition:
    """Which version of a month's report is made, where, and why it is made again."""

    folder: Path
    version: int
    replaces: str | None
    reason: str | None


def month_facts(audit: Audit, period: Period, edition: Edition, outcomes: Sequence[Outcome]) -> MonthFacts:
    """Return all about one month that is not a query."""
    sealed = {row["month"]: row for row in audit.sealed_months().to_pylist() if not row["problem"]}
    before = next((each.month for each in reversed(audit.months()) if each.month < period.month), None)
    return MonthFacts(
        month=period.month,
        complete=period.complete,
        holds_cut=period.holds_cut,
        version=edition.version,
        replaces=edition.replaces,
        reason=edition.reason,
        certificate=audit.export.certificate.model_dump(mode="json"),
        export_id=audit.export.export_id,
        entity=audit.mapping.entity,
        zone=audit.mapping.zone,
        basis=_basis(audit.mapping),
        outcomes_month=outcomes,
        verdict=verdict_of(outcomes),
        offenders=_offenders(audit, outcomes),
        waivers=uses_of(audit.mapping, outcomes),
        exceptions=roll_forward(audit),
        flags=flags_of(audit.mapping),
        not_looked_for=(NO_APPROVER,),
        adjustments_path=str(audit.folder / "adjustment_flags.parquet"),
        previous_seal=sealed.get(before) if before else None,
        own_seal=sealed.get(period.month),
        off_the_seal=_off_the_seal(audit, sealed.get(before)) if before else None,
        restated=_restated(audit, sealed.get(period.month)),
        queries={rule.name: hashlib.sha256(rule.text.encode()).hexdigest() for rule in OF_THE_EXPORT},
        configuration=audit.mapping.digest(),
        register=REGISTER,
        earlier=_earlier(audit, before) if before else None,
        selftest=selftest_of(audit),
    )


def versions_of(audit: Audit, month: str) -> list[Path]:
    """Return the folders of a complete month's versions, oldest first."""
    folders = (audit.home.path / "reports" / month).glob("v*")
    versions = sorted(folders, key=lambda folder: int(folder.name.removeprefix("v")))
    return [version.relative_to(audit.home.path) for version in versions]


def selftest_of(audit: Audit) -> dict[str, Any] | None:
    """Return what the newest self-test kept that was of just these rules under just this configuration."""
    files = (audit.home.path / "selftest").glob("*.json")
    for file in sorted(files, key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True):
        said = read_object(file, RUN_AGAIN)
        if (said["register"], said["configuration"]) == (REGISTER, audit.mapping.digest()):
            return said
    return None


def _basis(mapping: Configuration) -> Basis:
    settings = mapping.rules.model_dump(mode="json")
    return Basis(
        settled=mapping.statuses.settled if mapping.has("transactions.status") else (),
        unsettled=mapping.statuses.unsettled if mapping.has("transactions.status") else (),
        kinds=[KindPolicy(kind, policy.sign, policy.flow) for kind, policy in mapping.kinds.items()],
        drift_tolerance=mapping.rules.drift_tolerance,
        currencies=mapping.currencies,
        absent_tables=[name for name, table in mapping.tables.items() if not table],
        settings={name: json.dumps(value, sort_keys=True, ensure_ascii=False) for name, value in settings.items()},
    )


def _restated(audit: Audit, told: Mapping[str, Any] | None) -> Restated | None:
    """Return what differs from a month's seal, its rows and balances where they could be named."""
    if told is None or told["same"]:
        return None
    found = {}
    for name in ("rows", "balances"):
        file = audit.home.path / told["restatement"] / f"{name}.parquet"
        found[name] = None if told["unnamed"] else read_rows(file)
    return Restated(told, **found)


def _off_the_seal(audit: Audit, told: Mapping[str, Any] | None) -> int | None:
    """Return how many balances of a month differ from their sealed closing, where they could be named."""
    if told is None or told["same"]:
        return None if told is None else 0
    found = _restated(audit, told)
    return found.balances.num_rows if found and found.balances is not None else None


def _offenders(audit: Audit, outcomes: Sequence[Outcome]) -> dict[str, pa.Table]:
    return {
        each.rule: read_rows(audit.home.path / each.rows)
        for each in outcomes
        if (each.offenders or each.waived) and each.rows
    }


def _earlier(audit: Audit, month: str) -> dict[str, Any] | None:
    """Return the newest report of a month that an earlier export made."""
    for folder in reversed(versions_of(audit, month)):
        said = read_object(audit.home.path / folder / "report.json", RESTORE)
        if said["provenance"]["export_id"] < audit.export.export_id:
            return said
    return None
