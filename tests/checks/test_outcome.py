"""What a rule's answer becomes: an outcome, its sentence, its enforcement, and the verdict of all of them."""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import checks.rules
from assets.errors import TieoutError
from assets.mapping_file import load_mapping
from assets.schemas import TABLES
from assets.store import Home
from checks.expectations import ON_BALANCES
from checks.judge import judge, kept_outcomes
from checks.outcome import Outcome, Verdict, unjudged, verdict_of
from checks.rules import FINDINGS, GATES, RULES, Rule
from checks.scopes import Scope
from checks.sentences import Teller
from tests.checks.ledger_text import Case, cases, views

REGISTER = {rule.name: rule for rule in RULES}
PRESET = load_mapping(None)
FOLDER = Path("audits/one/cut")
GATE, FINDING = GATES[0], FINDINGS[0]
ALL_RESULTS = ("held", "broken", "not verified", "not applicable")


def outcome(rule: Rule, result: str, *, counts: bool = True, severity: str | None = None) -> Outcome:
    made = unjudged(rule, "not verified", "for the test")
    return made.model_copy(
        update={"result": result, "counts_for_verdict": counts, "severity": severity or rule.severity}
    )


def judged(home: Path, case: Case, changes: Mapping[str, object] | None = None) -> Outcome:
    """Judge the rule of a case over its ledger, as a run does."""
    rule = REGISTER[case.rule]
    rules = PRESET.rules.model_copy(update=dict(changes or {}))
    shown = {"drift": TABLES["drift"].empty_table(), **views(case, rule.views)}
    scope = Scope(
        folder=FOLDER,
        mapping=PRESET.model_copy(update={"rules": rules}),
        shown={name: lambda table=table: table for name, table in shown.items()},
    )
    (made,) = judge(Home(home), scope, [rule])
    return made


def unknown(offenders: int, others: int) -> Case:
    rows = [
        {"transaction_id": f"t{i}", "currency": "XAU" if i < offenders else "EGP"} for i in range(offenders + others)
    ]
    return Case("currencies_are_known", "so many unknown", keeps=False, tables={"transactions": rows})


def first_break(rule: str) -> Case:
    return next(case for case in cases(rule) if not case.keeps)


@pytest.mark.parametrize(("gate", "finding"), list(product(ALL_RESULTS, ALL_RESULTS)))
def test_the_verdict_fails_closed(gate: str, finding: str) -> None:
    expected: Verdict = "NOT VERIFIED"
    if gate in ("held", "not applicable"):
        expected = {"held": "CLEAN", "not applicable": "CLEAN", "broken": "BROKEN"}.get(finding, "NOT VERIFIED")
    assert verdict_of([outcome(GATE, gate), outcome(FINDING, finding)]) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], "NOT VERIFIED"),
        ([outcome(GATE, "held")], "NOT VERIFIED"),
        ([outcome(FINDING, "held")], "NOT VERIFIED"),
        ([outcome(FINDING, "broken")], "NOT VERIFIED"),
        ([outcome(GATE, "held"), outcome(FINDING, "broken"), outcome(FINDINGS[1], "not verified")], "BROKEN"),
        (
            [outcome(GATE, "held"), outcome(FINDING, "held"), outcome(FINDINGS[1], "broken", severity="warning")],
            "CLEAN",
        ),
        ([outcome(GATE, "held"), outcome(FINDING, "held"), outcome(FINDINGS[1], "broken", counts=False)], "CLEAN"),
        ([outcome(GATE, "held", counts=False), outcome(FINDING, "held")], "NOT VERIFIED"),
        ([outcome(GATE, "held"), outcome(GATES[1], "broken"), outcome(FINDING, "broken")], "NOT VERIFIED"),
    ],
    ids=[
        "nothing ran",
        "no finding was judged",
        "no gate was judged",
        "a finding without its gates",
        "a break outweighs what was not verified",
        "a warning that breaks",
        "a break that is shown as of the cut alone",
        "gates that do not count",
        "one of two gates",
    ],
)
def test_the_verdict_of_several_outcomes(results: list[Outcome], expected: Verdict) -> None:
    assert verdict_of(results) == verdict_of(reversed(results)) == expected


