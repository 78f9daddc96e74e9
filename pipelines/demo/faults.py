"""The register of planted faults, each played once on a stage of its own: consequences never mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo import faults_adjustments as adjustments
from pipelines.demo import faults_amounts as amounts
from pipelines.demo import faults_balances as balances
from pipelines.demo import faults_caches as caches
from pipelines.demo import faults_creators as creators
from pipelines.demo import faults_dates as dates
from pipelines.demo import faults_escrow as escrow
from pipelines.demo import faults_freshness as freshness
from pipelines.demo import faults_keys as keys
from pipelines.demo import faults_ledger as ledger
from pipelines.demo import faults_projections as projections
from pipelines.demo import faults_refunds as refunds
from pipelines.demo import faults_statuses as statuses
from pipelines.demo import faults_transfers as transfers
from pipelines.demo import faults_wallets as wallets

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.demo.block import Flavour
    from pipelines.demo.breaks import Fault
    from pipelines.demo.stage import Stage

    Play = Callable[[Stage], Fault]

_EVERYWHERE: tuple[Play, ...] = (
    balances.first_row,
    projections.missed_apply,
    projections.double_apply,
    projections.sign_lost,
    projections.sign_flipped,
    projections.unsettled_counted,
    projections.stale_projection,
    projections.one_over,
    projections.one_under,
    projections.never_created,
    projections.of_nothing,
    projections.of_nobody,
    projections.duplicate,
    projections.second_currency,
    caches.units_mixed,
    caches.never_updated,
    caches.never_written,
    caches.of_nothing,
    balances.overdraft_at_the_end,
    balances.overdraft_healed,
    balances.overdraft_in_a_closed_month,
    ledger.unknown_currency,
    ledger.currency_mismatch,
    ledger.unknown_type,
    ledger.orphan_wallet,
    ledger.duplicate_key,
    ledger.duplicate_key_of_an_attempt,
    transfers.one_legged,
    transfers.unequal_legs,
    transfers.same_wallet,
    transfers.two_currencies,
    transfers.three_legs,
    *amounts.PLAYS,
    *dates.PLAYS,
    *creators.PLAYS,
    *keys.PLAYS,
    *adjustments.PLAYS,
    *refunds.PLAYS,
    *escrow.PLAYS,
    *statuses.PLAYS,
    *freshness.PLAYS,
    *wallets.PLAYS,
    balances.last_row,
)
_MODEL_ONLY: tuple[Play, ...] = (
    transfers.two_statuses,
    *creators.MODEL_ONLY,
    *refunds.MODEL_ONLY,
    *escrow.MODEL_ONLY,
)


def plays(flavour: Flavour) -> tuple[Play, ...]:
    """Return the faults of a flavour, in the order of their stages."""
    return _EVERYWHERE + (_MODEL_ONLY if flavour == "model" else ())
