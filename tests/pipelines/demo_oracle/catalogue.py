"""Every rule that a demo may break, evaluated naively."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pipelines.demo_oracle import balances, creators, rows, transfers, wallets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipelines.demo_oracle.world import World

FAMILIES = (
    rows.of_names,
    rows.of_figures,
    rows.of_limits,
    rows.of_keys,
    rows.of_repetition,
    creators.of_creators,
    transfers.of_transfers,
    transfers.of_escrow,
    transfers.of_refunds,
    balances.of_balances,
    balances.of_projections,
    balances.of_drift,
    balances.of_projection_times,
    wallets.of_caches,
    wallets.of_wallets,
    wallets.of_the_deleted,
)


def offenders(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every rule and offender; a plain pair is equal to the break that was planted."""
    for family in FAMILIES:
        for rule, offender in family(world):
            yield rule, tuple(offender)
