"""When the jobs run; all are off until switched on in the UI.

A schedule refuses to run without a source: a control that did not run is a failed tick, never silence.
"""

import dagster as dg

from assets.workplace import Workplace
from pipelines.jobs import archive_month, audit_month, fixity, months_in_one_run, reconcile, restore_drill
from reports.archive.keys import find_key


@dg.schedule(job=reconcile, cron_schedule="0 * * * *", default_status=dg.DefaultScheduleStatus.STOPPED)
def hourly_reconciliation(context: dg.ScheduleEvaluationContext, workplace: Workplace) -> dg.RunRequest:
    """Reconcile the source once an hour."""
    workplace.open_source().snapshot()
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m-%dT%H:%M}")


@dg.schedule(job=audit_month, cron_schedule="0 6 2 * *", default_status=dg.DefaultScheduleStatus.STOPPED)
def monthly_report(context: dg.ScheduleEvaluationContext, workplace: Workplace) -> dg.RunRequest:
    """Report the months of the ledger on the second day of each month."""
    workplace.open_source().snapshot()
    months = context.instance.get_dynamic_partitions("months")
    if not months:
        message = "no month was exported yet; run the job reconcile first."
        raise dg.Failure(message)
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m}", tags=months_in_one_run(months))


@dg.schedule(job=archive_month, cron_schedule="0 6 5 * *", default_status=dg.DefaultScheduleStatus.STOPPED)
def monthly_archive(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Seal what was reported, on the fifth day of each month; refuse without the key that seals."""
    find_key(None)
    months = context.instance.get_dynamic_partitions("months")
    if not months:
        message = "no month was exported yet; run the job reconcile first."
        raise dg.Failure(message)
    return dg.RunRequest(run_key=f"{context.scheduled_execution_time:%Y-%m}", tags=months_in_one_run(months))


quarterly_drill = dg.ScheduleDefinition(
    name="quarterly_drill", job=restore_drill, cron_schedule="0 6 10 1,4,7,10 *", description="Drill a sealed month."
)
yearly_fixity = dg.ScheduleDefinition(
    name="yearly_fixity", job=fixity, cron_schedule="0 6 15 1 *", description="Verify all that was sealed."
)

SCHEDULES = [hourly_reconciliation, monthly_report, monthly_archive, quarterly_drill, yearly_fixity]
