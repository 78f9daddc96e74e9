"""Gigsy's own people: the admins, and (in the model) the platform user whose wallets take the fees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.demo.amounts import CURRENCIES
from pipelines.demo.hours import DAY, FIRST

if TYPE_CHECKING:
    from pipelines.demo.block import Block
    from pipelines.demo.people import User, Wallet

_ADMINS = 3


@dataclass(frozen=True)
class Staff:
    """Who runs the place; `fees` has the platform's wallet of each currency (none in the gigsy flavour)."""

    admins: list[User]
    fees: dict[str, Wallet]


def hire(block: Block) -> Staff:
    """Add the staff to a block of their own; the block is finished when every other block is."""
    admins = [block.add_user(born=FIRST - 30 * DAY, roles=("user", "admin")) for _ in range(_ADMINS)]
    if block.flavour == "gigsy":
        return Staff(admins, {})
    platform = block.add_user(born=FIRST - 30 * DAY, roles=("user",))
    fees = {currency: block.add_wallet(platform, currency) for currency in CURRENCIES}
    for wallet in fees.values():
        block.open_wallet(wallet, FIRST - 29 * DAY)
    return Staff(admins, fees)
