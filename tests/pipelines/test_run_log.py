"""The log of runs is kept open while it is written, and is Dagster's own log all the same."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.run_log import KeptOpen, instance_of
from pipelines.settings import dagster_home

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset(check_specs=[dg.AssetCheckSpec("foots", asset="figure")])
def figure() -> Iterator[dg.MaterializeResult[None]]:
    yield dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="foots")])


def made(instance: dg.DagsterInstance) -> str:
    """Make the asset in a run, and return the run's id."""
    return dg.materialize([figure], instance=instance, run_config=QUIET).run_id


def told(instance: dg.DagsterInstance, run_id: str) -> list[object]:
    return [each.dagster_event_type for each in instance.all_logs(run_id)]


def test_dagster_reads_all_of_it_while_it_is_written_and_after(tmp_path: Path) -> None:
    with instance_of(tmp_path) as kept, dg.DagsterInstance.from_config(str(dagster_home(tmp_path))) as other:
        assert isinstance(kept.event_log_storage, KeptOpen)
        runs = [made(kept) for _ in range(3)]
        assert [len(told(kept, run)) for run in runs] == [len(told(other, run)) for run in runs] != [0, 0, 0]
        runs.append(made(other))
        assert told(kept, runs[-1]) == told(kept, runs[0])
    with dg.DagsterInstance.from_config(str(dagster_home(tmp_path))) as after:
        assert not isinstance(after.event_log_storage, KeptOpen)
        assert [told(after, run) == told(after, runs[0]) for run in runs] == [True] * 4
        assert after.get_latest_materialization_event(dg.AssetKey("figure")) is not None
        assert len(after.get_records_for_run(runs[0]).records) == len(told(after, runs[0]))


def test_what_was_written_is_whole_in_its_file_once_the_instance_is_closed(tmp_path: Path) -> None:
    with instance_of(tmp_path) as kept:
        run = made(kept)
        folder = dagster_home(tmp_path) / "history" / "runs"
        assert {file.name for file in folder.glob("*-wal")} == {"index.db-wal", f"{run}.db-wal"}
    assert {file.suffix for file in folder.iterdir()} == {".db"}
    with sqlite3.connect(folder / f"{run}.db") as log:
        assert log.execute("SELECT COUNT(*) > 5 FROM event_logs").fetchone() == (1,)
    log.close()


def test_only_the_index_and_one_run_are_held_open(tmp_path: Path) -> None:
    with instance_of(tmp_path) as kept:
        runs = [made(kept) for _ in range(3)]
        folder = dagster_home(tmp_path) / "history" / "runs"
        assert {file.name for file in folder.glob("*-wal")} == {"index.db-wal", f"{runs[-1]}.db-wal"}


def test_a_storage_somebody_chose_is_left_alone(tmp_path: Path) -> None:
    file = dagster_home(tmp_path) / "dagster.yaml"
    file.write_text(f"{file.read_text()}storage:\n  sqlite:\n    base_dir: {tmp_path}/own\n")
    with instance_of(tmp_path) as instance:
        assert not isinstance(instance.event_log_storage, KeptOpen)
        run = made(instance)
    assert (tmp_path / "own" / "history" / "runs" / f"{run}.db").is_file()
