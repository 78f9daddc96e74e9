"""One audit from the command line: two Dagster runs in the home's own instance, and what came of them.

What goes in: starting the jobs, and telling a refusal from a failure. What stays out: printing (terminal, answer).
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg

from assets.audit import Audit
from assets.calendar import Period, periods
from assets.errors import HomeError, MappingError, RefusedError, SourceError, TieoutError
from assets.store import Home
from assets.workplace import Workplace
from assets.writing import WRITER
from checks.expectations import import_ahead
from checks.judge import kept_outcomes
from checks.outcome import Outcome, Verdict, unjudged, verdict_of
from checks.rules import RULES
from checks.scopes import cut_scope, operations_scope
from checks.waiving import refuse_wrong_waivers
from pipelines.definitions import definitions
from pipelines.jobs import GATE_BROKE, months_in_one_run
from reports.months import MonthReport, standing_reports
from reports.report_asset import EXPORT_TAG

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
KNOWN = (HomeError, MappingError, SourceError, RefusedError, TieoutError)


@dataclass(frozen=True)
class Audited:
    """What an audit came to: the outcomes at the cut, and the months it vouches for."""

    audit: Audit
    outcomes: Sequence[Outcome]
    reports: Sequence[MonthReport]
    failure: str | None
    """Why it could not be finished, where tieout itself failed."""

    @property
    def is_judged(self) -> bool:
        """Whether every gate held and every step ended, so that what was computed may be told."""
        gates = (each.result for each in self.outcomes if each.severity == "gate")
        return not self.failure and all(result == "held" for result in gates)

    @property
    def drift_is_judged(self) -> bool:
        """Whether drift was compared, and what it says may be told."""
        judged = {outcome.rule: outcome.result for outcome in self.outcomes}
        return judged["projections_do_not_drift"] in ("held", "broken")

    @property
    def drift_is_systemic(self) -> bool:
        """Whether so many balances drift that one cause is behind them."""
        return any(each.systemic for each in self.outcomes if each.rule == "projections_do_not_drift")

    def exposure(self) -> list[dict[str, Any]]:
        """Return what drift puts at risk, by currency and kind."""
        rows: list[dict[str, Any]] = self.audit.table("exposure").to_pylist() if self.is_judged else []
        return rows

    @property
    def verdict(self) -> Verdict:
        """The verdict of the reconciliation of the whole ledger at the cut."""
        return "NOT VERIFIED" if self.failure else verdict_of(self.outcomes)


def run_audit(workplace: Workplace, month: str | None) -> Audited:
    """Reconcile the source, then report every month that is due, or one.

    Raises RefusedError when nothing could be exported, TieoutError when tieout failed before there was an export.
    """
    from pipelines.run_log import instance_of  # noqa: PLC0415 - half a second that a self-test need not wait for

    refuse_wrong_waivers(workplace.mapping())
    home = workplace.open_home()
    with _one_writer(home), instance_of(home.path) as instance:
        import_ahead()
        run_id, failure = _run(workplace, instance, "reconcile", {})
        audit = _audit(workplace, run_id, failure)
        outcomes = _outcomes(audit, failure)
        if failure or any(outcome.severity == "gate" and outcome.result != "held" for outcome in outcomes):
            return Audited(audit, outcomes, [], str(failure) if failure else None)
        due = _due(audit, month)
        failure = _report(workplace, instance, audit, due)
        reports = standing_reports(audit, due)
        if not failure and len(reports) != len(due):
            failure = TieoutError("not every month that is due was reported")
        return Audited(audit, outcomes, reports, str(failure) if failure else None)


@contextmanager
def _one_writer(home: Home) -> Iterator[None]:
    """Hold the home for both runs of this command."""
    os.environ[WRITER] = str(uuid4())
    try:
        with home.writing(os.environ[WRITER]):
            yield
    finally:
        del os.environ[WRITER]


def _run(
    workplace: Workplace, instance: dg.DagsterInstance, job: str, tags: dict[str, str]
) -> tuple[str, TieoutError | None]:
    """Run a job in this process, and return its run id and what stopped it, unless a gate did."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        warnings.simplefilter("ignore", dg.PreviewWarning)
        result = (
            definitions(workplace)
            .resolve_job_def(job)
            .execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET, tags=tags)
        )
    raised = [e.step_failure_data.error for e in result.all_events if e.is_step_failure]
    told = [error.cause or error for error in raised if error]
    for error in told:
        if error.cls_name != GATE_BROKE:
            return result.run_id, _error(error.cls_name or "", error.message)
    if not result.success and not told:
        return result.run_id, TieoutError(f"the run {result.run_id} of {job} did not finish")
    return result.run_id, None


