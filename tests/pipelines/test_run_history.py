"""What runs leave behind of themselves: how each ended, and what that tells the next one."""

import json
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import SourceError
from assets.schemas import EXPORTED
from assets.store import Home
from assets.workplace import Workplace
from checks.outcome import Outcome
from pipelines.answer import answer
from pipelines.audit import Audited, run_audit
from pipelines.definitions import definitions
from pipelines.settings import dagster_home
from tests.assets.sources.snapshots import TRANSACTION, complete, entries, lines, tables, write_zip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_zip(tmp_path / "clean.zip", entries(complete()))
    write_zip(tmp_path / "tenth.zip", entries(tables(transactions=lines({**TRANSACTION, "amount": 0.1}))))
    return tmp_path


def audited(place: Path, source: str) -> Audited:
    return run_audit(Workplace(home=str(place / "home"), source=str(place / source)), None)


def operations(found: Audited) -> dict[str, Outcome]:
    return {each.rule: each for each in found.outcomes if each.operations}


def ends(place: Path) -> list[tuple[str | None, str | None]]:
    return [(run.verdict, run.failure) for run in Home(place / "home").runs.all().values()]


def test_a_run_leaves_its_verdict_and_the_next_one_reads_it(place: Path) -> None:
    first = audited(place, "clean.zip")
    assert ends(place) == [("CLEAN", None)]
    ran = operations(first)["controls_ran"]
    assert (ran.result, ran.problem) == (
        "not applicable",
        "Not enough history: 0 of 1 reconciliations before this one.",
    )
    second = audited(place, "clean.zip")
    assert (operations(second)["controls_ran"].result, operations(second)["controls_ran"].examined) == ("held", 1)
    assert ends(place) == [("CLEAN", None)] * 2
    said, again = json.loads(answer(first)), json.loads(answer(second))
    assert said.pop("operations") != again.pop("operations")
    assert said == again


def test_every_way_to_fail_is_written_down_and_three_in_a_row_are_told(place: Path) -> None:
    (place / "no.zip").write_text("hello")
    assert audited(place, "tenth.zip").verdict == "NOT VERIFIED"
    with pytest.raises(SourceError):
        audited(place, "no.zip")
    Home(place / "home").runs.begin("killed")
    assert ends(place) == [
        ("NOT VERIFIED", "a gate was broken"),
        (None, "SourceError"),
        (None, "killed: it never ended"),
    ]
    found = audited(place, "clean.zip")
    told = operations(found)["reconciliations_succeed"]
    assert (found.verdict, told.result, told.offenders, told.severity) == ("CLEAN", "broken", 3, "warning")
    assert told.escalation
    assert (told.escalation.level, told.escalation.minutes) == ("critical", 0)
    assert operations(audited(place, "clean.zip"))["reconciliations_succeed"].result == "held"


def test_a_rule_that_could_not_run_fails_the_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "the rule could not run"
        raise RuntimeError(message)

    monkeypatch.setattr("checks.judge.judged", fail)
    assert audited(place, "clean.zip").failure
    assert ends(place) == [(None, "RuntimeError")]


def test_a_run_that_may_not_write_the_home_is_told_of_too(place: Path) -> None:
    workplace = Workplace(home=str(place / "home"), source=str(place / "clean.zip"))
    with Home(place / "home").writing(), dg.DagsterInstance.from_config(str(dagster_home(place / "home"))) as instance:
        job = definitions(workplace).resolve_job_def("reconcile")
        assert not job.execute_in_process(instance=instance, raise_on_error=False).success
    assert ends(place) == [(None, "HomeError")]


def test_only_reconciliations_are_written_down(place: Path) -> None:
    workplace = Workplace(home=str(place / "home"), source=str(place / "clean.zip"))
    with dg.DagsterInstance.from_config(str(dagster_home(place / "home"))) as instance:
        job = definitions(workplace).resolve_implicit_global_asset_job_def()
        chosen = [dg.AssetKey(table) for table in EXPORTED]
        assert job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=chosen).all_events
    assert ends(place) == []
