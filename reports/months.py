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

from assets.audit import Audit
from assets.calendar import Period
from assets.engines import duckdb_engine
from assets.kept_files import read_object, read_record
from assets.movements import Month
from checks.months import judge_month, lapsed_waivers
from checks.rules import REGISTER
from reports.build import build_report
from reports.html import render_html
from reports.model import Report, report_json
from reports.month_facts import RESTORE, Edition, month_facts, selftest_of, versions_of
from reports.month_views import month_views, nearby
from reports.pdf import render_pdf
from reports.workbook import render_workbook

MADE_FROM = "made-from.json"
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


def report_month(audit: Audit, months: list[Month], period: Period) -> MonthReport:
    """Return the report of a month, made now or found as it was made."""
    place = next(place for place, month in enumerate(months) if month.month == period.month)
    made_from = _made_from(audit, months[place], period)
    if standing := standing_report(audit, months[place], period) or _completed(audit, months[place], period):
        return standing
    edition = _edition(audit, period, made_from)
    outcomes = judge_month(audit, months[place], period)
    facts = month_facts(audit, period, edition, outcomes)
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
    standing = [_to_date(audit, period, month.inputs)] if not period.complete else versions_of(audit, period.month)
    if not standing or not (audit.home.path / standing[-1] / MADE_FROM).exists():
        return None
    made_from = read_object(audit.home.path / standing[-1] / MADE_FROM, RESTORE)
    return standing[-1] if made_from == _made_from(audit, month, period) else None


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


def _made_from(audit: Audit, month: Month, period: Period) -> dict[str, str]:
    """Return what a report depends on; when any of it changes, the report is due again.

    A self-test tells of the rules and not of the month: of a complete month no version is made for it.
    """
    tested = selftest_of(audit) if not period.complete else None
    return {
        "self-test": f"{tested['export']}, seed {tested['seed']}" if tested else "",
        "inputs": month.inputs,
        "configuration": audit.mapping.digest(),
        "rules": REGISTER,
        "lapsed waivers": lapsed_waivers(audit),
        "months before": " ".join(file.sha256 for file in nearby(audit, month.month) if file.month != month.month),
    }


def _to_date(audit: Audit, period: Period, inputs: str) -> Path:
    return Path("reports") / period.month / f"to-date-{audit.folder.name}-{inputs[:12]}"


def _edition(audit: Audit, period: Period, made_from: Mapping[str, str]) -> Edition:
    if not period.complete:
        return Edition(_to_date(audit, period, made_from["inputs"]), version=1, replaces=None, reason=None)
    versions = versions_of(audit, period.month)
    number = 1 + max((int(version.name.removeprefix("v")) for version in versions), default=0)
    folder = Path("reports") / period.month / f"v{number}"
    if not versions:
        return Edition(folder, version=1, replaces=None, reason=None)
    before = read_object(audit.home.path / versions[-1] / MADE_FROM, RESTORE)
    if before == made_from:
        return Edition(folder, number, replaces=versions[-1].name, reason="reports say more than they did")
    named = ("configuration", "rules", "lapsed waivers", "months before")
    changed = [what for what in named if before.get(what) != made_from[what]]
    reason = (
        f"the {' and the '.join(changed)} changed"
        if changed
        else "rows of this month, its opening or the program that computes them changed"
    )
    return Edition(folder, number, replaces=versions[-1].name, reason=reason)
