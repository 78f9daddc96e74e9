"""Four months with a story: one that is broken, one that is clean, one not verified, one with nothing in it.

What goes in: facts as the audit would hand them over. What stays out: how tables are made (months).
"""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reports.build import MonthFacts, Query
from tests.reports.months import BASIS, HOSTILE, Ledger, ledger, query_over, tables, with_facts
from tests.reports.rulings import CERTIFICATE, breaks, rulings, with_facts_of

SELFTEST = {
    "summary": "3 of 3 planted faults caught, 0 false alarms.",
    "ledger": "the newest export",
    "export": "000003-4be1d90c2f6a",
    "rules": [
        {
            "rule": "projections_do_not_drift",
            "planted": 3,
            "caught": 3,
            "consequences": {"balances_are_not_negative": 1},
            "false_alarms": 0,
            "told": "",
        }
    ],
}


def _totals(made: Ledger) -> list[dict[str, Any]]:
    totals = []
    for currency in sorted({row[1] for row in made.rows}):
        amounts = [row[3] for row in made.rows if row[1] == currency]
        absolute = str(sum(map(abs, amounts)))
        totals.append({"currency": currency, "count": len(amounts), "sum": str(sum(amounts)), "absolute_sum": absolute})
    return totals


def _facts(made: Ledger, **changes: Any) -> MonthFacts:  # noqa: ANN401 - any field
    facts = MonthFacts(
        month="2025-07",
        complete=False,
        holds_cut=True,
        version=1,
        replaces=None,
        reason=None,
        certificate={**CERTIFICATE, "control_totals": _totals(made)},
        export_id="7-4be1d90c2f6a",
        entity="Gigsy",
        zone="UTC",
        basis=BASIS,
        outcomes_month=(),
        verdict="CLEAN",
        offenders={},
    )
    return with_facts(facts, **changes)


def broken() -> tuple[MonthFacts, Query]:
    """July 2025, not over, in four currencies: drift, an overdrawn wallet, repeated keys, hostile ids."""
    made = ledger(7, 60, ("EGP", "JPY", "KWD", "USD"))
    for place, wallet in enumerate(HOSTILE):
        made.rows.append((wallet, "EGP", "DEPOSIT", 120_000 + 7 * place, True, True))
    egp = [wallet for wallet, currency in made.wallets if currency == "EGP"]
    kwd = [wallet for wallet, currency in made.wallets if currency == "KWD"]
    made.rows += [
        (egp[3], "EGP", "WITHDRAWAL", -4_400_000, True, True),
        (kwd[0], "KWD", "BONUS", 12_500, True, True),
    ]
    drift = {
        HOSTILE[0]: 12_050,
        HOSTILE[1]: -9_999,
        HOSTILE[2]: 500,
        HOSTILE[3]: -1,
        HOSTILE[4]: 77,
        kwd[5]: -1_250,
    }
    views = tables(made, drift | {wallet: 3 * place - 70 for place, wallet in enumerate(egp[8:12])})
    rows = views["drift"].filter(pc.not_equal(views["drift"]["drift"], 0))
    low = views["drift"].filter(pc.less(views["drift"]["ledger"], 0))
    keys = _repeated(egp)
    found = _found(rows.num_rows, low.num_rows, keys.num_rows, egp[3])
    offenders = {
        "projections_do_not_drift": rows,
        "balances_are_not_negative": low,
        "idempotency_keys_are_unique": keys,
        "types_are_known": keys.slice(0, 1),
    }
    outcomes = rulings(len(made.rows), found)
    facts = _facts(
        made,
        outcomes_month=outcomes,
        verdict="BROKEN",
        offenders=offenders,
        selftest=SELFTEST,
    )
    return facts, query_over(views)


