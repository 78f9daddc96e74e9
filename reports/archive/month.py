"""All of one closed month that is kept: which report, from which export, and what every rule of it is asked of.

What goes in: finding it, judging it once more, and refusing what does not agree with its report. What stays out: how
it is written (bag) and signed (seal).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.audit import Audit
from assets.calendar import periods
from assets.configuration import configuration_tables
from assets.engines import View
from assets.errors import RefusedError, TieoutError
from assets.exceptions import register_of
from assets.kept_files import read_object
from assets.mapping import Mapping
from assets.movements import Month
from assets.store import Home
from checks.judge import kept_outcomes
from checks.months import judge_month, waivers_of
from checks.outcome import Outcome
from checks.rules import REGISTER
from checks.scopes import cut_scope, month_scope

RESTORE = "restore it from a copy; until then the month cannot be sealed"
SAME = ("result", "examined", "offenders", "sentence")
"""What a rule must say again of a month whose report stands."""


@dataclass(frozen=True)
class ClosedMonth:
    """A complete month, its report, and the audit it was reported from."""

    audit: Audit
    month: Month
    report: Path
    """The folder of the report's newest version."""
    views: dict[str, View]
    outcomes: list[Outcome]
    said: dict[str, Any]
    """What report.json says."""

    @property
    def version(self) -> int:
        """The number of the report's version, and of the bag."""
        return int(self.report.name.removeprefix("v"))

    @property
    def name(self) -> str:
        """The name of the bag."""
        return f"{self.month.month}-{self.report.name}"

    def waivers_at_cut(self) -> dict[str, Any]:
        """Return what became of each waiver at the cut: one that does not stand there does not stand in the month."""
        at_cut = kept_outcomes(self.audit.home, cut_scope(self.audit).folder)
        return {name: use.model_dump(mode="json") for name, use in sorted(waivers_of(at_cut.values()).items())}

    def folder_of(self, outcome: Outcome) -> tuple[str, Path]:
        """Return whether an outcome is of the month or of the cut, and where it and its offenders are kept."""
        home, own = self.audit.home.path, month_scope_folder(self.audit, self.month)
        of_month = (home / own / f"{outcome.rule}.json").exists()
        return ("month", home / own) if of_month else ("cut", home / cut_scope(self.audit).folder)


def month_scope_folder(audit: Audit, month: Month) -> Path:
    """Return where the outcomes of a month are, relative to the home."""
    return audit.folder / month.month


def newest_report(home: Home, month: str) -> Path | None:
    """Return the folder of the newest report of a complete month."""
    folders = [each for each in (home.path / "reports" / month).glob("v*") if (each / "report.json").exists()]
    return max(folders, key=lambda folder: int(folder.name.removeprefix("v")), default=None)


def reported_months(home: Home) -> list[str]:
    """Return the complete months that have a report, in order."""
    months = sorted(folder.name for folder in (home.path / "reports").glob("*-*"))
    return [month for month in months if newest_report(home, month)]


def closed_month(home: Home, mapping: Mapping, month: str) -> ClosedMonth:
    """Return a month to be kept; raise RefusedError where it is not closed, or its report no longer stands."""
    report = newest_report(home, month)
    if report is None:
        message = f"{month} has no report of a complete month; run 'tieout audit' once it is over."
        raise RefusedError(message)
    said = read_object(report / "report.json", RESTORE)
    made_from = read_object(report / "made-from.json", RESTORE)
    audit = _audit(home, mapping, month, said["provenance"]["export_id"])
    if made_from != {**made_from, "configuration": mapping.digest(), "rules": REGISTER}:
        message = f"the configuration or the rules changed since {month} was reported; run 'tieout audit' first."
        raise RefusedError(message)
    place = next(place for place, each in enumerate(audit.months()) if each.month == month)
    period = next(each for each in periods(audit.export.certificate) if each.month == month)
    outcomes = judge_month(audit, audit.months()[place], period)
    _agree(month, outcomes, said["rules"])
    return ClosedMonth(audit, audit.months()[place], report, _views(audit, place), outcomes, said)


def _audit(home: Home, mapping: Mapping, month: str, export_id: str) -> Audit:
    exports = {export.export_id: export for export in home.exports()}
    if export_id not in exports:
        message = f"{month} was reported from export {export_id}, which is no longer kept: it cannot be sealed."
        raise RefusedError(message)
    audit = Audit(home, mapping, exports[export_id])
    if not (home.path / audit.folder / "months.json").exists():
        message = f"{month} was reported under another configuration; run 'tieout audit' first."
        raise RefusedError(message)
    if not home.intact(audit.export) or not home.holds(
        file for each in audit.months() for file in (each.movements, each.closings)
    ):
        message = f"a file of export {export_id} is damaged or gone; restore it, nothing is sealed from the rest."
        raise RefusedError(message)
    return audit


def _agree(month: str, outcomes: list[Outcome], reported: list[dict[str, Any]]) -> None:
    """Raise TieoutError where a rule, judged again, does not say what the report says."""
    now = {each.rule: each for each in outcomes}
    for each in reported:
        again = now.get(each["rule"])
        if again is None or any(getattr(again, name) != each[name] for name in SAME):
            message = f"{each['rule']}, judged again, does not say of {month} what its report says; report this."
            raise TieoutError(message)


def _views(audit: Audit, place: int) -> dict[str, View]:
    """Return every table that a rule of the month may name, its opening closings, and what its report was made from."""
    months, scope = audit.months(), month_scope(audit, audit.months()[place])
    views: dict[str, View] = {name: shown() for name, shown in scope.shown.items()}
    before = [months[place - 1].closings] if place else []
    return {
        **views,
        **configuration_tables(audit.mapping),
        "closings_before": audit.home.view("closings", before),
        "exceptions": (register_of(audit),),
        **_restated(audit, months[place].month),
    }


def _restated(audit: Audit, month: str) -> dict[str, View]:
    """Return all rows and balances by which a month differs from what was sealed of it."""
    for told in audit.sealed_months().to_pylist():
        if told["month"] == month and told["restatement"] and not told["unnamed"]:
            folder = audit.home.path / told["restatement"]
            return {f"restated_{name}": (folder / f"{name}.parquet",) for name in ("rows", "balances")}
    return {}
