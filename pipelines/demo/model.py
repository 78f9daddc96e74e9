"""The background of the model flavour: which event of the market comes when, kept in order.

Faults are planted elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.demo.cast import RETIREMENT, Cast
from pipelines.demo.market import Gig, Market

if TYPE_CHECKING:
    from random import Random

    from pipelines.demo.block import Block
    from pipelines.demo.hours import Clock
    from pipelines.demo.people import Wallet
    from pipelines.demo.staff import Staff


class _Plot(NamedTuple):
    """A kind of event: how often it comes, the transactions it makes, and the instants they take."""

    weight: float
    rows: int
    ticks: int


_PLOTS = {
    "deposit": _Plot(30, 1, 1),
    "withdrawal": _Plot(8, 1, 1),
    "bank": _Plot(10, 1, 1),
    "listing": _Plot(3, 1, 1),
    "adjustment": _Plot(1, 1, 1),
    "attempt": _Plot(3, 1, 1),
    "transfer": _Plot(9, 2, 1),
    "open": _Plot(2, 1, 1),
    "paid": _Plot(22, 3, 2),
    "released": _Plot(4, 2, 2),
    "refunded": _Plot(3, 2, 2),
    "split": _Plot(3, 4, 2),
}
_OPENING = 12
"""Every cohort starts with so many deposits."""
_LONGEST = 0.1
"""No gig takes more than about this share of its cohort's life: escrow is never 90 days old."""
_LATE = 0.88
"""Gigs still open at the cut began after this share of their cohort's life."""


def _script(random: Random, rows: int) -> list[str]:
    """Return a cohort's events in order, of `rows` transactions in all."""
    plots = ["deposit"] * min(_OPENING, rows)
    rows -= len(plots)
    names, weights = list(_PLOTS), [plot.weight for plot in _PLOTS.values()]
    for drawn in random.choices(names, weights, k=rows):
        plot = drawn if _PLOTS[drawn].rows <= rows else "deposit"
        plots.append(plot)
        rows -= _PLOTS[plot].rows
        if not rows:
            break
    return plots


class _Season:
    """A cohort's life: at each tick the next event of the script, or what was agreed on for it."""

    def __init__(self, block: Block, staff: Staff, rows: int) -> None:
        block.mint(rows)
        self.cast = Cast(block, rows)
        self.market = Market(block, self.cast, staff)
        script = _script(block.random, rows - 2 * len(self.cast.leavers))
        self.ticks = sum(_PLOTS[plot].ticks for plot in script) + 2 * len(self.cast.leavers)
        self.agenda: dict[int, Gig | Wallet] = {}
        self.agenda.update(self.cast.visits(self.ticks))
        self.clock: Clock = self.cast.clock(self.ticks)
        self.script = iter(script)
        self.random = block.random.random

    def play(self) -> None:
        """Make every transaction of the cohort."""
        for tick in range(self.ticks):
            if tick == int(self.ticks * RETIREMENT):
                self.cast.retire()
            agreed = self.agenda.pop(tick, None)
            if agreed is None:
                plot = next(self.script, None)
                if plot:
                    self.begin(plot, tick)
            elif isinstance(agreed, Gig):
                self.market.settle(agreed, self.clock.tick())
            elif agreed.settled:
                self.market.debit("withdrawal", agreed, self.clock.tick(), agreed.settled)
            else:
                self.market.deposit(agreed, self.clock.tick())
        self.cast.bow()

    def begin(self, plot: str, tick: int) -> None:
        """Make an event; where nobody can pay for it, as many deposits as it has transactions."""
        wallet = self.cast.anyone()
        if plot in {"attempt", "adjustment"}:
            act = self.market.attempt if plot == "attempt" else self.market.adjust
            act(wallet, self.clock.tick())
            return
        payer = self.payer(wallet)
        if plot == "deposit" or not payer or (plot == "open" and tick < _LATE * self.ticks):
            for _ in range(_PLOTS[plot].rows):
                self.market.deposit(wallet, self.clock.tick())
        elif plot == "transfer":
            self.market.transfer(payer, self.clock.tick())
        elif plot in {"withdrawal", "bank", "listing"}:
            self.market.debit(plot, payer, self.clock.tick(), self.cast.price(payer.currency))
        else:
            gig = self.market.hold(payer, self.clock.tick(), plot)
            if plot != "open":
                self.agenda[self.free(tick)] = gig

    def payer(self, wallet: Wallet) -> Wallet | None:
        """Return the wallet, or the richest, if it has money and someone to pay."""
        least, peers = self.cast.least, self.cast.peers
        if wallet.settled < least[wallet.currency] or len(peers[wallet.currency]) == 1:
            wallet = self.cast.richest()
        return wallet if wallet.settled >= least[wallet.currency] else None

    def free(self, tick: int) -> int:
        """Return a later tick for which nothing is agreed; there are as many as agreements to come."""
        wanted = tick + 2 + int(self.random() * _LONGEST * self.ticks)
        later = range(wanted, self.ticks)
        sooner = range(min(wanted, self.ticks) - 1, tick, -1)
        return next(one for span in (later, sooner) for one in span if one not in self.agenda)


def fill(block: Block, staff: Staff, rows: int) -> None:
    """Fill a block with a cohort that keeps every rule, in exactly `rows` transactions."""
    _Season(block, staff, rows).play()
