"""kill -9 during an export leaves a whole export or none, and the next run ends with the undisturbed one's bytes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assets.mapping_file import load_mapping
from assets.parquet import digest
from assets.store import Home
from tests.assets.ledgers import INSTANTS, INT64_MAPPING, WALLETS, Ledger, Row, documents, export, write_snapshot

ROOT = Path(__file__).parents[2]
ROWS = [Row(f"t{i}", WALLETS[i % 4], 7 * i % 100 - 50, at=INSTANTS[i % 6]) for i in range(600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    write_snapshot(folder / "snapshot.zip", documents(Ledger(ROWS, recorded=[("w1", "EGP", 1)])))
    (folder / "tieout.toml").write_text(INT64_MAPPING)
    return folder


@pytest.fixture(scope="module")
def killed(folder: Path) -> dict[str, bool]:
    """Return every home that a writer was killed in, or not."""
    command = [
        sys.executable,
        "-m",
        "tests.assets.killing",
        *(folder / n for n in ("snapshot.zip", "tieout.toml", ".")),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {each["home"]: each["killed"] for each in told}


def tree(home: Path) -> dict[str, str]:
    """Return every file but the locks, hidden ones included, with its digest."""
    found = (path for path in home.rglob("*") if path.is_file() and not path.name.startswith("lock"))
    return {str(path.relative_to(home)): digest(path) for path in found}


def test_the_undisturbed_writer_was_not_killed_and_enough_others_were(killed: dict[str, bool]) -> None:
    assert not killed.pop("undisturbed")
    assert all(dead for home, dead in killed.items() if home.startswith("at flush"))
    assert sum(dead for home, dead in killed.items() if home.startswith("after")) >= 3
    assert len(killed) >= 12


def test_a_kill_leaves_a_whole_export_or_none(folder: Path, killed: dict[str, bool]) -> None:
    (whole,) = Home(folder / "undisturbed").exports()
    left = {name: Home(folder / name).exports() for name in killed}
    assert {len(exports) for exports in left.values()} == {0, 1}
    for name, exports in left.items():
        for each in exports:
            assert each == whole, name
            assert Home(folder / name).intact(each), name


def test_the_next_run_ends_with_the_bytes_of_an_undisturbed_one(folder: Path, killed: dict[str, bool]) -> None:
    mapping, undisturbed = load_mapping(folder / "tieout.toml"), tree(folder / "undisturbed")
    different = {}
    for name in killed:
        export(Home(folder / name), mapping, folder / "snapshot.zip")
        found = tree(folder / name)
        different[name] = sorted(found.items() ^ undisturbed.items())
    assert {name: differs for name, differs in different.items() if differs} == {}
