"""What `tieout sample` writes and refuses, from a home and from a bag alone, and that verify.py checks it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import main
from reports.archive.folder import public_name
from tests.reports.archive.archived import Place


def asked(copied: Place, *more: str) -> int:
    return main(["sample", "--home", str(copied.home.path), "--month", "2025-03", "--nonce", "from the auditor", *more])


def made(folder: Path) -> dict[str, bytes]:
    (sample,) = folder.glob("2025-03-v1/*/")
    return {each.name: each.read_bytes() for each in sorted(sample.iterdir())}


def test_a_sample_is_drawn_twice_alike_and_never_over_another(
    copied: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(copied) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split("  ")[0] == "currency"
    assert said[1].split()[:2] == ["EGP", "5.53"]
    first = made(copied.home.path / "samples")
    assert list(first) == ["sample.json", "sample.xlsx"]
    assert asked(copied, "--json") == 0
    assert json.loads(capsys.readouterr().out)["sample"] == json.loads(first["sample.json"])
    assert asked(copied, "--tolerable", "EGP=300") == 3
    assert "is there and different" in capsys.readouterr().err
    assert made(copied.home.path / "samples") == first
    assert asked(copied, "--tolerable", "EGP=300", "--confidence", "90", "--to", str(copied.home.path / "other")) == 0
    (part,) = json.loads(made(copied.home.path / "other")["sample.json"])["currencies"]
    assert (part["tolerable"], part["interval"]) == ("300", str(int(300 / 2.302585)))


def test_an_auditor_needs_no_home_but_the_bag_its_seals_and_the_log(
    copied: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(copied) == 0
    shutil.copytree(copied.archive.path, tmp_path / "sent")
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    words = ["sample", "--bag", str(tmp_path / "sent/2025-03-v1"), "--nonce", "from the auditor"]
    assert main([*words, "--public-key", public_name(copied.key)]) == 0
    assert made(tmp_path / "desk/samples") == made(copied.home.path / "samples")
    assert main([*words, "--public-key", "A" * 43 + "="]) == 3
    assert main([*words, "--month", "2025-02"]) == 3
    (tmp_path / "sent/log.jsonl").unlink()
    assert main(words) == 3


def test_verify_py_holds_the_sample_to_the_seal(copied: Place) -> None:
    assert asked(copied) == 0
    (file,) = (copied.home.path / "samples").glob("2025-03-v1/*/sample.json")
    command = [sys.executable, str(copied.archive.path / "2025-03-v1/data/verify.py"), "--sample", str(file)]
    assert subprocess.run(command, check=False, capture_output=True, text=True).returncode == 0
    file.write_text(file.read_text().replace('"book": "473"', '"book": "472"'))
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode == 1
    assert "BROKEN: sample.json (table closings): w1: the proved row has another" in found.stdout


def test_what_is_not_sealed_or_not_as_sealed_is_refused_in_one_sentence(
    copied: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(copied.home.path)]
    for words, said in (
        (["--month", "2025-04", "--nonce", "n", *home], "2025-04 is not sealed"),
        (["--month", "2025-03", "--nonce", "n", "--home", str(tmp_path / "none")], "holds no archive, so 2025-03"),
        (["--nonce", "n", *home], "say which month"),
        (["--month", "2025-03", "--nonce", " ", *home], "the nonce must be a text"),
        (["--month", "2025-03", "--nonce", "n", "--tolerable", "5", *home], "neither a share such as"),
        (["--month", "2025-03", "--nonce", "n", "--tolerable", "USD=5", *home], "holds no balance in USD"),
        (["--month", "2025-03", "--nonce", "n", "--expected", "1%", *home], "leaves nothing of the tolerable"),
        (["--month", "2025-03", "--nonce", "n", "--low", "x", *home], "is no number from 0 to 9999"),
        (["--bag", str(copied.archive.path / "2025-09-v1"), "--nonce", "n"], "2025-09-v1 is not sealed"),
    ):
        assert main(["sample", *words]) == 3, words
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    (copied.archive.path / "2025-03-v1/data/views.sql").unlink()
    assert asked(copied) == 3
    assert "2025-03-v1 is not as it was sealed, so nothing is sampled from it: " in capsys.readouterr().err
    assert not (copied.home.path / "samples").exists()
