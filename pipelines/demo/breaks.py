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
_WALLET = ("wallet_id",)
_USER = ("user_id", "currency")
_ENTITY = ("related_id", "currency")

SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "amounts_are_not_zero": _TRANSACTION,
    "amounts_are_within_limits": _TRANSACTION,
    "currencies_are_known": _TRANSACTION,
    "types_are_known": _TRANSACTION,
    "signs_follow_types": _TRANSACTION,
    "wallets_exist": _TRANSACTION,
    "currencies_match_wallets": _TRANSACTION,
    "dates_are_plausible": _TRANSACTION,
    "creators_are_known": _TRANSACTION,
    "credits_are_authorised": _TRANSACTION,
    "debits_are_by_owners": _TRANSACTION,
    "idempotency_keys_are_unique": _TRANSACTION,
    "idempotency_keys_are_present": _TRANSACTION,
    "transactions_are_not_repeated": _TRANSACTION,
    "initial_funding_is_once": _TRANSACTION,
    "transfers_net_to_zero": _TRANSACTION,
    "money_is_conserved": ("currency",),
    "escrow_names_its_entity": _TRANSACTION,
    "escrow_is_conserved": _ENTITY,
    "escrow_is_not_stale": _ENTITY,
    "refunds_have_originals": _ENTITY,
    "adjustments_name_an_admin": _TRANSACTION,
    "adjustments_give_a_reason": _TRANSACTION,
    "adjustments_name_an_entity": _TRANSACTION,
    "adjustments_are_not_self_serving": _TRANSACTION,
    "statuses_move_money_rightly": _BALANCE,
    "balances_are_not_negative": _BALANCE,
    "balances_never_were_negative": _BALANCE,
    "balances_hold_in_any_order": _BALANCE,
    "projections_do_not_drift": _BALANCE,
    "projections_are_present": _BALANCE,
    "projections_have_ledgers": _BALANCE,
    "projections_are_single": _BALANCE,
    "projections_are_fresh": _BALANCE,
    "projections_change_only_with_ledgers": _BALANCE,
    "projection_currencies_match": ("projection_id",),
    "units_are_consistent": _BALANCE,
    "wallet_totals_do_not_drift": _WALLET,
    "caches_do_not_drift": _USER,
    "wallets_are_unique": _WALLET,
    "wallet_owners_exist": _WALLET,
    "inactive_wallets_are_quiet": _TRANSACTION,
    "deleted_users_hold_no_money": _USER,
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
