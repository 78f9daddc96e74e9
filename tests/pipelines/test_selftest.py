"""The self-test tested: it goes green on a sound auditor, and red on one that is blind or sees ghosts."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from assets.export import export_source
from assets.mapping_file import load_mapping
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.store import Home
from assets.workplace import Workplace
from checks.rule import Rule
from checks.rules import RULES
from pipelines import commands
from pipelines.cli import main
from pipelines.demo.block import Flavour
from pipelines.demo.write import DemoPlan, write_demo
from pipelines.selftest import tables as copying
from pipelines.selftest.catalogue import FAULTS
from pipelines.selftest.fault import Fault
from pipelines.selftest.harmless import HARMLESS
from pipelines.selftest.matrix import OPERATIONS, Matrix
from pipelines.selftest.passes import Passes
from pipelines.selftest.run import run_selftest
from pipelines.selftest.tables import Tables, copied_tables
from pipelines.selftest.trial import FalseAlarm, Trial, tried

ROOT = Path(__file__).parents[2]
APART = ("judging.py", "passes.py", "trial.py", "matrix.py", "run.py", "shown.py")
"""Files that judge and tell; all others of the package plant."""
FEW = tuple(fault for fault in FAULTS if fault.rule in ("currencies_are_known", "projections_do_not_drift"))
"""Enough to see what a defect of a rule does."""
OF_THE_LEDGER = tuple(fault for fault in FAULTS if fault.stage in ("rows", "money", "commits", "history"))
"""Faults that are planted into another ledger otherwise; those of an export are the same everywhere."""
SPELLED = tuple(fault for fault in FAULTS if fault.stage in ("rows", "money", "gates"))
"""Faults that are spelled otherwise by another source."""
ELSEWHERE = """
entity = "Elsewhere"
zone = "Africa/Cairo"

[tables.transactions]
name = "ledger_entries"

[tables.transactions.columns]
amount = { name = "amount", type = "decimal", unit = "major" }
created_at = { name = "at", type = "timestamptz" }
source_created_at = { name = "written", type = "timestamp", zone = "Africa/Cairo" }
external_reference = { name = "psp", type = "string" }
commit_ns = false

[tables.wallets.columns]
balance = { name = "balance", type = "int64" }
is_active = { name = "state", type = "string", contains = "open" }
updated_at = { name = "changed", type = "int64", unit = "s" }

[tables.wallet_balances.columns]
recorded = { name = "balance", type = "decimal", unit = "minor" }
updated_at = { name = "lastUpdated", type = "float64", unit = "us" }
commit_ns = false

[tables.users.columns]
kyc_passed_at = { name = "kyc", type = "int64" }

[tables.user_balances]
name = "shown"
list = ""

