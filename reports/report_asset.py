"""The monthly report as a Dagster asset, one partition a month of the ledger.

What goes in: which months a run makes, and how they show in the UI. What stays out: versions and files (months).
"""

import warnings
from typing import Any

import dagster as dg

# Dagster gives this class no public name, and without it the UI holds a month's verdict to be out of date.
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData

from assets.calendar import periods
from assets.workplace import PROGRESS, Workplace
from reports.model import Report
from reports.months import MonthReport, report_month, standing_reports
from reports.summary import picture, summary

MONTHS = dg.DynamicPartitionsDefinition(name="months")
HOLDS = "month_holds"
EXPORT_TAG = "tieout/export"
"""Tag of a run that reports another export than the newest."""


@dg.asset(
    partitions_def=MONTHS,
    deps=["movements", "balances", "drift", "open_escrow", "exceptions", "transactions", "wallets"],
    group_name="report",
    kinds={"html", "json", "pdf", "excel"},
    owners=["team:audit"],
)
def report(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Report a month: one JSON that is the source of truth, and a page, a PDF and workpapers made of it."""
    audit = workplace.audit(context.run.run_id, context.run.tags.get(EXPORT_TAG))
    asked, months = set(context.partition_keys), audit.months()
    due = [period for period in periods(audit.export.certificate) if period.month in asked]
    for done, period in enumerate(due):
        PROGRESS.get()("reporting months", done, len(due))
        with audit.home.writing(context.run.run_id):
            report_month(audit, months, period)
    return dg.MaterializeResult(metadata=_metadata(workplace, standing_reports(audit, due)))


with warnings.catch_warnings():
    warnings.simplefilter("ignore", dg.PreviewWarning)  # a verdict a month needs partitions on checks

    @dg.asset_check(
        asset=report,
        name=HOLDS,
        partitions_def=MONTHS,
        description="The rules of the month's own scope all hold.",
    )
    def month_holds(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
        """Record the verdict of each month that was asked for; a run over several tells all of them together."""
        audit = workplace.audit(context.run.run_id, context.run.tags.get(EXPORT_TAG))
        asked = set(context.partition_keys)
        due = [period for period in periods(audit.export.certificate) if period.month in asked]
        made = standing_reports(audit, due)
        for each in made if len(asked) > 1 else ():
            evaluation = _evaluation(context.instance, workplace, each)
            # It takes evaluations, though its annotation does not say so; a later run may tell them again.
            context.op_execution_context.log_event(evaluation)  # type: ignore[arg-type]
        holds = bool(made) and all(each.verdict == "CLEAN" for each in made)
        return dg.AssetCheckResult(passed=holds, metadata=_metadata(workplace, made))


def _evaluation(instance: dg.DagsterInstance, workplace: Workplace, made: MonthReport) -> dg.AssetCheckEvaluation:
    """Return the verdict of one month, said of the report that was just recorded for it."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("report"), asset_partitions=[made.month])
    recorded = instance.fetch_materializations(wanted, limit=1).records
    target = (
        AssetCheckEvaluationTargetMaterializationData(
            storage_id=recorded[0].storage_id, run_id=recorded[0].run_id, timestamp=recorded[0].timestamp
        )
        if recorded
        else None
    )
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("report"),
        check_name=HOLDS,
        passed=made.verdict == "CLEAN",
        metadata={"verdict": dg.MetadataValue.text(made.verdict), "report": _page(workplace, made)},
        target_materialization_data=target,
        partition=made.month,
    )


def _metadata(workplace: Workplace, made: list[MonthReport]) -> dict[str, Any]:
    """Tell of the newest month in full, and of all of them in numbers."""
    if not made:
        return {"months": 0}
    home = workplace.open_home().path
    newest = Report.model_validate_json((home / made[-1].json).read_bytes())
    chart = picture(newest)
    return {
        "months": len(made),
        "broken months": sum(each.verdict != "CLEAN" for each in made),
        "verdict": made[-1].verdict,
        "summary": dg.MetadataValue.md(summary(newest)),
        **({"roll-forward": dg.MetadataValue.md(chart)} if chart else {}),
        "report": _page(workplace, made[-1]),
        "pdf": dg.MetadataValue.path(str(home / made[-1].pdf)),
        "workpapers": dg.MetadataValue.path(str(home / made[-1].xlsx)),
    }


def _page(workplace: Workplace, made: MonthReport) -> dg.MetadataValue[Any]:
    return dg.MetadataValue.path(str(workplace.open_home().path / made.html))
