"""The background of the default flavour: what each writer of Gigsy's leaves in the ledger, kept in order.

Deposits and withdrawals through the finance service, transfers, admin adjustments, initial funding, and
attempts that never settled. Where Gigsy's code leaves out what a rule asks for (a key, the admin's name, the
entity of an adjustment), the background has it: what the code really does is planted as a fault, elsewhere.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from pipelines.demo.cast import RETIREMENT, Cast
from pipelines.demo.rows import adjustment_key, entity, funding, key, tail

if TYPE_CHECKING:
    from pipelines.demo.block import Block
    from pipelines.demo.people import Wallet
    from pipelines.demo.staff import Staff

_TRANSFERS = 0.27
_OF_A_GIG = 0.6
_FUNDED = 0.45
_ATTEMPTS, _ADJUSTMENTS, _WITHDRAWALS = 0.03, 0.05, 0.46
_COMFORT = 60
_GIGS = 40
_SALES = (
    "Logo design",
    "Landing page",
    "شرح فيديو",
    'Poster \\"A3\\" print',
    "Arabic copywriting",
    "Retouching",
)
_PAYMENTS = ("Card top-up", "Wallet top-up", "شحن المحفظة", "Fawry payment", "")
_RETURNS = ("Transfer returned by the bank", "Compensation for delayed payout", "Bank error")
_CORRECTIONS = ("Recovers a duplicate credit", "Correction of a wrong fee", "تصحيح رصيد مكرر")
_REMEMBERED = 50
_ATTEMPTED = ("PENDING", "FAILED", "FAILED", "CANCELLED")


class _Cashout(NamedTuple):
    """A withdrawal that may be given back: its name as an entity, whose it is, how much it took."""

    name: str
    wallet: Wallet
    amount: int


class _Counter:
    """Where a cohort's transactions are made, one event at a time."""

    def __init__(self, block: Block, cast: Cast, staff: Staff) -> None:
        self.block = block
        self.cast = cast
        self.random = block.random.random
        self.desk = [admin.acts_as for admin in staff.admins]
        self.cashouts: deque[_Cashout] = deque(maxlen=_REMEMBERED)

    def key(self, what: str, ms: int) -> str:
        """Return a key nobody else has: block and row are in it."""
        return f"{what}_{ms}_{self.block.name}{self.block.rows}"

    def deposit(self, wallet: Wallet, ms: int) -> None:
        """Credit a wallet: its initial funding, or money that came in from outside."""
        amount = self.cast.price(wallet.currency)
        if not wallet.born and self.random() < _FUNDED:
            self.block.open_wallet(wallet, ms)
            by, members = funding(wallet.user.user_id, wallet.user.clerk, ms, wallet.currency)
        else:
            text = _PAYMENTS[int(self.random() * len(_PAYMENTS))]
            by = self.admin()
            members = tail("DEPOSIT", text, key(self.key("deposit", ms)))
        self.block.post(wallet, amount, ms, by, members)

    def withdraw(self, wallet: Wallet, ms: int, amount: int) -> None:
        """Debit a wallet by its owner, in the name of a cashout that has no other row yet."""
        name = f"cashout-{self.block.index}-{self.block.rows}"
        members = key(self.key("withdraw", ms)) + entity(name, "cashout")
        text = tail("WITHDRAWAL", "Withdrawal to bank account", members)
        self.block.post(wallet, -amount, ms, wallet.user.acts_as, text)
        self.cashouts.append(_Cashout(name, wallet, amount))

    def attempt(self, wallet: Wallet, ms: int) -> None:
        """Leave a row that never settled and moved nothing."""
        kind = "DEPOSIT" if self.random() < 0.5 else "WITHDRAWAL"  # noqa: PLR2004 - one or the other
        status = _ATTEMPTED[int(self.random() * len(_ATTEMPTED))]
        amount = self.cast.price(wallet.currency)
        members = tail(kind, f"{kind.capitalize()} attempt", key(self.key("attempt", ms)), status)
        self.block.append(wallet, amount if kind == "DEPOSIT" else -amount, ms, "system", members)

    def adjust(self, wallet: Wallet, ms: int) -> None:
        """Correct a balance by an admin's hand: give a cashout back, whole or half, or take for a ticket."""
        amount = self.cast.price(wallet.currency)
        cashout = self._cashout()
        if amount <= wallet.settled and (not cashout or self.random() < 0.5):  # noqa: PLR2004 - one or the other
            reason, about = _CORRECTIONS, entity(f"ticket-{self.block.index}-{self.block.rows}", "ticket")
            kind, amount = "WITHDRAWAL", -amount
        elif cashout:
            reason, about, wallet = _RETURNS, entity(cashout.name, "cashout"), cashout.wallet
            kind, amount = "DEPOSIT", cashout.amount // (1 + int(self.random() * 2))
        else:
            self.deposit(wallet, ms)
            return
        text = f"Admin adjustment: {reason[int(self.random() * len(reason))]}"
        members = key(adjustment_key(self.block.index, self.block.rows, ms)) + about
        self.block.post(wallet, amount, ms, self.admin(), tail(kind, text, members))

    def _cashout(self) -> _Cashout | None:
        """Return a cashout to give back, once, to someone who is still here."""
        while self.cashouts:
            cashout = self.cashouts.pop()
            if cashout.wallet.active and cashout.wallet not in self.cast.leavers:
                return cashout
        return None

    def admin(self) -> str:
        """Return who credits and corrects: one of the admins."""
        return self.desk[int(self.random() * len(self.desk))]

    def transfer(self, ms: int) -> bool:
        """Pay one user from another's wallet, two legs at one instant; say whether anyone could."""
        source = self.cast.anyone()
        if source.settled < self.cast.least[source.currency] or len(self.cast.peers[source.currency]) < 2:  # noqa: PLR2004
            source = self.cast.richest()
            if source.settled < self.cast.least[source.currency]:
                return False
        target = self.cast.other(source)
        amount = min(self.cast.price(source.currency), source.settled)
        out, back = f"Transfer to wallet {target.wallet_id}", f"Transfer from wallet {source.wallet_id}"
        own, about = self.key("transfer", ms), ""
        if self.random() < _OF_A_GIG:
            out = back = _SALES[int(self.random() * len(_SALES))]
            about = entity(f"gig-{self.block.index}-{int(self.random() * _GIGS)}")
        by = source.user.acts_as
        self.block.post(source, -amount, ms, by, tail("TRANSFER", out, key(own) + about))
        self.block.post(target, amount, ms, by, tail("TRANSFER", back, key(own + "-credit") + about))
        return True

    def single(self, ms: int) -> None:
        """Make one transaction of one row."""
        wallet = self.cast.anyone()
        least = self.cast.least[wallet.currency]
        chance = self.random()
        if chance < _ATTEMPTS:
            self.attempt(wallet, ms)
        elif chance < _ADJUSTMENTS:
            self.adjust(wallet, ms)
        elif wallet.settled >= least and (chance < _WITHDRAWALS or wallet.settled > _COMFORT * least):
            self.withdraw(wallet, ms, min(self.cast.price(wallet.currency), wallet.settled))
        else:
            self.deposit(wallet, ms)


def fill(block: Block, staff: Staff, rows: int) -> None:
    """Fill a block with a cohort that keeps every rule, in exactly `rows` transactions."""
    block.mint(rows)
    cast = Cast(block, rows)
    counter = _Counter(block, cast, staff)
    transfers = int(rows * _TRANSFERS)
    ticks = rows - transfers
    clock = cast.clock(ticks)
    visits = cast.visits(ticks)
    for tick in range(ticks):
        ms = clock.tick()
        if tick == int(ticks * RETIREMENT):
            cast.retire()
        leaver = visits.get(tick)
        if leaver and leaver.settled:
            counter.withdraw(leaver, ms, leaver.settled)
        elif leaver:
            counter.deposit(leaver, ms)
        elif counter.random() * (ticks - tick) < transfers and counter.transfer(ms):
            transfers -= 1
        else:
            counter.single(ms)
    for _ in range(transfers):
        counter.single(clock.tick())
    cast.bow()
