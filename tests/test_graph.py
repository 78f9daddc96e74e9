"""Everything Dagster shows, as a text that is reviewed when it changes.

To accept a change: `python -m tests.test_graph`, and look at the difference before it is committed.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import dagster as dg

from pipelines.definitions import defs

GRAPH = Path(__file__).parent / "graph.txt"
ROOT = Path(__file__).parents[1]
SECONDS = 15
"""What loading may take here; it should be under 4 on a machine that does nothing else."""


def graph() -> str:
    """Return assets with their checks, jobs with what they select, and schedules."""
    return "\n".join((*_assets(), *_jobs(), *_schedules())) + "\n"


def _assets() -> Iterator[str]:
    nodes = defs.resolve_asset_graph()
    for key in sorted(nodes.get_all_asset_keys()):
        node = nodes.get(key)
        yield f"asset {key.to_user_string()}"
        yield f"  group {node.group_name}; kinds {_listed(node.kinds)}; owners {_listed(node.owners)}"
        yield f"  from {_listed(parent.to_user_string() for parent in node.parent_keys)}"
        if node.partitions_def:
            yield f"  partitions {node.partitions_def.name}"
        for check in sorted(node.check_keys):
            blocking = "blocking " if nodes.get(check).blocking else ""
            yield f"  {blocking}check {check.name}"
        yield ""


def _jobs() -> Iterator[str]:
    nodes = defs.resolve_asset_graph()
    for job in sorted(defs.jobs or [], key=lambda job: job.name):
        if isinstance(job, dg.JobDefinition):
            yield f"job {job.name}"
            yield ""
            continue
        selected = job.selection.resolve(nodes)
        checks = job.selection.resolve_checks(nodes)
        yield f"job {job.name}"
        yield f"  assets {_listed(key.to_user_string() for key in selected)}"
        yield f"  checks {_listed(f'{key.asset_key.to_user_string()}:{key.name}' for key in checks)}"
        yield ""


def _schedules() -> Iterator[str]:
    for schedule in sorted(defs.schedules or [], key=lambda schedule: schedule.name):
        assert isinstance(schedule, dg.ScheduleDefinition)
        yield f"schedule {schedule.name}"
        yield f"  runs {schedule.job_name}; cron {schedule.cron_schedule}; at first {schedule.default_status.value}"
        yield ""


def _listed(names: object) -> str:
    return ", ".join(sorted(map(str, names or ()))) or "nothing"  # type: ignore[call-overload]


def test_the_graph_is_the_reviewed_one() -> None:
    difference = unified_diff(GRAPH.read_text().splitlines(), graph().splitlines(), "reviewed", "now", lineterm="")
    assert list(difference) == [], "the graph changed; see the docstring of this module"


def test_the_definitions_can_be_loaded_by_dagster() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_definitions_load_quickly_and_without_the_heavy_libraries() -> None:
    code = "import sys, pipelines.definitions as d; assert d.defs; print(*sorted(sys.modules))"
    began = time.monotonic()
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert time.monotonic() - began < SECONDS
    assert not {"great_expectations", "altair", "vl_convert", "dagster_webserver"} & set(loaded.stdout.split())


if __name__ == "__main__":
    GRAPH.write_text(graph())
