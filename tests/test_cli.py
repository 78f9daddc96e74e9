"""What scripts rely on: exit codes, one sentence, one document.

The command runs as they run it where a process is the point: its streams, its signals, and that two of them agree.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.store import Home
from pipelines.cli import main
from pipelines.demo.write import DemoPlan, write_demo
from tests.assets.sources.snapshots import TRANSACTION, complete, entries, lines, tables, write_zip

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "pipelines.cli"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
RULES = {path.stem for path in (ROOT / "checks" / "sql").glob("*.sql")}
PROGRESS = re.compile(r".*: \d+ %(, [\d:]+ left)?")
Answer = dict[str, Any]
Answered = subprocess.CompletedProcess[str]


class Place:
    """A working folder with two small snapshots and a demo in it."""

    def __init__(self, folder: Path) -> None:
        """Write the snapshots and some wrong configurations."""
        self.folder = folder
        write_zip(folder / "clean.zip", entries(complete()))
        write_zip(folder / "tenth.zip", entries(tables(transactions=lines({**TRANSACTION, "amount": 0.1}))))
        (folder / "no.zip").write_text("hello")
        (folder / "file").touch()
        self.demo = str(write_demo(DemoPlan(transactions=8_000), folder / "demo", lambda *_: None).snapshot)

    def start(self, *said: str, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - as Popen has it
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": ENVIRONMENT} | more
        return subprocess.Popen([*COMMAND, *said], cwd=self.folder, **pipes)

    def run(self, *said: str) -> Answered:
        with self.start(*said) as process:
            out, err = process.communicate(timeout=300)
        return Answered(said, process.returncode, out, err)

    def here(self, *said: str) -> Answered:
        """Make a call in this process."""
        with chdir(self.folder), redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = main([*said])
        return Answered(said, code, out.getvalue(), err.getvalue())

    def until(self, process: subprocess.Popen[str], home: str, made: str) -> None:
        """Wait until a run has made a file in its home."""
        while not any((self.folder / home).glob(made)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)

    def certificates(self, home: str) -> dict[str, bytes]:
        exports = (self.folder / home / "exports").glob("*/certificate.json")
        return {path.parent.name: path.read_bytes() for path in exports}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"))


ONE = ("--month", "2025-07")
"""One report is enough where what is looked at is the call and the export."""
APART: Mapping[str, tuple[str, ...]] = {
    "demo": ("audit", "demo/*.zip", *ONE, "--home", "undisturbed"),
    "clean": ("audit", "clean.zip", "--json", "--home", "clean"),
}
HERE: Mapping[str, tuple[str, ...]] = {
    "tenth": ("audit", "tenth.zip", "--json", "--home", "tenth"),
    "no zip": ("audit", "no.zip", "--json", "--home", "fresh"),
    "no source": ("audit", "--json", "--home", "fresher"),
    "file as home": ("audit", "clean.zip", "--json", "--home", "file"),
}


@pytest.fixture(scope="module")
def answers(place: Place) -> dict[str, Answered]:
    """Make the calls that need not wait for one another: two processes at a time, and all others in this one."""
    with ThreadPoolExecutor(2) as two:
        said = [tuple(place.demo if word == "demo/*.zip" else word for word in call) for call in APART.values()]
        apart = dict(zip(APART, two.map(lambda call: place.run(*call), said), strict=True))
    return apart | {name: place.here(*call) for name, call in HERE.items()}


def refused(answer: Answered, code: int = 3) -> str:
    """Check that an answer is one sentence on both streams, and return it."""
    assert answer.returncode == code, answer
    sentence = str(json.loads(answer.stdout)["error"])
    assert answer.stderr.splitlines()[-1] == f"tieout: {sentence}"
    assert "Traceback" not in answer.stderr
    return sentence


def test_a_clean_ledger(answers: dict[str, Answered]) -> None:
    said: Answer = json.loads(answers["clean"].stdout)
    assert answers["clean"].returncode == 0
    assert (said["verdict"], said["transactions"], said["wallets"]) == ("CLEAN", 1, 1)
    assert said["cut"] == "2025-01-01T00:00:00.000500Z"
    assert said["control_totals"] == [{"currency": "EGP", "count": 1, "sum": "100", "absolute_sum": "100"}]
    assert {rule["rule"] for rule in (*said["rules"], *said["operations"])} == RULES
    results = {rule["rule"]: rule["result"] for rule in said["rules"]}
    without = {
        "ledger_is_append_only",
        "months_stay_closed",
        "openings_equal_closings",
        "projections_move_with_ledgers",
        "external_references_are_unique",
        "withdrawals_follow_kyc",
    }
    assert {rule for rule, result in results.items() if result == "not applicable"} == without
    assert {result for rule, result in results.items() if rule not in without} == {"held"}
    (month,) = said["months"]
    assert (month["month"], month["complete"], month["verdict"]) == ("2025-01", False, "CLEAN")
    assert json.loads(Path(month["json"]).read_text())
    assert Path(month["html"]).read_text().startswith("<!")


def test_a_broken_gate(place: Place, answers: dict[str, Answered]) -> None:
    said: Answer = json.loads(answers["tenth"].stdout)
    assert answers["tenth"].returncode == 2
    assert (said["verdict"], said["transactions"], said["months"], said["drift"]) == ("NOT VERIFIED", 0, [], [])
    results = {rule["rule"]: rule for rule in said["rules"]}
    broken = results["amounts_are_exact_integers"]
    assert (broken["result"], broken["severity"], broken["offenders"]) == ("broken", "gate", 1)
    assert pq.read_table(broken["rows"]).to_pylist()[0]["transaction_id"] == "t1"
    others = {rule["result"] for rule in said["rules"] if rule["severity"] != "gate"}
    assert others == {"not verified"}
    assert not list((place.folder / "tenth").rglob("*.html"))


def test_a_broken_ledger_as_people_see_it(answers: dict[str, Answered]) -> None:
    told = answers["demo"]
    assert told.returncode == 1
    *_, life, report = told.stdout.splitlines()
    assert "\nBROKEN - " in told.stdout
    assert life.startswith("Exceptions since the export before: new ")
    assert report.startswith("Report: undisturbed/")
    assert all(PROGRESS.fullmatch(line) for line in told.stderr.splitlines()), told.stderr


def test_what_could_not_be_exported(place: Place, answers: dict[str, Answered]) -> None:
    assert refused(answers["no zip"]).startswith("no.zip is not a whole ZIP file")
    assert refused(answers["no source"]).startswith("no source is given")
    assert "cannot be written" in refused(answers["file as home"])
    assert not (place.folder / "fresh" / "exports").exists()


def test_a_home_and_its_months(place: Place, answers: dict[str, Answered]) -> None:
    first: Answer = json.loads(answers["clean"].stdout)
    calls = [("--month", "2025-01"), ("--month", "2031-01")]
    said = [place.here("audit", "clean.zip", "--json", "--home", "clean", *call) for call in calls]
    again: Answer = json.loads(said[0].stdout)
    assert {key: again[key] for key in again if key != "operations"} == {
        key: first[key] for key in first if key != "operations"
    }
    assert refused(said[1]) == "2031-01 has no transactions; the ledger has 2025-01 to 2025-01."


def test_interrupted_killed_and_refused_runs_leave_nothing(place: Place, answers: dict[str, Answered]) -> None:
    assert answers["demo"].returncode == 1
    call, home = ("audit", place.demo, *ONE, "--json", "--home", "disturbed"), place.folder / "disturbed"
    with place.start(*call) as process:
        place.until(process, "disturbed", "scratch/*/transactions/*")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    interrupted = Answered(call, process.returncode, out, err)
    assert refused(interrupted, 130) == "interrupted; nothing half-made was left."
    assert not list(home.glob("scratch/*"))
    with place.start(*call) as process:
        place.until(process, "disturbed", "tables/transactions/*/*.parquet")
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not place.certificates("disturbed")
    with Home(home).writing():
        assert "is being written by another tieout" in refused(place.run(*call))
    assert place.here(*call).returncode == 1
    assert place.certificates("disturbed") == place.certificates("undisturbed") != {}


def test_personal_data_stays_in_the_snapshot(place: Place, answers: dict[str, Answered]) -> None:
    assert answers["demo"].returncode == 1
    home = place.folder / "undisturbed"
    files = [file for file in home.rglob("*") if file.is_file()]
    assert len(files) > 50
    for file in files:
        assert b"private-" not in file.read_bytes(), file
        if file.suffix == ".parquet":
            assert "private-" not in str(pq.ParquetFile(file).read().to_pylist()), file
    assert "private-" not in answers["demo"].stdout


@pytest.mark.parametrize(("call", "code"), [(("config",), 2), (("audit", "--nonsense", "--json"), 2)])
def test_nobody_reads_the_answer(place: Place, call: tuple[str, ...], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with place.start(*call, stdout=writer) as process:
        os.close(writer)
        told = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert "Broken" not in told


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("audit", "a.zip", "b.zip"), "unrecognized arguments: b.zip"),
        (("audit", "a.zip", "--js"), "unrecognized arguments: --js"),
        (("audit", "a.zip", "--month", "2025-13"), "argument --month: '2025-13' is no month such as 2025-01"),
        (("demo", "--transactions", "5"), "a demo needs at least 1000 transactions, not 5"),
    ],
)
def test_wrong_calls(place: Place, call: tuple[str, ...], sentence: str) -> None:
    said = place.run(*call, "--json")
    assert refused(said).startswith(sentence)
    assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[", "not a TOML file"),
        ('entitty = "x"', "entitty is no key of the configuration; did you mean 'entity'?"),
        ("entity = 5", "entity: input should be a valid string, found 5"),
        ('[currencies]\nEGP = "2"', "currencies.EGP: input should be a valid integer, found '2'"),
        (None, "the configuration cannot be read (No such file or directory)"),
    ],
)
def test_wrong_configurations(place: Place, text: str | None, sentence: str) -> None:
    file = place.folder / "wrong.toml"
    file.unlink(missing_ok=True)
    if text is not None:
        file.write_text(text)
    said = place.here("config", "--config", "wrong.toml")
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr.startswith(f"tieout: wrong.toml: {sentence}")
    assert len(said.stderr.splitlines()) == 1
