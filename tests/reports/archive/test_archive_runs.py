"""Dagster seals months, verifies them, drills one and signs the fixity statement, with the key of the environment."""

from pathlib import Path

import dagster as dg
import pytest

from assets.errors import RefusedError
from assets.workplace import Workplace
from pipelines.definitions import definitions
from pipelines.jobs import months_in_one_run
from pipelines.schedules import monthly_archive, quarterly_drill, yearly_fixity
from pipelines.settings import dagster_home
from tests.reports.archive.archived import MONTHS, Place, reported, without_waiting


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return reported(tmp_path_factory.mktemp("runs"))


def run(place: Place, instance: dg.DagsterInstance, job: str, tags: dict[str, str]) -> dg.ExecuteInProcessResult:
    workplace = Workplace(home=str(place.home.path), config=str(place.home.path.parent / "tieout.toml"))
    with without_waiting():
        return definitions(workplace).resolve_job_def(job).execute_in_process(instance=instance, tags=tags)


@pytest.mark.filterwarnings("ignore::dagster.BetaWarning", "ignore::dagster.PreviewWarning")
def test_months_are_sealed_verified_drilled_and_their_fixity_signed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_KEY_FILE", str(place.home.path.parent / "key"))
    with dg.DagsterInstance.from_config(str(dagster_home(place.home.path))) as instance:
        instance.add_dynamic_partitions("months", [*MONTHS, "2025-04"])
        sealed = run(place, instance, "archive_month", months_in_one_run([*MONTHS, "2025-04"]))
        done = [sealed, run(place, instance, "restore_drill", {}), run(place, instance, "fixity", {})]
    checks = {each.check_name: each for result in done for each in result.get_asset_check_evaluations()}
    assert set(checks) == {"seals_hold", "months_can_be_restored", "every_archive_holds"}
    assert all(each.passed for each in checks.values())
    assert checks["seals_hold"].metadata["bags"].value == 3
    assert [entry["event"] for entry in place.archive.entries()] == ["key", *["sealed"] * 3, "drill", "fixity"]
    assert place.verify().breaks == ()


def test_the_schedule_of_sealing_refuses_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_KEY_FILE", raising=False)
    monkeypatch.delenv("TIEOUT_KEY", raising=False)
    for schedule in (monthly_archive, quarterly_drill, yearly_fixity):
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    with (
        dg.DagsterInstance.from_config(str(dagster_home(tmp_path))) as instance,
        dg.build_schedule_context(instance=instance) as context,
        pytest.raises(RefusedError, match="no key"),
    ):
        monthly_archive(context)
