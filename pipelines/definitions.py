"""Everything Dagster knows of tieout, as a table of contents; nothing happens on import."""

import os

import dagster as dg

from assets.steps import STEPS
from assets.workplace import Workplace
from checks.asset_checks import CHECKS, EXCEPTIONS
from checks.causes_asset import causes
from pipelines.explain import explain_job
from pipelines.jobs import JOBS
from pipelines.schedules import SCHEDULES
from pipelines.settings import CONFIG, EXECUTOR, HOME, executor_of
from reports.archive_asset import ARCHIVE_CHECKS, archive
from reports.report_asset import month_holds, report
from reports.sealed_months_asset import sealed_months


def definitions(workplace: Workplace) -> dg.Definitions:
    """Return the assets, checks, jobs and schedules over one home."""
    return dg.Definitions(
        assets=[*STEPS, sealed_months, EXCEPTIONS, causes, report, archive],
        asset_checks=[*CHECKS, month_holds, *ARCHIVE_CHECKS],
        jobs=[*JOBS, explain_job],
        schedules=SCHEDULES,
        executor=executor_of(os.environ.get(EXECUTOR, "in_process")),
        resources={"workplace": workplace},
    )


defs = definitions(Workplace(home=os.environ.get(HOME, ".tieout"), config=os.environ.get(CONFIG)))
