"""What is planted: a break is a rule and one offender; a fault is a story with all the breaks it causes.

The list beside the snapshot is written and read here. How an auditor finds a break is not known here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_TRANSACTION = ("transaction_id",)
_BALANCE = ("wallet_id", "currency")

SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "currencies_are_known": _TRANSACTION,
    "types_are_known": _TRANSACTION,
    "wallets_exist": _TRANSACTION,
    "currencies_match_wallets": _TRANSACTION,
    "idempotency_keys_are_unique": _TRANSACTION,
    "transfers_net_to_zero": _TRANSACTION,
    "balances_are_not_negative": _BALANCE,
    "balances_never_were_negative": _BALANCE,
    "projections_do_not_drift": _BALANCE,
    "projections_are_present": _BALANCE,
    "projections_have_ledgers": _BALANCE,
    "projections_are_single": _BALANCE,
    "caches_do_not_drift": ("user_id", "currency"),
}
"""The rules that faults may break, and the columns that name an offender of each."""


class Break(NamedTuple):
    """One offender of one rule, in the order of the rule's subject columns."""

    rule: str
    offender: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """Something wrong on purpose, and everything that is wrong because of it."""

    name: str
    label: str
    story: str
    """One sentence with the ids and the figures."""
    breaks: tuple[Break, ...]


def planted_text(about: dict[str, Any], faults: list[Fault]) -> str:
    """Return the list of faults as JSON, headed by what it is about."""
    listed = [
        asdict(fault)
        | {
            "breaks": [
                {"rule": rule, "offender": dict(zip(SUBJECTS[rule], offender, strict=True))}
                for rule, offender in fault.breaks
            ]
        }
        for fault in faults
    ]
    return json.dumps(about | {"faults": listed}, ensure_ascii=False, indent=2) + "\n"


def read_planted(path: Path) -> frozenset[Break]:
    """Return every break that a list of planted faults names; OSError or ValueError if unreadable."""
    faults = json.loads(path.read_text(encoding="utf-8"))["faults"]
    return frozenset(
        Break(one["rule"], tuple(one["offender"][column] for column in SUBJECTS[one["rule"]]))
        for fault in faults
        for one in fault["breaks"]
    )
