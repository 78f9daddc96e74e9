"""What a home remembers of its reconciliations: begun, ended, failed, killed, and what a killed writer leaves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.errors import DamagedError
from assets.runs import KILLED, Concluded, Runs

CUT = datetime(2025, 1, 31, 12, tzinfo=UTC)
CLEAN = Concluded("CLEAN", "000001-ab", CUT, {"EGP": 0, "USD": 2**70})


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "home" / "runs.jsonl")


def test_nothing_is_remembered_at_first(runs: Runs) -> None:
    assert runs.all() == {}


def test_a_run_begins_ends_and_may_fail_after_all(runs: Runs) -> None:
    runs.begin("a")
    assert (runs.all()["a"].ended_at, runs.all()["a"].failure) == (None, KILLED)
    runs.conclude("a", CLEAN)
    run = runs.all()["a"]
    assert (run.verdict, run.failure, run.export, run.cut_at, run.gross) == (
        "CLEAN",
        None,
        "000001-ab",
        CUT,
        {"EGP": 0, "USD": 2**70},
    )
    assert run.ended_at
    assert run.began_at <= run.ended_at
    runs.fail("a", "HomeError")
    assert (runs.all()["a"].failure, runs.all()["a"].verdict, runs.all()["a"].began_at) == (
        "HomeError",
        None,
        run.began_at,
    )


def test_a_run_begins_once_and_one_that_could_not_begin_can_fail(runs: Runs) -> None:
    runs.begin("a")
    began = runs.all()["a"].began_at
    runs.begin("a")
    runs.fail("b", "HomeError")
    assert runs.all()["a"].began_at == began
    assert runs.all()["b"].began_at == runs.all()["b"].ended_at
    assert list(runs.all()) == ["a", "b"]


@pytest.mark.parametrize("left", range(1, 40, 7))
def test_a_torn_line_says_nothing_and_is_gone_with_the_next(runs: Runs, left: int) -> None:
    runs.begin("a")
    runs.conclude("a", CLEAN)
    whole = runs.path.read_bytes()
    runs.begin("b")
    runs.path.write_bytes(whole + runs.path.read_bytes()[len(whole) :][:left])
    assert list(runs.all()) == ["a"]
    runs.begin("c")
    assert list(runs.all()) == ["a", "c"]
    assert runs.path.read_bytes().startswith(whole)
    assert [json.loads(line)["run"] for line in runs.path.read_text().splitlines()] == ["a", "a", "c"]


def test_writers_at_once_lose_no_line(runs: Runs) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(runs.begin, map(str, range(40))))
    assert len(runs.all()) == 40


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"run": "a", "event": "began", "at": "yesterday"}', "\x00"])
def test_damage_is_named_with_its_line(runs: Runs, line: str) -> None:
    runs.begin("a")
    with runs.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(DamagedError, match=r"runs\.jsonl is damaged in line 2: restore it, or move it away"):
        runs.all()