def _found(drifting: int, negative: int, repeated: int, wallet: str) -> dict[str, dict[str, Any]]:
    return {
        "projections_do_not_drift": {"amounts": {"EGP": "22629", "KWD": "1250"}}
        | breaks(
            drifting,
            f"Wallet {HOSTILE[0]} (EGP) is recorded with 1,320.50, the ledger says 1,200.00: 120.50 off.",
            "projections_do_not_drift",
        ),
        "balances_are_not_negative": breaks(
            negative,
            f"Wallet {wallet} (EGP) has a ledger balance below zero.",
            "balances_are_not_negative",
        ),
        "idempotency_keys_are_unique": breaks(
            repeated,
            "Key order-18-capture is on 2 transactions of 12.00 EGP.",
            "idempotency_keys_are_unique",
        ),
        "types_are_known": breaks(1, "Type BONUS is not configured; 1 transaction of 12.500 KWD.", "types_are_known"),
        "currencies_match_wallets": {"examined": 0, "sentence": ""},
        "caches_do_not_drift": {
            "result": "not applicable",
            "examined": 0,
            "problem": "users.balances is not mapped.",
        },
    }


def _repeated(wallets: list[str]) -> pa.Table:
    places = range(260)
    return pa.table(
        {
            "transaction_id": [f"txn_{place:012x}" for place in places],
            "wallet_id": [wallets[place % len(wallets)] for place in places],
            "currency": ["EGP"] * len(places),
            "amount": pa.array([(-1) ** place * 1_200 for place in places], pa.int64()),
            "idempotency_key": [f"order-{place // 2}-capture" for place in places],
            "created_at": pa.array(
                [datetime(2025, 7, 3, 9, place % 60, tzinfo=UTC) for place in places],
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )


def clean() -> tuple[MonthFacts, Query]:
    """June 2025, complete, in one currency, reported a second time; the cut is not in it."""
    made = ledger(3, 24, ("EGP",))
    outcomes = tuple(
        with_facts_of(each, counts_for_verdict=each.severity == "gate" or each.scope != "cut")
        for each in rulings(len(made.rows), {"wallets_exist": {"examined": 0}})
    )
    drifting = breaks(
        3, "Wallet egp_01 (EGP) is recorded with 5.00 where the ledger says 4.00.", "projections_do_not_drift"
    )
    outcomes = tuple(
        with_facts_of(each, **drifting) if each.rule == "projections_do_not_drift" else each for each in outcomes
    )
    facts = _facts(
        made,
        month="2025-06",
        complete=True,
        holds_cut=False,
        version=2,
        replaces="months/2025-06/1",
        reason="A settled status was missing in the configuration.",
        outcomes_month=outcomes,
        zone="Africa/Cairo",
    )
    return facts, query_over(tables(made, {}))


def unverified() -> tuple[MonthFacts, Query]:
    """July 2025 where two rules could not run, in an unknown currency and beyond 64 bits."""
    made = ledger(5, 3, ("USD",))
    made.rows += [
        ("points_1", "POINTS", "DEPOSIT", 2**70, True, True),
        ("points_2", "POINTS", "DEPOSIT", -3, True, True),
    ]
    problem = {
        "result": "not verified",
        "examined": 0,
        "sentence": "",
        "problem": "wallet_balances is empty.",
    }
    missing = {"result": "not verified", "examined": 0, "sentence": "", "problem": "users could not be read."}
    found = {"projections_do_not_drift": problem, "caches_do_not_drift": missing}
    outcomes = rulings(len(made.rows), found)
    return _facts(made, outcomes_month=outcomes, verdict="NOT VERIFIED", entity="مؤسسة"), query_over(tables(made, {}))


def empty() -> tuple[MonthFacts, Query]:
    """Tell of a month in which nothing ever happened."""
    nothing = Ledger()
    outcomes = rulings(0, {})
    facts = _facts(nothing, outcomes_month=outcomes, month="2024-12", complete=True, holds_cut=False)
    return facts, query_over(tables(nothing, {}))


STORIES = {"broken": broken, "clean": clean, "unverified": unverified, "empty": empty}
