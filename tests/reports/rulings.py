"""What the certificate and the rules said of a month: all rules hold, but for what a story found.

What goes in: outcomes as the checks hand them over. What stays out: the ledgers (months) and the stories.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ruled:
    """The outcome of one rule, as the checks hand it over."""

    rule: str
    result: str
    severity: str
    scope: str
    asserts: str
    statement: str
    examined: int
    offenders: int = 0
    systemic: bool = False
    sentence: str = ""
    rows: str | None = None
    counts_for_verdict: bool = True
    problem: str | None = None
    advice: str = "Look into it."
    escalation: None = None
    amounts: Mapping[str, str] = field(default_factory=dict)
    waived: int = 0
    waived_amounts: Mapping[str, str] = field(default_factory=dict)


REGISTER = (
    ("exports_are_complete", "gate", "cut", "Every required table is there and complete."),
    ("exports_are_one_cut", "gate", "cut", "All tables show the ledger at one instant."),
    ("transaction_ids_are_unique", "gate", "cut", "No transaction id occurs twice."),
    ("schemas_match", "gate", "cut", "Every audited column is there with a type the mapping allows."),
    (
        "amounts_are_exact_integers",
        "gate",
        "cut",
        "Every amount is a whole number of minor units, read exactly.",
    ),
    ("sums_do_not_overflow", "gate", "cut", "No balance leaves the range of 64-bit integers."),
    ("engines_agree", "gate", "cut", "Two engines compute the same balance for every wallet."),
    ("currencies_are_known", "error", "month", "Every transaction is in a configured currency."),
    ("types_are_known", "error", "month", "Every transaction is of a configured type."),
    ("wallets_exist", "error", "month", "Every transaction's wallet exists."),
    ("currencies_match_wallets", "error", "month", "Every transaction is in its wallet's currency."),
    ("idempotency_keys_are_unique", "error", "cut", "No idempotency key is used twice."),
    ("transfers_net_to_zero", "error", "cut", "Every transfer has two legs that add up to zero."),
    (
        "balances_are_not_negative",
        "error",
        "closing",
        "No ledger balance and no recorded balance is below zero.",
    ),
    ("balances_never_were_negative", "error", "month", "No running balance was below zero at any instant."),
    ("projections_do_not_drift", "error", "cut", "Every recorded balance is what the ledger says."),
    (
        "projections_are_present",
        "error",
        "cut",
        "Every wallet with settled transactions has a recorded balance.",
    ),
    ("projections_have_ledgers", "error", "cut", "Every recorded balance other than zero has transactions."),
    ("projections_are_single", "error", "cut", "Every balance is recorded once."),
    ("caches_do_not_drift", "error", "cut", "Every user's cached balances are those of the user's wallets."),
)


CERTIFICATE: Mapping[str, Any] = {
    "source": {
        "kind": "convex_zip",
        "deployment": "brave-otter-417",
        "sha256": "9f2c" * 16,
        "bytes": 48_213_907,
    },
    "mapping": "51ab" * 16,
    "cut": {"at": "2025-07-17T09:00:00Z", "bound": "exact", "proof": "by construction"},
    "latest_created_at": "2025-07-17T08:59:41.207Z",
    "tables": {
        "transactions": {
            "received": 21_904,
            "written": 21_904,
            "quarantined": 0,
            "files": ["a.parquet", "b.parquet"],
        },
        "wallets": {"received": 240, "written": 240, "quarantined": 0, "files": ["c.parquet"]},
        "wallet_balances": {"received": 238, "written": 238, "quarantined": 0, "files": ["d.parquet"]},
        "user_balances": {"received": 96, "written": 96, "quarantined": 0, "files": ["e.parquet"]},
    },
    "control_totals": [],
}


def rulings(examined: int, found: Mapping[str, Mapping[str, Any]]) -> tuple[Ruled, ...]:
    """Let every rule hold, but for what was found."""
    return tuple(
        Ruled(
            **{
                "rule": rule,
                "result": "held",
                "severity": severity,
                "scope": scope,
                "asserts": "existence" if rule.endswith(("_exist", "_unique")) else "accuracy",
                "statement": statement,
                "examined": examined,
                "sentence": f"All {examined:,} rows hold.",
                **found.get(rule, {}),
            }
        )
        for rule, severity, scope, statement in REGISTER
    )


def breaks(offenders: int, sentence: str, rule: str) -> dict[str, Any]:
    """Say what differs in the outcome of a rule that is broken."""
    path = f"exports/7-4be1d90c2f6a/rules/{rule}.parquet"
    return {"result": "broken", "offenders": offenders, "sentence": sentence, "rows": path}


def with_facts_of(outcome: Ruled, **changes: Any) -> Ruled:  # noqa: ANN401 - any field
    """Copy an outcome with other values."""
    return Ruled(**{**vars(outcome), **changes})
