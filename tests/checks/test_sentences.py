"""A break is a sentence with both figures and the difference, in the currency they are in."""

from pathlib import Path

import pytest

from checks.rule import Rule
from checks.rules import RULES
from checks.sentences import Teller
from tests.checks.judging import first_break, judged

SENTENCES = {
    "exports_are_complete": "Table transactions has 0 rows, of which 0 were written and 0 quarantined: it is empty.",
    "exports_are_one_cut": "Nothing says that the tables show one instant; declare the cut in the configuration.",
    "transaction_ids_are_unique": "Transaction t1 occurs 2 times.",
    "schemas_match": "wallets.currency is spelled as int64, not as string, in 2 rows.",
    "amounts_are_exact_integers": 'The amount of transaction t1 is no exact integer below 2^53: {"amount":0.5}.',
    "sums_do_not_overflow": "Wallet w2 sums to -92,233,720,368,547,758.09 EGP, beyond 64 bits.",
    "engines_agree": "For wallet w2 one engine computes 1.00 EGP, the other 1.01 EGP.",
    "ledger_is_append_only": "UPDATE of transaction t1, 1.00 EGP in wallet w1 dated 2025-01-05 00:00:00 UTC "
    "(amount changed); it was found after the cut of 2025-02-01 00:00:00 UTC.",
    "projections_move_with_ledgers": "Transaction t1 moved the ledger of wallet w1 by 1.00 EGP and its recorded "
    "balance by 0.00 EGP: from there on they part by 1.00 EGP.",
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
    "controls_ran": "No reconciliation ended between 2025-01-10 09:00:01 UTC and 2025-01-10 12:00:00 UTC: for 179 "
    "minutes, when one is expected within 90.",
    "reconciliations_succeed": "3 reconciliations in a row failed; the last began 2025-01-10 11:00:00 UTC (killed: it "
    "never ended).",
    "error_rate_is_low": "In the five minutes up to 2025-01-10 10:01:35 UTC 10 of 20 attempts failed; at most 5 % "
    "may, here 1.",
    "drift_is_not_rising": "Gross drift in USD rose three reconciliations running, from 92,233,720,368,547,758.07 USD "
    "to 184,467,440,737,095,516.15 USD: by 92,233,720,368,547,758.08 USD.",
    "processing_is_on_baseline": "In the hour from 1970-02-12 16:00:00 UTC 95 % of 20 transactions were committed "
    "within 5,000 microseconds of their creation; the median of the 7 days before is 111.",
    "volume_is_normal": "In the hour from 1970-01-01 05:00:00 UTC 31 transactions moved 30.00 EGP; normal for that "
    "hour of the week are 10 and 10.00 EGP.",
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
