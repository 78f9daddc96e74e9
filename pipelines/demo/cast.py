"""The people of one background cohort: who they are, who is busy, who is quiet, inactive or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.demo.amounts import SCALES, SIZE, least, prices
from pipelines.demo.hours import DAY, FIRST, LAST, Clock

if TYPE_CHECKING:
    from pipelines.demo.block import Block
    from pipelines.demo.people import Wallet

ROWS_A_USER = 80
ROWS_A_COHORT = 40 * ROWS_A_USER
_FEWEST, _MOST = 8, 40
_DELETED, _INACTIVE, _QUIET = 3, 5, 6
_EVERY = 8
RETIREMENT = 0.6
"""The share of a cohort's life after which its inactive wallets are touched no more."""


class Cast:
    """A cohort's users and wallets, and who comes next."""

    def __init__(self, block: Block, rows: int) -> None:
        """Invite as many people as so many transactions need."""
        self.block = block
        self.random = block.random.random
        scale = block.random.randrange(SCALES)
        currencies = ("EGP", "USD", "EUR")
        self.least = {one: least(one, block.flavour, scale) for one in currencies}
        self._prices = {one: prices(one, block.flavour, scale) for one in currencies}
        self.busy: list[Wallet] = []
        self.leavers: list[Wallet] = []
        self._retiring: list[Wallet] = []
        for number in range(max(_FEWEST, min(_MOST, rows // ROWS_A_USER))):
            self._invite(number % _EVERY)
        self._tickets = self._print(self.busy + self._retiring)
        self.peers = self._group(self.busy + self._retiring)

    def clock(self, ticks: int) -> Clock:
        """Return the cohort's instants; later cohorts join while earlier ones go on, so business grows."""
        start = 0.0 if self.block.pioneer else self.random() ** 2 * 0.6
        return Clock(self.block.random, start, ticks)

    def price(self, currency: str) -> int:
        """Return an ordinary amount."""
        return self._prices[currency][int(self.random() * SIZE)]

    def anyone(self) -> Wallet:
        """Return a wallet with something to do; a few have much more to do than most."""
        return self._tickets[int(self.random() * len(self._tickets))]

    def other(self, wallet: Wallet) -> Wallet:
        """Return another user's wallet of the same currency (or the same, if there is none)."""
        peers = self.peers[wallet.currency]
        chosen = peers[int(self.random() * len(peers))]
        return chosen if chosen is not wallet else peers[(peers.index(chosen) + 1) % len(peers)]

    def richest(self) -> Wallet:
        """Return the EGP wallet with the most money."""
        return max(self.peers["EGP"], key=lambda wallet: wallet.settled)

    def retire(self) -> None:
        """Let inactive wallets rest from here on."""
        for wallet in self._retiring:
            wallet.active = False
        self._retiring = []
        self._tickets = self._print(self.busy)
        self.peers = self._group(self.busy)

    def bow(self) -> None:
        """End the play: open what was never touched, delete who left, write projections and caches."""
        for wallet in self.block.wallets:
            if not wallet.born:
                self.block.open_wallet(wallet, FIRST + int(self.random() * (LAST - FIRST - DAY)))
        for wallet in self.leavers:
            wallet.user.deleted = min((wallet.touched or wallet.born) + DAY, LAST)
        self.block.project()

    def visits(self, ticks: int) -> dict[int, Wallet]:
        """Return at which ticks the users who will leave pay in, and later take all of it out again."""
        visits = {}
        for number, wallet in enumerate(self.leavers):
            visits[2 + number] = visits[ticks // 2 + number] = wallet
        return visits

    def _invite(self, role: int) -> None:
        user = self.block.add_user()
        wallets = [self.block.add_wallet(user, "EGP")]
        if role == _DELETED:
            self.leavers += wallets
        elif role == _INACTIVE:
            self._retiring += wallets
        elif role == _QUIET:
            wallets[0].projected = self.random() < 0.5  # noqa: PLR2004 - half of them
        else:
            for currency, share in (("USD", 0.4), ("EUR", 0.25)):
                if self.random() < share:
                    wallets.append(self.block.add_wallet(user, currency))
            self.busy += wallets

    def _print(self, wallets: list[Wallet]) -> list[Wallet]:
        tickets = []
        for wallet in wallets:
            tickets += [wallet] * (1 + int(self.random() ** 2 * (14 if wallet.currency == "EGP" else 7)))
        return tickets

    @staticmethod
    def _group(wallets: list[Wallet]) -> dict[str, list[Wallet]]:
        peers: dict[str, list[Wallet]] = {"EGP": [], "USD": [], "EUR": []}
        for wallet in wallets:
            peers[wallet.currency].append(wallet)
        return peers
