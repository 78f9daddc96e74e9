"""What comes after the seal: sign-offs, fixity statements, drills and time stamps, each signed and written down."""

import json
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.errors import RefusedError
from reports.archive.backup import verify_backup
from reports.archive.drill import drill, write_evidence
from reports.archive.keys import make_key
from reports.archive.statements import SignOff, sign_off, sign_offs, write_fixity
from reports.archive.tokens import keep_token
from tests.assets.ledgers import Ledger, documents, write_snapshot
from tests.reports.archive.archived import ROWS, Place, reported, silent, without_waiting


def test_two_people_sign_a_month_off_each_with_their_own_key(copied: Place, tmp_path: Path) -> None:
    ann, bo = (
        SignOff("2025-01", role, person, "accepted", "") for role, person in (("preparer", "Ann"), ("reviewer", "Bo"))
    )
    with copied.home.writing():
        sign_off(copied.archive, copied.key, ann)
        with pytest.raises(
            RefusedError, match="ANN is preparer of 2025-01-v1 already; another person must be reviewer"
        ):
            sign_off(copied.archive, copied.key, SignOff("2025-01", "reviewer", "ANN", "accepted", ""))
        key = make_key(tmp_path / "bo")
        file = sign_off(copied.archive, copied.key, bo, key)
        with pytest.raises(RefusedError, match="this key is that of Bo; Cy needs one of their own"):
            sign_off(copied.archive, copied.key, SignOff("2025-01", "approver", "Cy", "rejected", "no"), key)
        with pytest.raises(RefusedError, match="2025-07 is not sealed"):
            sign_off(copied.archive, copied.key, SignOff("2025-07", "approver", "Cy", "accepted", ""))
    assert [each.person for each in sign_offs(copied.archive, "2025-01-v1")] == ["Ann", "Bo"]
    assert copied.verify().breaks == ()
    text = (copied.archive.path / file).read_bytes()
    (copied.archive.path / file).write_bytes(text.replace(b"a", b"b", 1))
    assert copied.broken() == {file}


def test_a_fixity_statement_says_what_was_found(copied: Place) -> None:
    (copied.archive.path / "2025-03-v1/data/views.sql").write_text("x")
    with copied.home.writing():
        file = write_fixity(copied.archive, copied.key, copied.verify())
    said = copied.archive.statement(copied.archive.entries()[-1])
    assert said["predicateType"] == "urn:tieout:fixity:v1"
    assert said["predicate"]["bags"] == ["2025-01-v1", "2025-02-v1", "2025-03-v1"]
    assert said["predicate"]["breaks"][0].startswith("2025-03-v1/data/views.sql: ")
    assert file not in copied.broken()


def test_a_drill_computes_every_month_again_from_its_bag_alone(copied: Place, tmp_path: Path) -> None:
    for folder in ("exports", "tables", "months", "audits", "closed", "reports"):
        (copied.home.path / folder).rename(tmp_path / folder)
    with without_waiting(), copied.home.writing():
        for seed in range(3):
            found = drill(copied.archive, seed=seed)
            assert (found.name, found.differing, found.notes) == (f"2025-0{seed + 1}-v1", (), ())
            assert {"movements", "closings", "balances", "drift", "balances_never_were_negative"} <= set(found.same)
        file = write_evidence(copied.archive, copied.key, found)
    said = copied.archive.statement(copied.archive.entries()[-1])["predicate"]
    assert (said["passed"], said["seed"], said["name"]) == (True, "2", "2025-03-v1")
    assert copied.verify().breaks == ()
    assert (copied.archive.path / file).exists()


WAIVER = """
[[waivers]]
id = "overdrawn"
rule = "balances_never_were_negative"
where = { wallet_id = "%" }
owner = "finance@example.com"
reason = "Agreed credit."
most = 9
expires = LAST-DAY
"""


