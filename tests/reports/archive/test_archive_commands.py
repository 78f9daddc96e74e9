"""What the commands of the archive say, and the exit code of each answer."""

import json
from pathlib import Path

import pytest

from pipelines.cli import main
from reports.archive.folder import public_name
from reports.archive.keys import find_key, make_key
from reports.archive.verifier.log import CHECKPOINT
from tests.reports.archive.archived import Place, reported, without_waiting


@pytest.fixture
def at(copied: Place, sealed: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the words that name the copied home, its configuration and key."""
    folder = sealed.home.path.parent
    monkeypatch.setenv("TIEOUT_KEY_FILE", str(folder / "key"))
    return ["--home", str(copied.home.path), "--config", str(folder / "tieout.toml")]


def test_a_key_is_made_and_its_public_half_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", str(tmp_path / "key")]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == public_name(find_key(tmp_path / "key"))
    assert "PRIVATE" not in said
    assert main(["keys", str(tmp_path / "key")]) == 3


def test_months_are_sealed_and_the_checkpoint_is_three_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = reported(tmp_path)
    words = ["--home", str(place.home.path), "--config", str(tmp_path / "tieout.toml"), "--json"]
    assert main(["archive", *words]) == 3
    assert "no key to sign with" in json.loads(capsys.readouterr().out)["error"]
    monkeypatch.setenv("TIEOUT_KEY_FILE", str(tmp_path / "key"))
    with without_waiting():
        assert main(["archive", "--month", "2025-02", *words]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [Path(each["bag"]).name for each in document["sealed"]] == ["2025-02-v1"]
    assert document["checkpoint"] == (place.archive.path / CHECKPOINT).read_text().splitlines()[:3]
    assert main(["archive", "--month", "2025-04", *words]) == 3
    assert main(["archive", "--month", "2025-13", *words]) == 3


def test_verify_lists_every_break_and_ends_with_one(
    copied: Place, at: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    home = at[:2]
    kept = ["--public-key", public_name(copied.key), "--checkpoint", str(copied.archive.path / CHECKPOINT)]
    assert main(["verify", *home, *kept, "--rows"]) == 0
    assert capsys.readouterr().out == "3 of 3 bags verified, 0 breaks.\n"
    (copied.archive.path / "2025-03-v1/data/views.sql").unlink()
    assert main(["verify", "2025-01-v1", *home]) == 0
    capsys.readouterr()
    assert main(["verify", "all", *home, "--json", "--statement"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert {each["file"] for each in document["breaks"]} == {"2025-03-v1/data/views.sql"}
    assert document["statement"].startswith("fixity-")
    assert main(["verify", *home]) == 1
    assert "BROKEN: 2025-03-v1/data/views.sql: the file is gone\n" in capsys.readouterr().out
    assert main(["verify", "2024-01-v1", *home]) == 3
    assert "names no bag or month 2024-01-v1" in capsys.readouterr().err
    assert main(["verify", "--home", str(copied.home.path / "none")]) == 3


def test_a_month_stands_for_its_bags_and_what_was_taken_on_trust_is_said(
    copied: Place, at: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "2025-02", *at[:2]]) == 0
    said = capsys.readouterr().out
    assert "1 of 1 bags verified" in said
    assert "the key that came with the archive was trusted; give --public-key" in said
    assert "cut off is not known; give --checkpoint" in said
    assert main(["verify", *at[:2], "--public-key", "no key"]) == 3
    assert "'no key' is no Ed25519 key in base64" in capsys.readouterr().err
    given = ["--public-key", public_name(copied.key)]
    assert main(["verify", *at[:2], *given]) == 0
    assert "was trusted" not in capsys.readouterr().out


def test_signing_off_holding_and_drilling(at: list[str], copied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign-off", "--month", "2025-01", "--role", "approver", "--person", "Ann", *at]) == 0
    assert main(["sign-off", "--month", "2025-01", "--role", "reviewer", "--person", "Ann", *at]) == 3
    assert main(["retention", "--hold", "2025-01", *at]) == 3
    assert main(["retention", "--hold", "2025-01", "--reason", "case 7", *at]) == 0
    capsys.readouterr()
    assert main(["retention", "--older-than", "2099-01-01", "--delete", "--json", *at]) == 0
    months = json.loads(capsys.readouterr().out)["months"]
    assert [(each["bag"], each["may_go"], each["gone"]) for each in months] == [
        (f"2025-0{month}-v1", False, False) for month in (1, 2, 3)
    ]
    assert main(["retention", "--older-than", "soon", *at]) == 3
    with without_waiting():
        assert main(["drill", "--seed", "1", *at]) == 0
    said = capsys.readouterr().out
    assert "2025-02-v1: " in said
    assert Path(said.partition("evidence in ")[2].strip().removesuffix(".")).is_file()
    assert main(["verify", *at]) == 0
    assert [entry["event"] for entry in copied.archive.entries()][-3:] == ["signed-off", "held", "drill"]


def test_another_key_than_the_one_that_seals_is_refused(at: list[str], tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    other = ["--key", str(tmp_path / "other")]
    assert main(["archive", *at, *other]) == 3
    assert main(["drill", *at, *other]) == 3
    assert main(["verify", "--statement", *at, *other]) == 3
    assert main(["archive", "--new-key", *at, *other]) == 0
    assert main(["verify", *at]) == 0
