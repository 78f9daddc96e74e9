"""Great Expectations enforces what the rules found: it agrees, stops everything where it does not, and is kept."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import checks.rule
from assets.errors import TieoutError
from assets.store import Home
from checks.expectations import ON_BALANCES
from checks.judge import kept_outcomes
from tests.checks.judging import FOLDER, REGISTER, first_break, judged
from tests.checks.ledger_text import Case, cases

ENFORCED = [case for rule in ON_BALANCES for case in cases(rule)]


@pytest.mark.parametrize("case", ENFORCED, ids=lambda case: f"{case.rule}: {case.says}")
def test_an_expectation_on_balances_agrees_with_its_rule(tmp_path: Path, case: Case) -> None:
    changes = {name: int(value) for row in case.tables.get("settings", []) for name, value in row.items()}
    system = tuple(row["wallet_id"] for row in case.tables.get("system_wallets", []))
    found = judged(tmp_path, case, {**changes, "system_wallets": system})
    assert (found.result, found.offenders) == ("held" if case.keeps else "broken", len(case.offenders))


@pytest.mark.parametrize("rule", ON_BALANCES)
def test_a_rule_and_an_expectation_that_disagree_stop_everything(
    tmp_path: Path, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, text = first_break(rule), REGISTER[rule].text
    assert text.count("WHERE ") == 1 or rule == "balances_are_not_negative"
    (tmp_path / f"{rule}.sql").write_text(text.replace("WHERE ", "WHERE wallet_id <> 'w1' AND ", 1))
    monkeypatch.setattr(checks.rule, "SQL", tmp_path)
    with pytest.raises(TieoutError, match=f"{rule}: its query finds 1 offenders, its expectation 2; nothing can be"):
        judged(tmp_path, case)
    assert kept_outcomes(Home(tmp_path), FOLDER) == {}


def test_what_great_expectations_says_is_kept_without_its_run(tmp_path: Path) -> None:
    kept = []
    for home in ("first", "second"):
        judged(tmp_path / home, first_break("projections_do_not_drift"))
        judged(tmp_path / home, first_break("wallets_exist"))
        files = sorted((tmp_path / home / FOLDER / "great_expectations").iterdir())
        kept.append([(file.name, file.read_text()) for file in files])
    assert kept[0] == kept[1]
    assert [name for name, _ in kept[0]] == ["projections_do_not_drift.json", "wallets_exist.json"]
    said = [json.loads(text) for _, text in kept[0]]
    results = [each["results"][0]["result"] for each in said]
    assert [results[0]["unexpected_count"], results[1]["observed_value"]] == [2, 2]
    assert [each["results"][0]["expectation_config"]["type"] for each in said] == [
        "expect_column_values_to_be_between",
        "expect_column_max_to_be_between",
    ]
    for volatile in ("run_id", "run_time", "batch_id", "validation_time", str(tmp_path)):
        assert volatile not in "".join(text for _, text in kept[0])


def test_a_rule_that_did_not_run_is_not_enforced(tmp_path: Path) -> None:
    judged(tmp_path, cases("transfers_net_to_zero")[0], {"expect_kinds": ("TRANSFER",)})
    assert json.loads((tmp_path / FOLDER / "great_expectations" / "transfers_net_to_zero.json").read_text()) == {}


def test_the_frame_of_balances_holds_whole_numbers(tmp_path: Path) -> None:
    """2^53 + 1 minor units cannot be told from 2^53 as a float: a drift of one must still be seen."""
    large = 2**53
    tables = {
        "transactions": [{"transaction_id": "t1", "amount": str(large)}],
        "wallet_balances": [{"wallet_id": "w1", "recorded": str(large + 1)}],
    }
    found = judged(tmp_path, Case("projections_do_not_drift", "one in 2^53", keeps=False, tables=tables))
    assert (found.result, found.offenders) == ("broken", 1)
    assert pa.types.is_decimal(pq.read_schema(tmp_path / str(found.rows)).field("drift").type)
