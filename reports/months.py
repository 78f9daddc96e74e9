"""The reports of months: which version is due, what it is made from, and where it lies.

What goes in: making, reusing and restating. What stays out: what a report says (build) and how it looks (html).
A complete month is never overwritten: when its rows, its opening or the configuration changed, a new version names
the one it replaces. A month that holds the cut has one report for each export.

    <home>/reports/<month>/v1/report.json          a complete month, with report.html, report.pdf and workpapers.xlsx
    <home>/reports/<month>/to-date-<export>/report.json

A report that lacks a rendering, because an older tieout made it, gets it from its own report.json; one whose JSON says
less than reports do now is made again, as a version that says so.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.audit import Audit
from assets.calendar import Period
from assets.engines import duckdb_engine
from assets.exceptions import roll_forward
from assets.forensics import NO_APPROVER, flags_of
from assets.kept_files import read_object, read_record, read_rows
from assets.movements import Month
from checks.months import judge_month, lapsed_waivers
from checks.outcome import Outcome, verdict_of
from checks.rules import REGISTER
from checks.waiving import uses_of
from reports.build import Basis, KindPolicy, MonthFacts, build_report
from reports.html import render_html
from reports.model import Report, report_json
from reports.month_views import month_views, nearby
from reports.pdf import render_pdf
from reports.restatement import Restated
from reports.workbook import render_workbook

MADE_FROM = "made-from.json"
RESTORE = "restore it from a copy: a report of a month is never written over"
RENDERINGS: dict[str, Callable[[Report], bytes]] = {
    "report.html": lambda report: render_html(report).encode(),
    "report.pdf": render_pdf,
    "workpapers.xlsx": render_workbook,
}
"""What is made of every report.json, and of nothing else."""


@dataclass(frozen=True)
class MonthReport:
    """A report that stands: its files are relative to the home."""

    month: str
    complete: bool
    verdict: str
    folder: Path

    @property
    def json(self) -> Path:
        """The report itself."""
        return self.folder / "report.json"

    @property
    def html(self) -> Path:
        """Its page for reading."""
        return self.folder / "report.html"

    @property
    def pdf(self) -> Path:
        """Its document for auditors and archives."""
        return self.folder / "report.pdf"

    @property
    def xlsx(self) -> Path:
        """Its workpapers."""
        return self.folder / "workpapers.xlsx"


@dataclass(frozen=True)
class _Edition:
    folder: Path
    version: int
    replaces: str | None
    reason: str | None


def report_month(audit: Audit, months: list[Month], period: Period) -> MonthReport:
    """Return the report of a month, made now or found as it was made."""
    place = next(place for place, month in enumerate(months) if month.month == period.month)
    made_from = _made_from(audit, months[place])
    if standing := standing_report(audit, months[place], period) or _completed(audit, months[place], period):
        return standing
    edition = _edition(audit, period, made_from)
    outcomes = judge_month(audit, months[place], period)
    facts = _facts(audit, period, edition, outcomes)
    views = month_views(audit, months, place)
    with duckdb_engine(views) as query:
        report = build_report(facts, query)
    with audit.home.workshop() as folder:
        made = folder / "report"
        made.mkdir()
        audit.home.write_text(made / "report.json", report_json(report))
        for name, render in RENDERINGS.items():
            audit.home.write_bytes(made / name, render(report))
        audit.home.write_text(made / MADE_FROM, json.dumps(made_from, indent=1, sort_keys=True) + "\n")
        kept = audit.home.path / edition.folder
        kept.parent.mkdir(parents=True, exist_ok=True)
        if kept.exists():
            kept.rename(folder / "before")
        made.rename(kept)
    return MonthReport(period.month, period.complete, report.verdict.word, edition.folder)


def standing_reports(audit: Audit, due: Sequence[Period]) -> list[MonthReport]:
    """Return the reports that stand for these periods."""
    months = {month.month: month for month in audit.months()}
    found = (standing_report(audit, months[period.month], period) for period in due)
    return [report for report in found if report]


def standing_report(audit: Audit, month: Month, period: Period) -> MonthReport | None:
    """Return the report that already says what a new one would, if there is one with all its renderings."""
    folder = _standing(audit, month, period)
    if not folder or not all((audit.home.path / folder / name).exists() for name in RENDERINGS):
        return None
    verdict = read_record(audit.home.path / folder / "report.json", _verdict, RESTORE)
    return MonthReport(period.month, period.complete, verdict, folder)


def _verdict(text: str) -> str:
    return str(json.loads(text)["verdict"]["word"])


def _standing(audit: Audit, month: Month, period: Period) -> Path | None:
    """Return the folder of the report that was made from just this, if there is one."""
    standing = [_to_date(audit, period, month.inputs)] if not period.complete else _versions(audit, period)
    if not standing or not (audit.home.path / standing[-1] / MADE_FROM).exists():
        return None
    made_from = read_object(audit.home.path / standing[-1] / MADE_FROM, RESTORE)
    return standing[-1] if made_from == _made_from(audit, month) else None


def _completed(audit: Audit, month: Month, period: Period) -> MonthReport | None:
    """Give a standing report the renderings it lacks, where its JSON is one of today."""
    folder = _standing(audit, month, period)
    if not folder:
        return None
    try:
        report = Report.model_validate_json((audit.home.path / folder / "report.json").read_bytes())
    except ValueError:
        return None
    for name, render in RENDERINGS.items():
        if not (audit.home.path / folder / name).exists():
            audit.home.write_bytes(audit.home.path / folder / name, render(report))
    return standing_report(audit, month, period)


def _made_from(audit: Audit, month: Month) -> dict[str, str]:
    """Return what a report depends on; when any of it changes, the report is due again."""
    return {
        "inputs": month.inputs,
        "configuration": audit.mapping.digest(),
        "rules": REGISTER,
        "lapsed waivers": lapsed_waivers(audit),
        "months before": " ".join(file.sha256 for file in nearby(audit, month.month) if file.month != month.month),
    }


def _to_date(audit: Audit, period: Period, inputs: str) -> Path:
    return Path("reports") / period.month / f"to-date-{audit.folder.name}-{inputs[:12]}"


def _versions(audit: Audit, period: Period) -> list[Path]:
    """Return the folders of a complete month's versions, oldest first."""
    folders = (audit.home.path / "reports" / period.month).glob("v*")
    versions = sorted(folders, key=lambda folder: int(folder.name.removeprefix("v")))
    return [version.relative_to(audit.home.path) for version in versions]