@pytest.mark.parametrize(
    ("offenders", "others", "systemic"), [(10, 10, True), (9, 11, False), (10, 9, False), (20, 0, True), (19, 0, False)]
)
def test_half_or_more_of_at_least_twenty_is_systemic(
    tmp_path: Path,
    offenders: int,
    others: int,
    systemic: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    found = judged(tmp_path, unknown(offenders, others))
    assert (found.examined, found.offenders, found.systemic) == (offenders + others, offenders, systemic)


def test_every_offender_is_kept_and_the_outcome_can_be_read_again(tmp_path: Path) -> None:
    found = judged(tmp_path, unknown(30, 70))
    assert found.rows == str(FOLDER / "currencies_are_known.parquet")
    assert pq.read_table(tmp_path / found.rows)["transaction_id"].to_pylist() == sorted(f"t{i}" for i in range(30))
    assert kept_outcomes(Home(tmp_path), FOLDER) == {found.rule: found}


def test_nothing_to_examine_is_held_and_said(tmp_path: Path) -> None:
    found = judged(tmp_path, cases("wallets_exist")[0])
    assert (found.result, found.examined, found.sentence) == ("held", 0, "Held: there was nothing to examine.")
    found = judged(tmp_path, cases("wallets_exist")[1])
    assert (found.result, found.examined, found.sentence) == ("held", 1, "No row breaks it.")


def test_a_kind_that_is_expected_and_absent_is_not_verified(tmp_path: Path) -> None:
    empty = cases("transfers_net_to_zero")[0]
    assert judged(tmp_path, empty).result == "held"
    found = judged(tmp_path, empty, {"expect_kinds": ("TRANSFER",)})
    assert (found.result, found.problem) == ("not verified", "The configuration expects TRANSFER, and there is none.")


def test_a_rule_without_its_table_is_not_applicable(tmp_path: Path) -> None:
    mapping = PRESET.model_copy(update={"tables": {**PRESET.tables, "wallet_balances": False}})
    scope = Scope(folder=FOLDER, mapping=mapping, shown={})
    needing = [rule for rule in RULES if "wallet_balances" in rule.needs]
    found = judge(Home(tmp_path), scope, needing)
    assert {each.result for each in found} == {"not applicable"}
    assert {each.sentence for each in found} == {"The configuration says that this source has no wallet_balances."}
    assert len(needing) == 5


SENTENCES = {
    "exports_are_complete": "Table transactions has 0 rows, of which 0 were written and 0 quarantined.",
    "exports_are_one_cut": "Nothing says that the tables show one instant; declare the cut in the configuration.",
    "transaction_ids_are_unique": "Transaction t1 occurs 2 times.",
    "schemas_match": "wallets.currency  is spelled as int64, in 2 rows.",
    "amounts_are_exact_integers": 'The amount of transaction t1 is no exact integer below 2^53: {"amount":0.5}.',
    "sums_do_not_overflow": "Wallet w2 sums to -92,233,720,368,547,758.09 EGP, beyond 64 bits.",
    "engines_agree": "For wallet w2 one engine computes 1.00 EGP, the other 1.01 EGP.",
    "currencies_are_known": "Transaction t1 of wallet w1 is in egp, which the configuration does not know.",
    "types_are_known": "Transaction t1 of wallet w1 is of type GIFT, which the configuration does not know.",
    "wallets_exist": "Transaction t2 moves -0.70 EGP in wallet w9, which does not exist.",
    "currencies_match_wallets": "Transaction t2 is in USD, its wallet w1 in EGP.",
    "idempotency_keys_are_unique": "Key a is used 2 times, by transaction t1 among others.",
    "transfers_net_to_zero": "Transfer k:a does not net to zero between two wallets: 2 of its legs were found, "
    "their sum is -0.01 EGP; one is transaction t1.",
    "balances_are_not_negative": "Wallet w1 is below zero: its ledger holds -0.01 EGP.",
    "balances_never_were_negative": "Wallet w1 was down to -0.50 EGP, first below zero in 2025-01.",
    "projections_do_not_drift": "Wallet w1 is recorded at 1.01 EGP, its ledger holds 1.00 EGP: 0.01 EGP too much.",
    "projections_are_present": "Wallet w1 has no recorded balance, its ledger holds 0.00 EGP.",
    "projections_have_ledgers": "Wallet w2 is recorded at -0.02 EGP without a settled transaction or without a wallet.",
    "projections_are_single": "Wallet w1 is recorded 2 times; in EGP between 0.01 EGP and 0.01 EGP.",
    "caches_do_not_drift": "User u1 is shown 1.01 EGP, recorded is 1.00 EGP: 0.01 EGP too much.",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_break_is_a_sentence_with_its_figures(tmp_path: Path, rule: Rule) -> None:
    found = judged(tmp_path, first_break(rule.name))
    assert (found.result, found.sentence) == ("broken", SENTENCES[rule.name])
    assert found.statement == rule.statement


@pytest.mark.parametrize(
    ("sentence", "offender", "said"),
    [
        ("{amount:money}", {"amount": -123456789, "currency": "EGP"}, "-1,234,567.89 EGP"),
        ("{amount:money}", {"amount": 5, "currency": "KWD"}, "0.005 KWD"),
        ("{amount:money}", {"amount": -1500, "currency": "JPY"}, "-1,500 JPY"),
        ("{amount:money}", {"amount": 1500, "currency": "XAU"}, "1,500 minor units of XAU"),
        ("{amount:money}", {"amount": None, "currency": "EGP"}, "nothing"),
        ("{amount:money}", {"amount": 10**37, "currency": "JPY"}, f"{10**37:,} JPY"),
        ("{drift:size} too {drift:way}", {"drift": -150, "currency": "EGP"}, "1.50 EGP too little"),
        ("{drift:size} too {drift:way}", {"drift": 1, "currency": "EGP"}, "0.01 EGP too much"),
        ("{n:count} rows, {none:count} others", {"n": 12345, "none": None}, "12,345 rows, no others"),
        ("{key}", {"key": "{amount:money} {0}"}, "{amount:money} {0}"),
        ("{key}|", {"key": None}, "|"),
    ],
)
def test_figures_are_told_in_their_currency(sentence: str, offender: dict[str, object], said: str) -> None:
    assert Teller({"EGP": 2, "KWD": 3, "JPY": 0}).tell(sentence, offender) == said


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
    monkeypatch.setattr(checks.rules, "SQL", tmp_path)
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
    assert [result["unexpected_count"] for result in results] == [2, 1]
    assert [each["results"][0]["expectation_config"]["type"] for each in said] == [
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
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