def _error(name: str, message: str) -> TieoutError:
    """Return the error as it was raised; one that is not tieout's own is a failure of tieout."""
    said = message.partition(": ")[2].strip() or message.strip()
    if name in ("DagsterExecutionInterruptedError", "KeyboardInterrupt") or said == "Query interrupted":
        raise KeyboardInterrupt
    known = _known(name)
    return known(said) if known else TieoutError(f"tieout failed ({name}): {said}")


def _known(name: str) -> type[TieoutError] | None:
    """Return the error of that name, or what a source's own error is at heart; Dagster tells only names."""
    left: list[type[TieoutError]] = [TieoutError]
    while left:
        each = left.pop()
        if each.__name__ == name:
            return next(error for error in KNOWN if issubclass(each, error))
        left += each.__subclasses__()
    return None


def _audit(workplace: Workplace, run_id: str, failure: TieoutError | None) -> Audit:
    """Return the audit of the run's own export; without one, raise what stopped the run."""
    if not workplace.chose(run_id):
        raise failure or TieoutError(f"the run {run_id} made no export")
    return workplace.audit(run_id)


def _outcomes(audit: Audit, failure: TieoutError | None) -> list[Outcome]:
    """Return the outcome of every rule; what was not reached, or stands behind a broken gate, is not verified."""
    scopes = (cut_scope(audit), operations_scope(audit))
    kept = {name: each for scope in scopes for name, each in kept_outcomes(audit.home, scope.folder).items()}
    broken = [outcome.rule for outcome in kept.values() if outcome.severity == "gate" and outcome.result != "held"]
    why = f"{broken[0]} is broken: nothing may be judged from this export." if broken else str(failure)
    return [
        kept[rule.name]
        if rule.name in kept and (rule.severity == "gate" or not broken)
        else unjudged(rule, "not verified", why)
        for rule in RULES
    ]


def _due(audit: Audit, month: str | None) -> list[Period]:
    all_due = periods(audit.export.certificate)
    if month is None:
        return all_due
    if month not in audit.export.certificate.months():
        message = f"{month} has no transactions; the ledger has {_range(audit.export.certificate.months())}."
        raise RefusedError(message)
    if chosen := [period for period in all_due if period.month == month]:
        return chosen
    message = f"{month} begins after the cut; it can be reported once an export reaches it."
    raise RefusedError(message)


def _range(months: Sequence[str]) -> str:
    return f"{months[0]} to {months[-1]}" if months else "no months"


def _report(
    workplace: Workplace, instance: dg.DagsterInstance, audit: Audit, due: Sequence[Period]
) -> TieoutError | None:
    """Make all missing reports in one run."""
    missing = {period.month for period in due} - {report.month for report in standing_reports(audit, due)}
    if not missing:
        return None
    known = list(instance.get_dynamic_partitions("months"))
    places = [known.index(month) for month in missing]
    asked = known[min(places) : max(places) + 1]
    tags = {**months_in_one_run(asked), EXPORT_TAG: audit.export.export_id}
    return _run(workplace, instance, "audit_month", tags)[1]


def report_page(audited: Audited) -> Path | None:
    """Return the page a person opens first: the report of the newest month."""
    return audited.audit.home.path / audited.reports[-1].html if audited.reports else None
