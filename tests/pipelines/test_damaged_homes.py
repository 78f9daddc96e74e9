"""A file of the home that is gone or damaged is one sentence: which file, what is wrong, what to do; exit code 2."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from tests.audited_demo import AuditedDemo
from tests.pipelines.test_explain import Place

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def place(audited: AuditedDemo) -> Place:
    return Place(audited)


@pytest.fixture
def home(place: Place, tmp_path: Path) -> Path:
    shutil.copytree(place.home, tmp_path / "home")
    return tmp_path / "home"


def cut(path: Path) -> None:
    """Leave the first bytes of a file, as a full disk does."""
    path.write_bytes(path.read_bytes()[:40])


def only(home: Path, pattern: str) -> Path:
    return min(home.glob(pattern))


RULE = "audits/*/cut/projections_do_not_drift"
AGAIN = "restore it from a copy, or run 'tieout audit' again."
ANEW = "restore it from a copy, or give another --home, where a new history begins."
DAMAGES: dict[str, tuple[Damage, str]] = {
    "an outcome is cut off": (lambda home: cut(only(home, f"{RULE}.json")), f"drift.json is damaged: {AGAIN}"),
    "an outcome is gone": (
        lambda home: only(home, f"{RULE}.json").unlink(),
        "projections_do_not_drift was not judged at the cut of",
    ),
    "offenders are cut off": (lambda home: cut(only(home, f"{RULE}.parquet")), f"drift.parquet is damaged: {AGAIN}"),
    "offenders are gone": (lambda home: only(home, f"{RULE}.parquet").unlink(), f"drift.parquet is gone: {AGAIN}"),
    "a table is gone": (lambda home: only(home, "tables/wallets/*").unlink(), f".parquet is gone: {AGAIN}"),
    "a table is cut off": (lambda home: cut(only(home, "tables/wallets/*")), f".parquet is damaged: {AGAIN}"),
    "balances are cut off": (lambda home: cut(only(home, "audits/*/balances.parquet")), f"is damaged: {AGAIN}"),
    "drift is cut off": (lambda home: cut(only(home, "audits/*/drift.parquet")), f"drift.parquet is damaged: {AGAIN}"),
    "an empty certificate": (
        lambda home: only(home, "exports/*/certificate.json").write_text("{}"),
        f"certificate.json is damaged: {ANEW}",
    ),
    "no certificate at all": (
        lambda home: only(home, "exports/*/certificate.json").write_text("[1]"),
        f"certificate.json is damaged: {ANEW}",
    ),
    "another deed": (lambda home: (home / "home.json").write_text("[]"), f"home.json is damaged: {ANEW}"),
    "no deed": (lambda home: (home / "home.json").unlink(), f"home.json is gone: {ANEW}"),
    "a strange line": (
        lambda home: (home / "journal.jsonl").write_text('{"export": 1, "event": "x"}\n'),
        f"journal.jsonl is damaged: {ANEW}",
    ),
    "no journal": (lambda home: (home / "journal.jsonl").unlink(), f"journal.jsonl is damaged: {ANEW}"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_cannot_be_explained_is_one_sentence(
    place: Place, home: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, sentence = DAMAGES[name]
    damage(home)
    files = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    assert main(["explain", place.subject("unsettled_counted"), "--home", str(home)]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert told.startswith("tieout: ")
    assert "Error" not in told
    now = {file: file.read_bytes() for file in home.rglob("*") if file.is_file() and file.name != "explained.jsonl"}
    assert now.items() <= files.items()


def test_another_format_is_another_version(home: Path, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    file = only(home, "exports/*/certificate.json")
    file.write_text(file.read_text().replace("certificate 3", "certificate 99"))
    assert main(["explain", place.subject("unsettled_counted"), "--home", str(home)]) == 3
    assert "was written by another version of tieout" in capsys.readouterr().err


def test_waived_rows_are_not_told_as_open(home: Path, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    file = only(home, f"{RULE}.parquet")
    rows = pq.read_table(file)
    waived = rows.set_column(rows.column_names.index("waiver"), "waiver", pa.array(["known"] * rows.num_rows))
    pq.write_table(waived, file)
    wallet = place.subject("unsettled_counted")
    assert main(["explain", wallet, "--home", str(home), "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["wallets"][0]["findings"]
    assert {each["rule"]: each["waiver"] for each in findings} == {
        "projections_do_not_drift": "known",
        "statuses_move_money_rightly": None,
    }
    assert main(["explain", wallet, "--home", str(home)]) == 0
    told = capsys.readouterr().out
    assert told.index("Open findings") < told.index("statuses_move_money_rightly") < told.index("Waived findings")


def test_an_argument_that_is_no_text_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "snap\udcff.zip", "--home", "elsewhere"]) == 3
    assert "argument 2 is not UTF-8 (snap\\udcff.zip): rename the file" in capsys.readouterr().err


def test_a_refused_self_test_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "snapshot.zip").write_bytes(b"no archive")
    home = tmp_path / "deep" / "home"
    assert main(["selftest", str(tmp_path / "snapshot.zip"), "--home", str(home)]) == 3
    assert capsys.readouterr().err.startswith("tieout: ")
    assert not (tmp_path / "deep").exists()
