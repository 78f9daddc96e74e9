"""verify.py of a bag needs Python alone, says what it did not check, and names what does not hold as tieout does."""

import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reports.archive.bundle import FOLDER, MODULES, verifier_text
from reports.archive.folder import public_name
from reports.archive.keys import make_key
from reports.archive.verifier.log import CHECKPOINT
from tests.reports.archive.archived import Place
from tests.reports.archive.mutations import Kept, flip_a_bit, swap_seals, tamper_with_the_log

BARE = [sys.executable, "-I", "-S"]
"""Python without any package that is installed."""


def run(place: Place, *said: str, python: list[str] = BARE) -> subprocess.CompletedProcess[str]:
    script = place.archive.path / "2025-02-v1" / "data" / "verify.py"
    return subprocess.run([*python, str(script), *said], capture_output=True, text=True, check=False)


def test_bare_python_verifies_all_but_rows_and_says_so(sealed: Place) -> None:
    done = run(sealed, "--public-key", public_name(sealed.key), "--checkpoint", str(sealed.archive.path / CHECKPOINT))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Not checked: ML-DSA-65 signatures (tieout verify does).",
        "Not checked: other bags (each has its own verify.py).",
        "Not checked: rows (pyarrow is not installed).",
        "2025-02-v1: files, seal and log hold, ROWS NOT CHECKED.",
    ]
    assert f"compare {public_name(sealed.key)} with the one you were given" in run(sealed).stdout
    assert not list(sealed.archive.path.rglob("__pycache__"))


def test_lines_that_were_pasted_are_asked_for_as_a_file(sealed: Place) -> None:
    done = run(sealed, "--checkpoint", "tieout/Gigsy\n3\nabc=")
    assert (done.returncode, done.stderr) == (2, "")
    assert "save the three lines in one" in done.stdout


def test_what_is_no_key_is_no_break(sealed: Place) -> None:
    done = run(sealed, "--public-key", "bm8=")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'bm8=' is no Ed25519 key in base64" in done.stderr


def test_with_pyarrow_it_names_rows(copied: Place) -> None:
    file = copied.archive.path / "2025-02-v1/data/tables/transactions/part-0000.parquet"
    rows = pq.read_table(file)
    pq.write_table(pa.concat_tables([rows.slice(0, 2), rows.slice(3)]), file)
    done = run(copied, python=[sys.executable])
    assert done.returncode == 1
    assert (
        "BROKEN: 2025-02-v1/data/tables/transactions/part-0000.parquet (table transactions, row 3): "
        "the sealed row of this number is gone\n"
    ) in done.stdout
    assert "rows (pyarrow" not in done.stdout


def test_it_names_the_files_that_tieout_names(copied: Place, tmp_path: Path) -> None:
    folder, draw, other = copied.archive.path, random.Random(5), make_key(tmp_path / "other")  # noqa: S311 - no secret
    kept = Kept(folder)
    for mutation in (flip_a_bit, flip_a_bit, swap_seals, tamper_with_the_log):
        mutation(folder, draw, other)
        try:
            own = {name for name in copied.broken() if name.startswith("2025-02-v1/") or "/" not in name}
            said = run(copied).stdout
            missing = {
                name
                for name in own
                if f"BROKEN: {name}" not in said and not name.startswith(("2025-01-v1", "2025-03-v1"))
            }
            assert missing == set(), said
        finally:
            kept.put_back()
    wrong = run(copied, "--public-key", public_name(other))
    assert wrong.returncode == 1
    assert "not by the key that was given" in wrong.stdout


def test_a_bag_alone_is_not_said_to_hold(copied: Place, tmp_path: Path) -> None:
    (copied.archive.path / "2025-02-v1").rename(tmp_path / "2025-02-v1")
    script = tmp_path / "2025-02-v1/data/verify.py"
    done = subprocess.run([*BARE, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.partition(":")[0]) == (2, "NOT CHECKED")


def test_the_one_file_has_no_name_twice() -> None:
    lines = verifier_text().splitlines()
    names = [line.split("(")[0] for line in lines if line.startswith(("def ", "class "))]
    assert len(names) == len(set(names))
    assert {*MODULES} == {file.stem for file in FOLDER.glob("*.py")} - {"__init__"}
    assert "reports.archive" not in verifier_text()


@pytest.mark.parametrize("library", ["cryptography", "tieout"])
def test_it_imports_nothing_of_others(library: str) -> None:
    assert f"import {library}" not in verifier_text()