[rules]
largest_amounts = { EGP = 500000000, USD = 500000000, EUR = 500000000 }
system_wallets = ["the house"]
"""


def exported(folder: Path, flavour: Flavour = "gigsy", transactions: int = 1_000) -> Home:
    demo = write_demo(DemoPlan(flavour, 7, transactions), folder / "demo", lambda *_: None)
    home = Home(folder / "home")
    export_source(home, load_mapping(None), ConvexZip(demo.snapshot), lambda *_: None)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return exported(tmp_path_factory.mktemp("gigsy"))


def run(home: Home, faults: Sequence[Fault] = FEW, seed: int = 1) -> Matrix:
    return run_selftest(Workplace(home=str(home.path)), seed, faults)[0]


def missed(matrix: Matrix) -> list[Trial]:
    return [trial for trial in matrix.trials if trial.ruling == "missed"]


def digests(home: Home) -> dict[str, str]:
    own = [home.path / name for name in ("exports", "tables", "months", "closed", "audits")]
    files = [file for folder in own for file in folder.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in [*files, home.path / "journal.jsonl"]}


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
def test_all_that_is_planted_in_either_demo_is_caught_and_nothing_else(flavour: Flavour, tmp_path: Path) -> None:
    home = exported(tmp_path, flavour)
    before = digests(home)
    matrix = run(home, FAULTS if flavour == "gigsy" else OF_THE_LEDGER)
    assert (missed(matrix), matrix.false_alarms) == ([], [])
    assert matrix.is_perfect
    assert matrix.planted >= 60
    assert matrix.harmless == len(HARMLESS)
    lines = {line.rule: line for line in matrix.lines()}
    asked = [rule for rule in RULES if flavour == "gigsy" or rule.severity != "gate"]
    assert [rule.name for rule in asked if not (lines[rule.name].planted or lines[rule.name].told)] == []
    assert digests(home) == before, "nothing of the ledger's own home is changed"


def test_faults_are_planted_for_every_rule_but_those_of_operations() -> None:
    planted = {fault.rule for fault in FAULTS}
    assert [rule.name for rule in RULES if rule.name not in planted and not rule.operations] == []
    assert len({(fault.rule, fault.says) for fault in FAULTS}) == len(FAULTS)


def test_planting_shares_nothing_with_the_rules() -> None:
    files = [file for file in (ROOT / "pipelines" / "selftest").glob("*.py") if file.name not in APART]
    assert len(files) > 10
    named = re.compile(r"(from|import) checks|/ \"sql\"|\.sql\b")
    assert [file.name for file in files if named.search(file.read_text())] == []


def rewritten(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """Let a rule have another text; `{}` in it is the one it has."""
    own = Rule.text.fget  # type: ignore[attr-defined]

    def other(rule: Rule) -> str:
        said: str = own(rule)
        return f"{said.partition(chr(10))[0]}\n{text.format(said)}" if rule.name == name else said

    monkeypatch.setattr(Rule, "text", property(other))


def test_a_blind_rule_and_a_short_sighted_one_turn_the_matrix_red(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(monkeypatch, "currencies_are_known", "SELECT * FROM ({}) AS found WHERE 1 = 0")
    rewritten(monkeypatch, "projections_do_not_drift", "SELECT * FROM ({}) AS found WHERE ABS(drift) < 1000000")
    monkeypatch.setattr(commands, "run_selftest", partial(run_selftest, faults=FEW))
    assert main(["selftest", "--home", str(home.path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    blind = {fault["says"] for fault in answer["faults"] if fault["ruling"] == "missed"}
    assert blind == {"far too high", *(fault.says for fault in FEW if fault.rule == "currencies_are_known")}
    assert (answer["perfect"], answer["false_alarms"]) == (False, [])


def test_a_rule_that_sees_ghosts_gives_false_alarms(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    every = "SELECT transaction_id, wallet_id, currency, amount, created_at FROM transactions ORDER BY transaction_id"
    rewritten(monkeypatch, "currencies_are_known", every)
    monkeypatch.setattr(commands, "run_selftest", partial(run_selftest, faults=FEW))
    assert main(["selftest", "--home", str(home.path)]) == 1
    told = capsys.readouterr().out
    assert "False alarm of currencies_are_known: selftest-h" in told
    assert re.search(r"11 of 11 planted faults caught, \d+ false alarms;", told)


def test_a_large_ledger_is_tried_on_some_of_its_wallets_the_same_for_the_same_seed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "LARGEST", 400)
    monkeypatch.setattr(copying, "PEOPLE", (10, 5, 2))
    first, file = run_selftest(Workplace(home=str(home.path)), 1, FEW)
    copy = first.about["copy"]
    assert copy["wallets"] < copy["of_wallets"]
    assert copy["transactions"] <= 400
    assert f"a copy of {copy['wallets']} wallets" in first.summary()
    assert (first.is_perfect, file.read_text(), file.parent) == (True, first.text(), home.path / "selftest")
    assert str(home.path) not in first.text()
    again, same = run_selftest(Workplace(home=str(home.path)), 1, FEW)
    assert (again.text(), same) == (first.text(), file)
    other, elsewhere = run_selftest(Workplace(home=str(home.path)), 2, FEW)
    assert (other.is_perfect, elsewhere == file) == (True, False)
    assert [trial.subjects for trial in other.trials] != [trial.subjects for trial in first.trials]


def everything(
    copy: Tables, folder: Path, config: Path | None, faults: Sequence[Fault]
) -> tuple[list[Trial], list[FalseAlarm]]:
    passes = Passes(folder, load_mapping(config), copy, 1, lambda *_: None)
    ruled = [tried(passes.before, each) for each in passes.run(faults)]
    return [trial for trials, _ in ruled for trial in trials], [alarm for _, alarms in ruled for alarm in alarms]


def part_of(home: Home) -> Tables:
    copy = copied_tables(home, home.newest(), load_mapping(None), 1)
    return copy.of_some(frozenset(sorted(copy.owners)[:20]))


def test_faults_are_planted_in_the_spelling_of_any_source(home: Home, tmp_path: Path) -> None:
    config = tmp_path / "tieout.toml"
    config.write_text(ELSEWHERE)
    copy = part_of(home)
    copy.rows["user_balances"] = [row for row in copy.rows["user_balances"] if row["currency"]]
    trials, alarms = everything(copy, tmp_path, config, SPELLED)
    assert ([trial for trial in trials if trial.ruling == "missed"], alarms) == ([], [])
    apart = {trial.why for trial in trials if trial.ruling == "not applicable"}
    assert "major units of an unknown currency cannot be read: the gate schemas_match refuses them" in apart


def test_commits_that_leave_the_projection_out_are_found_where_a_source_tells_commits(
    home: Home, tmp_path: Path
) -> None:
    copy = part_of(home)
    copy = dataclasses.replace(copy, commits_after_ns=int(copy.cut_at.timestamp()) * 10**9)
    of_commits = [fault for fault in FAULTS if fault.stage == "commits"]
    trials, alarms = everything(copy, tmp_path, None, of_commits)
    assert ({trial.ruling for trial in trials}, alarms) == ({"caught"}, [])


def test_what_cannot_be_tried_is_said_in_one_sentence(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selftest", str(tmp_path / "no.zip"), "--home", str(tmp_path / "none")]) == 3
    assert main(["selftest", "--seed", "x", "--home", str(tmp_path / "none")]) == 3
    changed = tmp_path / "tieout.toml"
    changed.write_text('zone = "Africa/Cairo"\n')
    assert main(["selftest", "--home", str(home.path), "--config", str(changed), "--json"]) == 2
    refused = capsys.readouterr()
    assert "the configuration changed since export 000001-" in json.loads(refused.out)["error"]
    assert len(refused.err.splitlines()) == 3
    assert not (tmp_path / "none" / "selftest").exists()


def test_a_ledger_of_which_nothing_may_be_judged_is_not_tried(home: Home, tmp_path: Path) -> None:
    copy = part_of(home)
    copy.rows["wallets"].append(dict(copy.rows["wallets"][0]))
    with pytest.raises(Exception, match="nothing can be planted in this ledger") as refused:
        Passes(tmp_path, load_mapping(None), copy, 1, lambda *_: None)
    assert refused.value.exit_code == 2  # type: ignore[attr-defined]


def test_rules_of_operations_are_said_not_to_be_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = dataclasses.replace(RULES[-1], operations=True)
    monkeypatch.setattr("pipelines.selftest.matrix.RULES", (rule,))
    (line,) = Matrix({}, [], [], 0).lines()
    assert (line.rule, line.told) == (rule.name, OPERATIONS)


def test_the_matrix_can_be_set_in_a_page() -> None:
    trial = Trial(0, "wallets_exist", "a wallet nobody has", "caught", consequences={"projections_are_present": 1})
    about = {"copy": {"wallets": 2, "of_wallets": 3, "transactions": 4}}
    text = Matrix(about, [trial], [], 1).markdown()
    assert "| `wallets_exist` | 1 | 1 | `projections_are_present` 1 |  |\n" in text
    assert text.endswith(
        "1 of 1 planted faults caught, 0 false alarms; 1 rule tried on a copy of 2 wallets, beside 1 harmless change; "
        "0 faults not applicable.\n"
    )
