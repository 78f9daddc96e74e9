"""When the jobs run: hourly, and on the second day of each month; off until switched on in the UI.

A schedule refuses to run without a source: a control that did not run is a failed tick, never silence.
"""

import dagster as dg

from assets.workplace import Workplace
from pipelines.jobs import audit_month, months_in_one_run, reconcile


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


SCHEDULES = [hourly_reconciliation, monthly_report]
