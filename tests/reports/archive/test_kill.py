"""kill -9 while months are sealed or let go: nothing is half-sealed, nothing is lost, and the next run ends it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assets.parquet import digest
from tests.reports.archive.killing import LATER, go, place_of

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    (folder / "made").mkdir()
    return folder


@pytest.fixture(scope="module")
def killed(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.reports.archive.killing", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(each["killed"] for each in told)
    return [each["home"] for each in told]


def bags(folder: Path, name: str) -> dict[str, str]:
    """Return every file of every bag of a home with its digest."""
    archive = folder / name / "archive"
    found = (file for file in archive.rglob("*") if file.is_file() and "-v1" in file.parts[len(archive.parts)])
    return {str(file.relative_to(archive)): digest(file) for file in found if not file.name.endswith(".seal.json")}


def test_a_killed_sealing_leaves_whole_months_and_is_ended_by_the_next(folder: Path, killed: list[str]) -> None:
    expected, left = bags(folder, "undisturbed sealing"), set()
    for name in (name for name in killed if name.startswith("sealing")):
        place = place_of(folder, name)
        sealed = [entry["name"] for entry in place.archive.sealed()]
        left.add(tuple(sealed))
        if place.archive.entries():
            found = place.verify(all_rows=True)
            assert (found.breaks, list(found.bags)) == ((), sealed), name
        place.seal("2025-01", "2025-02")
        assert place.verify().breaks == (), name
        assert bags(folder, name) == expected, name
    assert left == {(), ("2025-01-v1",), ("2025-01-v1", "2025-02-v1")}


def test_a_killed_deletion_loses_nothing_that_is_not_written_down(folder: Path, killed: list[str]) -> None:
    expected, went = bags(folder, "undisturbed letting go"), set()
    for name in (name for name in killed if name.startswith("letting go")):
        place = place_of(folder, name)
        deleted = [entry["name"] for entry in place.archive.entries() if entry["event"] == "deleted"]
        went.add(tuple(deleted))
        assert place.verify().breaks == (), name
        if not deleted:
            go(place)
        with place.home.writing():
            place.archive.settle()
        assert bags(folder, name) == expected, name
    assert went == {(), ("2025-01-v1",)}
    assert LATER.year > 2032