def _edition(audit: Audit, period: Period, made_from: Mapping[str, str]) -> _Edition:
    if not period.complete:
        return _Edition(_to_date(audit, period, made_from["inputs"]), version=1, replaces=None, reason=None)
    versions = _versions(audit, period)
    folder = Path("reports") / period.month / f"v{len(versions) + 1}"
    if not versions:
        return _Edition(folder, version=1, replaces=None, reason=None)
    before = read_object(audit.home.path / versions[-1] / MADE_FROM, RESTORE)
    if before == made_from:
        return _Edition(folder, len(versions) + 1, replaces=versions[-1].name, reason="reports say more than they did")
    named = ("configuration", "rules", "lapsed waivers", "months before")
    changed = [what for what in named if before.get(what) != made_from[what]]
    reason = f"the {' and the '.join(changed)} changed" if changed else "rows of this month, or its opening, changed"
    return _Edition(folder, len(versions) + 1, replaces=versions[-1].name, reason=reason)


def _facts(audit: Audit, period: Period, edition: _Edition, outcomes: list[Outcome]) -> MonthFacts:
    mapping = audit.mapping
    sealed = {row["month"]: row for row in audit.sealed_months().to_pylist() if not row["problem"]}
    earlier = [each.month for each in audit.months() if each.month < period.month]
    return MonthFacts(
        month=period.month,
        complete=period.complete,
        holds_cut=period.holds_cut,
        version=edition.version,
        replaces=edition.replaces,
        reason=edition.reason,
        certificate=audit.export.certificate.model_dump(mode="json"),
        export_id=audit.export.export_id,
        entity=mapping.entity,
        zone=mapping.zone,
        basis=Basis(
            settled=mapping.statuses.settled if mapping.has("transactions.status") else (),
            unsettled=mapping.statuses.unsettled if mapping.has("transactions.status") else (),
            kinds=[KindPolicy(kind, policy.sign, policy.flow) for kind, policy in mapping.kinds.items()],
            drift_tolerance=mapping.rules.drift_tolerance,
            currencies=mapping.currencies,
            absent_tables=[name for name, table in mapping.tables.items() if not table],
        ),
        outcomes_month=outcomes,
        verdict=verdict_of(outcomes),
        offenders=_offenders(audit, outcomes),
        waivers=uses_of(mapping, outcomes),
        exceptions=roll_forward(audit),
        flags=flags_of(mapping),
        not_looked_for=(NO_APPROVER,),
        adjustments_path=str(audit.folder / "adjustment_flags.parquet"),
        previous_seal=sealed.get(earlier[-1]) if earlier else None,
        restated=_restated(audit, sealed.get(period.month)),
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


def _offenders(audit: Audit, outcomes: list[Outcome]) -> dict[str, pa.Table]:
    return {
        each.rule: read_rows(audit.home.path / each.rows)
        for each in outcomes
        if (each.offenders or each.waived) and each.rows
    }
