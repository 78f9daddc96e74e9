"""What a fault of the self-test is: one thing wrong on purpose, and what must be found because of it.

Stays out: how it is done (plants_...), and what the rules made of it (matrix). Nothing here or in the plants reads a
rule's text: what must be found is written from the catalogue alone.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.selftest.hand import Hand

Subject = tuple[str, ...]
"""What names an offender, in the order of the columns that do."""
Planted = Sequence[Subject] | Generator[None, None, Sequence[Subject]]
"""What must be found; of a fault of history, after its second half."""

TRANSACTION = ("transaction_id",)
BALANCE = ("wallet_id", "currency")
ENTITY = ("related_id", "currency")
WALLET = ("wallet_id",)
MONTH = ("month", "wallet_id", "currency")
SUBJECTS: dict[str, Subject] = {
    "exports_are_complete": ("table_name",),
    "exports_are_one_cut": (),
    "schemas_match": ("table_name", "column_name", "row_id"),
    "sums_do_not_overflow": BALANCE,
    "engines_agree": BALANCE,
    "money_is_conserved": ("currency",),
    "escrow_is_conserved": ENTITY,
    "escrow_is_not_stale": ENTITY,
    "refunds_have_originals": ENTITY,
    "statuses_move_money_rightly": BALANCE,
    "months_stay_closed": MONTH,
    "openings_equal_closings": MONTH,
    "balances_are_not_negative": BALANCE,
    "balances_never_were_negative": BALANCE,
    "balances_hold_in_any_order": BALANCE,
    "projections_do_not_drift": BALANCE,
    "projections_are_present": BALANCE,
    "projections_have_ledgers": BALANCE,
    "projections_are_single": BALANCE,
    "projection_currencies_match": ("projection_id",),
    "projections_are_fresh": BALANCE,
    "projections_change_only_with_ledgers": BALANCE,
    "recorded_balances_are_integers": ("table_name", "row_id"),
    "wallet_totals_do_not_drift": WALLET,
    "caches_do_not_drift": ("user_id", "currency"),
    "units_are_consistent": BALANCE,
    "wallets_are_unique": WALLET,
    "wallet_owners_exist": WALLET,
    "deleted_users_hold_no_money": ("user_id", "currency"),
}
"""The columns that name an offender of each rule; of all others it is the transaction."""
OF_THE_WHOLE = ("money_is_conserved",)
"""Rules that speak of the whole ledger: one that was broken before is broken anew where its figures are others."""


def subject_of(rule: str) -> Subject:
    """Return the columns that name an offender of a rule."""
    return SUBJECTS.get(rule, TRANSACTION)


class NotHereError(Exception):
    """A fault cannot be planted here; the message says what the configuration or the ledger lacks."""


@dataclass(frozen=True)
class Fault:
    """Something wrong on purpose."""

    rule: str
    """The rule that must find it."""
    says: str
    """What is wrong, in a few words; no other fault of the rule says the same."""
    plant: Callable[["Hand"], Planted]
    """Do it, and return the offenders that must be found; raises NotHereError where it cannot be done."""
    stage: str = "rows"
    """Faults of one stage are planted together: they disturb each other in no rule that must find them."""
    refused: bool = False
    """Whether the reader itself must refuse the source, so that there is no export to judge."""


@dataclass
class Footprint:
    """All that a fault touched: a new offender among it is a consequence, any other is a false alarm."""

    ids: set[str] = field(default_factory=set)
    """Of wallets, users, transactions, entities and keys."""
    currencies: set[str] = field(default_factory=set)
