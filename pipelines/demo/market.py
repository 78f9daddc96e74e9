"""A market of gigs: how each event of the model flavour is written, with all nine types of transaction.

A gig's price is held in escrow and later paid out less a fee, split, released or refunded. Which event comes
when is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.demo.rows import entity, funding, key, tail

if TYPE_CHECKING:
    from pipelines.demo.block import Block
    from pipelines.demo.cast import Cast
    from pipelines.demo.people import Wallet
    from pipelines.demo.staff import Staff


_FUNDED = 0.45
_FEE = 10
_REMEMBERED = 50
_TITLES = (
    "Logo design",
    "Landing page",
    "شرح فيديو",
    'Poster \\"A3\\" print',
    "Arabic copywriting",
    "Retouching",
)
_CREDITS = ("Goodwill credit after late delivery", "Compensation for a support delay")
_DEBITS = ("Recovers a duplicate promotional credit", "Recovers an overpaid milestone")
_DEBITED = {
    "withdrawal": ("WITHDRAWAL", "Withdrawal to bank account"),
    "bank": ("PAYOUT", "Earnings paid to bank account"),
    "listing": ("FEE", "Featured listing"),
}
_ATTEMPTED = ("PENDING", "FAILED", "FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class Gig:
    """A piece of work, its price in escrow until it ends as `ending` says."""

    name: str
    ending: str
    client: Wallet
    worker: Wallet
    price: int


class Market:
    """Where a cohort's transactions are made, one event at a time."""

    def __init__(self, block: Block, cast: Cast, staff: Staff) -> None:
        """Begin with no gig done."""
        self.block = block
        self.cast = cast
        self.staff = staff
        self.random = block.random.random
        self.done: list[Gig] = []

    def key(self, what: str, ms: int) -> str:
        """Return the member of a key nobody else has: block and row are in it."""
        return key(f"{what}_{ms}_{self.block.name}{self.block.rows}")

    def deposit(self, wallet: Wallet, ms: int) -> None:
        """Credit a wallet: its initial funding, or money that came in from outside."""
        amount = self.cast.price(wallet.currency)
        if not wallet.born and self.random() < _FUNDED:
            self.block.open_wallet(wallet, ms)
            by, members = funding(wallet.user.user_id, wallet.user.clerk, ms, wallet.currency)
        else:
            by, members = "system", tail("DEPOSIT", "Card top-up", self.key("deposit", ms))
        self.block.post(wallet, amount, ms, by, members)

    def debit(self, plot: str, wallet: Wallet, ms: int, most: int) -> None:
        """Debit a wallet by at most `most`: cash to the owner's bank, or a listing fee."""
        kind, text = _DEBITED[plot]
        by = "system" if kind == "FEE" else wallet.user.acts_as
        self.block.post(wallet, -min(most, wallet.settled), ms, by, tail(kind, text, self.key(plot, ms)))

    def attempt(self, wallet: Wallet, ms: int) -> None:
        """Leave a row that never settled and moved nothing."""
        kind = "DEPOSIT" if self.random() < 0.5 else "WITHDRAWAL"  # noqa: PLR2004 - one or the other
        status = _ATTEMPTED[int(self.random() * len(_ATTEMPTED))]
        amount = self.cast.price(wallet.currency)
        members = tail(kind, f"{kind.capitalize()} attempt", self.key("attempt", ms), status)
        by = "system" if kind == "DEPOSIT" else wallet.user.acts_as
        self.block.append(wallet, amount if kind == "DEPOSIT" else -amount, ms, by, members)

    def adjust(self, wallet: Wallet, ms: int) -> None:
        """Let an admin correct a balance in a gig's name; a deposit where no gig is done yet."""
        if not self.done:
            self.deposit(wallet, ms)
            return
        gig = self.done.pop()
        by = self.staff.admins[int(self.random() * len(self.staff.admins))].acts_as
        chosen = int(self.random() * 2)
        wallet, amount, text = gig.client, gig.price // 4, _CREDITS[chosen]
        if gig.worker.settled >= amount and self.random() < 0.4:  # noqa: PLR2004 - the smaller part are debits
            wallet, amount, text = gig.worker, -amount, _DEBITS[chosen]
        members = self.key("adjust", ms) + entity(gig.name)
        self.block.post(wallet, amount, ms, by, tail("ADJUSTMENT", f"Admin adjustment: {text}", members))

    def transfer(self, source: Wallet, ms: int) -> None:
        """Pay one user from another's wallet, two legs at one instant."""
        target = self.cast.other(source)
        amount = min(self.cast.price(source.currency), source.settled)
        own = f"transfer_{ms}_{self.block.name}{self.block.rows}"
        by = source.user.acts_as
        self.block.post(source, -amount, ms, by, tail("TRANSFER", "Shared project", key(own)))
        self.block.post(target, amount, ms, by, tail("TRANSFER", "Shared project", key(f"{own}-credit")))

    def hold(self, client: Wallet, ms: int, ending: str) -> Gig:
        """Put the price of a new gig into escrow."""
        price = min(self.cast.price(client.currency), client.settled)
        gig = Gig(f"gig-{self.block.index}-{self.block.rows}", ending, client, self.cast.other(client), price)
        text = _TITLES[int(self.random() * len(_TITLES))]
        members = tail("ESCROW_HOLD", text, self.key("hold", ms) + entity(gig.name))
        self.block.post(client, -price, ms, client.user.acts_as, members)
        return gig

    def settle(self, gig: Gig, ms: int) -> None:
        """Empty a gig's escrow in the way its story ends."""
        earned = {"paid": gig.price, "split": gig.price * 6 // 10}.get(gig.ending, 0)
        if earned:
            fee = earned // _FEE
            self._from_escrow(gig, gig.worker, ms, "PAYOUT", earned - fee)
            self._take_fee(gig, self.staff.fees[gig.client.currency], ms, fee)
        if gig.ending == "released":
            self._from_escrow(gig, gig.client, ms, "ESCROW_RELEASE", gig.price)
        elif gig.price > earned:
            self._from_escrow(gig, gig.client, ms, "REFUND", gig.price - earned)
        if gig.ending == "paid":
            self.done = [*self.done[1 - _REMEMBERED :], gig]

    def _take_fee(self, gig: Gig, wallet: Wallet, ms: int, amount: int) -> None:
        """Credit the platform, whose wallets take fees of every cohort: in no order of time."""
        latest = max(wallet.last, ms)
        self._from_escrow(gig, wallet, ms, "FEE", amount)
        wallet.last = wallet.touched = latest

    def _from_escrow(self, gig: Gig, wallet: Wallet, ms: int, kind: str, amount: int) -> None:
        members = self.key(kind.lower(), ms) + entity(gig.name)
        self.block.post(wallet, amount, ms, "system", tail(kind, "Settlement of a gig", members))