@pytest.mark.parametrize(("last_day", "result"), [("2030-01-01", "held"), ("2025-03-31", "broken")])
def test_a_drill_waives_what_was_waived_as_of_the_cut(tmp_path: Path, last_day: str, result: str) -> None:
    place = reported(tmp_path, more=WAIVER.replace("LAST-DAY", last_day))
    place.seal("2025-02")
    answer = place.archive.path / "2025-02-v1/data/answers/month/balances_never_were_negative.json"
    assert json.loads(answer.read_text())["result"] == result
    with without_waiting(), place.home.writing():
        assert drill(place.archive).differing == ()


def test_a_drill_tells_of_a_damaged_bag_and_of_code_that_computes_otherwise(
    copied: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_: object) -> object:
        return pq.read_table(copied.archive.path / "2025-01-v1/data/tables/balances/part-0000.parquet").slice(1)

    with without_waiting(), copied.home.writing():
        monkeypatch.setattr("reports.archive.drill.balances_of", wrong)
        found = drill(copied.archive, "2025-01")
        assert found.differing[0].startswith("balances: its rows have root ")
        (copied.archive.path / "2025-02-v1/bag-info.txt").unlink()
        damaged = drill(copied.archive, "2025-02-v1")
    assert not damaged.passed
    assert damaged.differing[0] == "2025-02-v1/bag-info.txt: the file is gone"


def test_a_time_stamp_of_something_else_is_told(copied: Place) -> None:
    with copied.home.writing():
        file = keep_token(copied.archive, copied.key, "2025-01-v1", b"no token")
    (found,) = copied.verify().breaks
    assert (found.file, found.said[:16]) == (file, "it cannot be rea")


AUTHORITY = """
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.2.3
digests = sha256, sha384, sha512
"""
MAKE_AUTHORITY = (
    "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=tsa -addext extendedKeyUsage=critical,timeStamping"
)


OPENSSL = shutil.which("openssl") or ""


@pytest.mark.skipif(not OPENSSL, reason="openssl plays the time-stamp authority")
def test_a_time_stamp_of_the_seal_holds_and_one_of_another_seal_does_not(copied: Place, tmp_path: Path) -> None:
    (tmp_path / "tsa.cnf").write_text(AUTHORITY)
    (tmp_path / "serial").write_text("01")
    reply = "ts -reply -config tsa.cnf -section tsa -queryfile query -signer cert -inkey key -out token"
    seal = copied.archive.path / "2025-01-v1.seal.json"
    calls = (f"{MAKE_AUTHORITY} -keyout key -out cert", f"ts -query -sha512 -data {seal} -out query", reply)
    for call in calls:
        subprocess.run([OPENSSL, *call.split()], cwd=tmp_path, check=True, capture_output=True)
    token = (tmp_path / "token").read_bytes()
    with copied.home.writing():
        keep_token(copied.archive, copied.key, "2025-01-v1", token)
        assert copied.verify().breaks == ()
        keep_token(copied.archive, copied.key, "2025-02-v1", token)
    assert [each.line() for each in copied.verify().breaks] == ["2025-02-v1.seal.tsr: it stamps another file"]


def test_a_backup_is_held_to_what_was_exported_up_to_its_cut(copied: Place, tmp_path: Path) -> None:
    def backed(*rows: object) -> object:
        ledger = Ledger(list(rows), {"w1": 500}, [("w1", "EGP", 1)])  # type: ignore[arg-type]
        backup = write_snapshot(tmp_path / "backup.zip", documents(ledger))
        with copied.home.writing():
            return verify_backup(copied.home, copied.mapping, str(backup), tmp_path, silent)

    same = backed(*ROWS)
    assert (same.rows, same.missing, same.different, same.breaks) == (40, 0, 0, ())  # type: ignore[attr-defined]
    older = backed(*(row for row in ROWS if row.month < "2025-03"))
    assert (older.rows, older.breaks) == (20, ())  # type: ignore[attr-defined]
    changed = [*ROWS[:5], *ROWS[6:8], ROWS[8].__class__("t08", "w3", 1, at=ROWS[8].at), *ROWS[9:]]
    found = backed(*changed)
    assert (found.missing, found.different) == (1, 1)  # type: ignore[attr-defined]
    assert found.breaks == (  # type: ignore[attr-defined]
        "transaction t08 of 2025-01 is another row in the backup",
        "transaction t05 of 2025-02 is not in the backup",
    )
