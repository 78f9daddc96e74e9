"""A stage for one fault: a block with people, an ordinary past, and the means to do one thing wrong.

What goes wrong is told by the faults themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.demo.amounts import SIZE, prices
from pipelines.demo.hours import DAY, FIRST, HOUR
from pipelines.demo.people import User, Wallet
from pipelines.demo.rows import entity, funding, key, tail

if TYPE_CHECKING:
    from pipelines.demo.block import Block
    from pipelines.demo.staff import Staff

_DESCRIPTIONS = {"DEPOSIT": "Card top-up", "WITHDRAWAL": "Withdrawal to bank account"}
_SCALE = 4
_EARLIEST, _LATEST = 6 * DAY, 130 * DAY


class Posted(NamedTuple):
    """A transaction on the stage."""

    transaction_id: str
    amount: int
    ms: int


class Stage:
    """People and what they do, in time order; all of it settles and is applied unless a fault says not."""

    def __init__(self, block: Block, staff: Staff) -> None:
        """Begin at some moment of the ledger's first months."""
        self.block = block
        self.staff = staff
        self.now = FIRST + block.random.randrange(_EARLIEST, _LATEST)

    def user(self) -> User:
        """Add a user."""
        return self.block.add_user()

    def wallet(self, currency: str, user: User | None = None) -> Wallet:
        """Add a wallet, of a user of its own unless one is named."""
        return self.block.add_wallet(user or self.user(), currency)

    def stranger(self, currency: str) -> Wallet:
        """Return a wallet that is in no table, and neither is its user."""
        nobody = User(self.block.mints["users"].one(), "", "", "", FIRST)
        return Wallet(self.block.mints["wallets"].one(), nobody, currency, born=FIRST)

    def price(self, currency: str) -> int:
        """Return an ordinary amount."""
        return prices(currency, self.block.flavour, _SCALE)[self.block.random.randrange(SIZE)]

    def later(self, days: float = 3.0) -> int:
        """Let about so many days pass."""
        self.now += int(DAY * days * self.block.random.uniform(0.3, 1.0)) + HOUR
        return self.now

    def key(self, what: str) -> str:
        """Return a key nobody else has."""
        return f"{what}_{self.now}_{self.block.name}{self.block.rows}"

    def fund(self, wallet: Wallet) -> Posted:
        """Open a wallet with its initial funding, a few days later."""
        return self.fund_at(wallet, self.later())

    def fund_at(self, wallet: Wallet, ms: int) -> Posted:
        """Open a wallet with its initial funding at that very instant."""
        self.block.open_wallet(wallet, ms)
        amount = self.price(wallet.currency)
        by, members = funding(wallet.user.user_id, wallet.user.clerk, ms, wallet.currency)
        return Posted(self.block.post(wallet, amount, ms, by, members), amount, ms)

    def deposit(self, wallet: Wallet, amount: int = 0, own: str = "") -> Posted:
        """Pay into a wallet from outside; `own` is a key to be used as it is."""
        return self.post(wallet, amount or self.price(wallet.currency), "DEPOSIT", own)

    def withdraw(self, wallet: Wallet, amount: int = 0) -> Posted:
        """Take out of a wallet: unless told how much, a third of what there is."""
        return self.post(wallet, -(amount or min(wallet.settled, wallet.recorded) // 3), "WITHDRAWAL")

    def post(self, wallet: Wallet, amount: int, kind: str, own: str = "", ms: int = 0) -> Posted:
        """Write a settled transaction of any type, a few days later or at `ms`."""
        ms = ms or self.later()
        by = wallet.user.acts_as if amount < 0 else self.creator()
        text = _DESCRIPTIONS.get(kind, kind.capitalize())
        members = tail(kind, text, key(own or self.key(kind.lower())))
        return Posted(self.block.post(wallet, amount, ms, by, members), amount, ms)

    def attempt(self, wallet: Wallet, amount: int, status: str) -> Posted:
        """Write a deposit that did not settle."""
        ms = self.later()
        members = tail("DEPOSIT", "Deposit attempt", key(self.key("attempt")), status)
        return Posted(self.block.append(wallet, amount, ms, "system", members), amount, ms)

    def past(self, wallet: Wallet) -> None:
        """Give a wallet an ordinary past: funding, deposits, a withdrawal."""
        self.fund(wallet)
        self.deposit(wallet)
        self.withdraw(wallet)
        self.deposit(wallet)

    def payable(self, currency: str) -> tuple[Wallet, Wallet]:
        """Return two users' wallets with a past, ready to pay each other."""
        source, target = self.wallet(currency), self.wallet(currency)
        self.past(source)
        self.fund(target)
        return source, target

    def legs(self, *legs: tuple[Wallet, int, str], keyed: bool = True) -> list[Posted]:
        """Write the legs of one transfer, the debit first: wallet, amount and status of each."""
        ms = self.later()
        own, gig = self.key("transfer"), entity(f"gig-{self.block.index}-0")
        by = legs[0][0].user.acts_as
        posted = []
        for wallet, amount, status in legs:
            members = (key(own if amount < 0 else f"{own}-credit") if keyed else "") + gig
            write = self.block.post if status == "COMPLETED" else self.block.append
            row_id = write(wallet, amount, ms, by, tail("TRANSFER", "Logo design", members, status))
            posted.append(Posted(row_id, amount, ms))
        return posted

    def creator(self) -> str:
        """Return who credits wallets: an admin's hand in the gigsy flavour, the system in the model."""
        return self.staff.admins[0].acts_as if self.block.flavour == "gigsy" else "system"
