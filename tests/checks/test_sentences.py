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
    "transfers_net_to_zero": "Transfer k:d does not net to zero between two wallets: 2 of its legs were found, "
    "their sum is -0.05 EGP; one is transaction t7.",
    "amounts_are_not_zero": "DEPOSIT t1 of wallet w1 moves 0.00 USD.",
    "amounts_are_within_limits": "Transaction t6 moves 0.51 EGP in wallet w1: over 0.50 EGP, 50 times the median of "
    "its wallet.",
    "signs_follow_types": "REFUND t1 of wallet w2 is of -0.05 EGP, and ought to be a credit.",
    "dates_are_plausible": "Transaction t3 of wallet w1 is dated 2025-03-01 00:00:00 UTC, but the cut was at "
    "2025-01-31 00:00:00 UTC.",
    "inactive_wallets_are_quiet": "DEPOSIT t2 moves -2.00 EGP in the inactive wallet w1 at 2025-02-01 00:00:00 UTC, "
    "after the wallet's last update at 2025-01-02 00:00:00 UTC.",
    "idempotency_keys_are_present": "WITHDRAWAL t2, -2.00 EGP in wallet w1, has no idempotency key.",
    "external_references_are_unique": "Reference r is credited 3 times, by transaction t1, 0.01 EGP in wallet w1, "
    "among others.",
    "transactions_are_not_repeated": "DEPOSIT t1 of 1.00 EGP in wallet w1 at 2025-01-31 23:59:00 UTC is like another "
    "at 2025-02-01 00:01:00 UTC under another key.",
    "initial_funding_is_once": "User u1 was funded 2 times, with 92,233,720,368,547,759.07 EGP in all; one is "
    "transaction t1 of 1.00 EGP in wallet w1.",
    "creators_are_known": "Transaction t2 moves -3.00 EGP in wallet w1; its creator 'U1' is neither a user nor "
    "authorised.",
    "credits_are_authorised": "REFUND t2 of 3.00 EGP in wallet w2 was written by user u2, the owner of the wallet.",
    "debits_are_by_owners": "Transfer t1 takes 1.00 EGP out of wallet w1 by the hand of user u2, whose wallet it is "
    "not.",
    "adjustments_name_an_admin": "Adjustment t1 of 4.00 EGP in wallet w1 was written by 'system', which is no user "
    "with the admin role.",
    "adjustments_give_a_reason": "The reason of adjustment t1, -4.00 EGP in wallet w1, has 9 characters and 2 words; "
    "10 and 2 are the least.",
    "adjustments_name_an_entity": "Adjustment t1 of 3.00 EGP in wallet w1 names nothing that it is about.",
    "adjustments_are_not_self_serving": "Adjustment t2 of -2.00 EGP in wallet w1 was written by user u1, who owns the "
    "wallet.",
    "withdrawals_follow_kyc": "Withdrawal t1 took 3.00 EGP out of wallet w1 at 2025-01-01 23:59:59 UTC; its owner u1 "
    "passed KYC later at 2025-01-02 00:00:00 UTC.",
    "balances_are_not_negative": "Wallet w1 is below zero: its ledger holds -0.01 EGP.",
    "balances_never_were_negative": "Wallet w1 was down to -0.50 EGP, first below zero in 2025-01.",
    "balances_hold_in_any_order": "Wallet w1 held 0.50 EGP before the 2 transactions of 2025-01-02 00:00:00 UTC, and "
    "had they come in another order it would have been down to -0.01 EGP.",
    "months_stay_closed": "Wallet w1 closed 2025-01 with 1.00 EGP after 1 settled transactions, and closes it now with "
    "1.01 EGP after 2: 0.01 EGP too much.",
    "openings_equal_closings": "Wallet w1 opens 2025-02 with 1.01 EGP, and 2025-01 was closed with 1.00 EGP: 0.01 EGP "
    "too much.",
    "money_is_conserved": "In EGP wallets opened with 0.00 EGP and 1.00 EGP came from outside, yet wallets hold "
    "0.91 EGP and escrow 0.10 EGP: 0.01 EGP too much. Transfers sum to 0.01 EGP.",
    "projections_do_not_drift": "Wallet w1 is recorded at 1.01 EGP, its ledger holds 1.00 EGP: 0.01 EGP too much.",
    "projections_are_present": "Wallet w1 has no recorded balance, its ledger holds 0.00 EGP.",
    "projections_have_ledgers": "Wallet w2 is recorded at -0.02 EGP without a settled transaction or without a wallet.",
    "projections_are_single": "Wallet w1 is recorded 2 times; in EGP between 0.01 EGP and 0.01 EGP.",
    "escrow_names_its_entity": "Transaction t1, ESCROW_HOLD of -1.00 EGP in wallet w1, does not say for what the money "
    "is held.",
    "escrow_is_conserved": "Escrow of gig took in 1.00 EGP and gave out 1.01 EGP: it was down to -0.01 EGP.",
    "escrow_is_not_stale": "Escrow of gig still holds 1.00 EGP at the cut of 2025-04-01 00:00:00 UTC, the first of it "
    "since 2024-12-31 23:59:59.999999 UTC.",
    "refunds_have_originals": "For gig the owner of wallet w2 was given back 1.01 EGP and charged 1.00 EGP: 0.01 EGP "
    "too much.",
    "statuses_move_money_rightly": "Wallet w1 is recorded at 1.01 EGP, its ledger holds 1.00 EGP: 0.01 EGP of it never "
    "settled.",
    "projections_are_fresh": "Wallet w1 was recorded at 1.00 EGP on 2025-01-01 09:59:59.999999 UTC, before its last "
    "settled transaction in EGP on 2025-01-01 10:00:00 UTC.",
    "projections_change_only_with_ledgers": "Wallet w1 was recorded at 1.00 EGP on 2025-01-01 10:00:01.000001 UTC, "
    "after its last transaction in EGP on 2025-01-01 10:00:00 UTC.",
    "projection_currencies_match": "Wallet w1 is in EGP, and projection p2 records 0.00 USD for it.",
    "recorded_balances_are_integers": "In wallet_balances, recorded of row p1 is no exact integer below 2^53: "
    '{"balance":0.5}.',
    "wallet_totals_do_not_drift": "Wallet w1 says of itself that it holds 1.01 EGP, its ledger holds 1.00 EGP: "
    "0.01 EGP too much.",
    "units_are_consistent": "Wallet w1 is recorded at 1.00 EGP, its ledger holds 0.01 EGP: one of the two counts "
    "major units.",
    "wallets_are_unique": "User u1 has 2 wallets in EGP; one of them is w1.",
    "wallet_owners_exist": "Wallet w2 belongs to user u9, who does not exist; its ledger holds 1.50 EGP.",
    "deleted_users_hold_no_money": "User u1 is deleted since 2025-02-01 00:00:00 UTC, and the ledger holds 0.01 EGP "
    "for them.",
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
        ("out{imbalance:apart}.", {"imbalance": -5, "currency": "EGP"}, "out, and its two sides are 0.05 EGP apart."),
        ("out{imbalance:apart}.", {"imbalance": None, "currency": "EGP"}, "out."),
        ("{drift:size} too {drift:way}", {"drift": 1, "currency": "EGP"}, "0.01 EGP too much"),
        ("{n:count} rows, {none:count} others", {"n": 12345, "none": None}, "12,345 rows, no others"),
        ("{key}", {"key": "{amount:money} {0}"}, "{amount:money} {0}"),
        ("{key}|", {"key": None}, "|"),
        ("closed{bag:sealed}{none:sealed}.", {"bag": "2025-01-v1", "none": None}, "closed, as sealed in 2025-01-v1."),
        (
            "{n:count} now{n:added}{zero:removed}{none:altered}{why:because}.",
            {"n": 1200, "zero": 0, "none": None, "why": "its rows were let go"},
            "1,200 now, 1,200 added; which ones cannot be told, its rows were let go.",
        ),
        (
            "{n:together}{none:together}{none:at}.",
            {"n": 1200, "none": None},
            "; 1,200 such rows were created at one moment.",
        ),
    ],
)
def test_figures_are_told_in_their_currency(sentence: str, offender: dict[str, object], said: str) -> None:
    assert Teller({"EGP": 2, "KWD": 3, "JPY": 0}).tell(sentence, offender) == said
