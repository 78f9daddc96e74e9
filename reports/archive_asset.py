"""The archive as a Dagster asset, one partition a month, and what is checked of it.

What goes in: which months a run seals, and how verification, drill and fixity show in the UI. What stays out: sealing
and verifying themselves (reports.archive). The key comes from the environment; without it a run fails.
"""

from typing import Any

import dagster as dg

from assets.workplace import PROGRESS, Workplace
from reports.archive.drill import drill, write_evidence
from reports.archive.folder import Archive
from reports.archive.keys import find_key
from reports.archive.seal import due_months, seal_months
from reports.archive.statements import holds_key, write_fixity
from reports.archive.verify import Asked, Verification, verify
from reports.report_asset import MONTHS

SHOWN = 5


@dg.asset(partitions_def=MONTHS, deps=["report"], group_name="report", kinds={"parquet", "json"}, owners=["team:audit"])
def archive(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Seal the months that are closed and reported, each in a bag that proves itself."""
    home, mapping, key = workplace.open_home(), workplace.mapping(), find_key(None)
    with home.writing(context.run.run_id):
        kept, asked = Archive(home), set(context.partition_keys)
        kept.bring_key(key, mapping.entity)
        due = [month for month in due_months(home) if month in asked]
        made = seal_months(home, mapping, due, key, PROGRESS.get())
    metadata: dict[str, Any] = {"sealed": len(made), "archive": dg.MetadataValue.path(str(kept.path))}
    return dg.MaterializeResult(metadata=metadata | ({"newest seal": made[-1].seal} if made else {}))


@dg.asset_check(asset=archive, description="The log of seals and the bags of the months asked for are as they were.")
def seals_hold(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
    """Verify the bags of this run's months."""
    kept = Archive(workplace.open_home())
    asked = set(context.partition_keys) if context.has_partition_key or context.has_partition_key_range else set()
    names = tuple(entry["name"] for entry in kept.present() if entry["month"] in asked)
    return _told(verify(kept, Asked(names), PROGRESS.get()))


@dg.asset_check(asset=archive, description="Everything that was ever sealed and not let go is as it was sealed.")
def every_archive_holds(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
    """Verify all bags, and sign what was found: the fixity statement."""
    home, key = workplace.open_home(), find_key(None)
    kept = Archive(home)
    found = verify(kept, Asked(), PROGRESS.get())
    with home.writing(context.run.run_id):
        holds_key(kept, key)
        return _told(found, statement=write_fixity(kept, key, found))


@dg.asset_check(asset=archive, description="A random sealed month, computed again from its bag alone, is as sealed.")
def months_can_be_restored(context: dg.AssetCheckExecutionContext, workplace: Workplace) -> dg.AssetCheckResult:
    """Drill a month, and keep the evidence."""
    home, key = workplace.open_home(), find_key(None)
    kept = Archive(home)
    with home.writing(context.run.run_id):
        holds_key(kept, key)
        found = drill(kept)
        evidence = write_evidence(kept, key, found)
    metadata: dict[str, Any] = {"month": found.name, "same": len(found.same), "differing": _listed(found.differing)}
    return dg.AssetCheckResult(passed=found.passed, metadata={**metadata, "evidence": evidence})


def _told(found: Verification, **more: str) -> dg.AssetCheckResult:
    breaks = [each.line() for each in found.breaks]
    metadata: dict[str, Any] = {"bags": len(found.bags), "breaks": len(breaks), "first breaks": _listed(breaks)}
    return dg.AssetCheckResult(passed=not breaks, metadata=metadata | more)


def _listed(lines: "tuple[str, ...] | list[str]") -> str:
    return "\n".join(lines[:SHOWN]) or "none"


ARCHIVE_CHECKS = [seals_hold, every_archive_holds, months_can_be_restored]
