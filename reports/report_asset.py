"""The monthly report as a Dagster asset, one partition a month of the ledger.

What goes in: which months a run makes, and how they show in the UI. What stays out: versions and files (months).
"""

import warnings
from typing import Any

import dagster as dg

from assets.calendar import periods
from assets.workplace import PROGRESS, Workplace
from reports.months import MonthReport, report_month

MONTHS = dg.DynamicPartitionsDefinition(name="months")
HOLDS = "month_holds"


@dg.asset(
    partitions_def=MONTHS,
    deps=["movements", "balances", "drift", "transactions", "wallets"],
    group_name="report",
    kinds={"html", "json"},
    owners=["team:audit"],
)
def report(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Report a month: one JSON that is the source of truth, and one page for people."""
    audit = workplace.audit(context.run.run_id)
    asked, months = set(context.partition_keys), audit.months()
    due = [period for period in periods(audit.export.certificate) if period.month in asked]
    made = []
    for done, period in enumerate(due):
        PROGRESS.get()("reporting months", done, len(due))
        with audit.home.writing():
            made.append(report_month(audit, months, period))
        context.instance.report_runless_asset_event(_evaluation(workplace, made[-1]))
    return dg.MaterializeResult(metadata=_metadata(workplace, made))


with warnings.catch_warnings():
    warnings.simplefilter("ignore", dg.PreviewWarning)  # a verdict a month needs partitions on checks

    @dg.asset_check(
        asset=report,
        name=HOLDS,
        partitions_def=MONTHS,
        description="The rules of the month's own scope all hold.",
    )
    def month_holds(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
        """Tell the verdict of a month; it is recorded with every report, and can be asked for again."""
        audit = workplace.audit(context.run.run_id)
        (period,) = (each for each in periods(audit.export.certificate) if each.month == context.partition_key)
        with audit.home.writing():
            made = report_month(audit, audit.months(), period)
        return dg.AssetCheckResult(passed=made.verdict == "CLEAN", metadata=_metadata(workplace, [made]))


def _evaluation(workplace: Workplace, made: MonthReport) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("report"),
        check_name=HOLDS,
        passed=made.verdict == "CLEAN",
        metadata={name: dg.MetadataValue.text(str(value)) for name, value in _metadata(workplace, [made]).items()},
        partition=made.month,
    )


def _metadata(workplace: Workplace, made: list[MonthReport]) -> dict[str, Any]:
    if not made:
        return {"months": 0}
    home, last = workplace.open_home().path, made[-1]
    return {
        "months": len(made),
        "broken months": sum(each.verdict != "CLEAN" for each in made),
        "verdict": last.verdict,
        "report": dg.MetadataValue.path(str(home / last.html)),
    }
