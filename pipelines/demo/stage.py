"""A stage for one fault: a block with people, an ordinary past, and the means to do one thing wrong.

What goes wrong is told by the faults themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.demo.amounts import SIZE, prices
from pipelines.demo.hours import DAY, FIRST, HOUR
from pipelines.demo.people import User, Wallet
from pipelines.demo.rows import adjustment_key, entity, funding, key, tail

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


@dataclass(frozen=True)
class Draft:
    """What a fault says of a transaction before it is written; the stage fills in the rest."""

    kind: str
    by: str = ""
    """The creator: unless said, the owner of a debit, and who credits wallets of a credit."""
    text: str = ""
    own: str = ""
    """A key to be used as it is."""
    keyed: bool = True
    about: str = ""
    """The members of the related entity."""
    status: str = "COMPLETED"


class Stage:
    """People and what they do, in time order; all of it settles and is applied unless a fault says not."""

    def __init__(self, block: Block, staff: Staff) -> None:
        """Begin at some moment of the ledger's first months."""
        self.block = block
        self.staff = staff
        self.now = FIRST + block.random.randrange(_EARLIEST, _LATEST)
        self.transferred: Counter[str] = Counter()
        """What the settled legs of transfers sum to, by currency."""

    def user(self, **differently: object) -> User:
        """Add a user; keywords set fields of User."""
        return self.block.add_user(**differently)

    def wallet(self, currency: str, user: User | None = None) -> Wallet:
        """Add a wallet, of a user of its own unless one is named."""
        return self.block.add_wallet(user or self.user(), currency)

    def nobody(self) -> User:
        """Return a user who is in no table."""
        user = self.user(born=FIRST)
        self.block.users.remove(user)
        return user

    def stranger(self, currency: str) -> Wallet:
        """Return a wallet that is in no table, and neither is its user."""
        return Wallet(self.block.mints["wallets"].one(), self.nobody(), currency, born=FIRST)

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
        return self.write(wallet, amount, Draft(kind, own=own), ms)

    def attempt(self, wallet: Wallet, amount: int, status: str) -> Posted:
        """Write a deposit or a withdrawal that did not settle."""
        kind = "DEPOSIT" if amount > 0 else "WITHDRAWAL"
        return self.write(wallet, amount, Draft(kind, "system", f"{kind.capitalize()} attempt", status=status))

    def adjust(self, wallet: Wallet, amount: int, draft: Draft, ms: int = 0) -> Posted:
        """Write an adjustment as the flavour spells it: an admin's, for a reason, unless the draft says otherwise."""
        ms = ms or self.later()
        kind, own = draft.kind, draft.own
        if self.block.flavour == "gigsy":
            kind = "DEPOSIT" if amount > 0 else "WITHDRAWAL"
            own = own or adjustment_key(self.block.index, self.block.rows, ms)
        text = draft.text or "Admin adjustment: Goodwill after support case"
        by = draft.by or self.staff.admins[0].acts_as
        return self.write(wallet, amount, replace(draft, kind=kind, own=own, text=text, by=by), ms)

    def write(self, wallet: Wallet, amount: int, draft: Draft, ms: int = 0) -> Posted:
        """Write a transaction a few days later or at `ms`; unless it settled, it moves nothing."""
        ms = ms or self.later()
        by = draft.by or (wallet.user.acts_as if amount < 0 else self.creator())
        text = draft.text or _DESCRIPTIONS.get(draft.kind, draft.kind.capitalize())
        members = (key(draft.own or self.key(draft.kind.lower())) if draft.keyed else "") + draft.about
        enter = self.block.post if draft.status == "COMPLETED" else self.block.append
        row_id = enter(wallet, amount, ms, by, tail(draft.kind, text, members, draft.status))
        return Posted(row_id, amount, ms)

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

    def legs(self, *legs: tuple[Wallet, int, str], keyed: bool = True, by: str = "", ms: int = 0) -> list[Posted]:
        """Write the legs of one transfer, the debit first: wallet, amount and status of each."""
        ms = ms or self.later()
        own, gig = self.key("transfer"), entity(f"gig-{self.block.index}-0")
        draft = Draft("TRANSFER", by or legs[0][0].user.acts_as, "Logo design", keyed=keyed, about=gig)
        posted = []
        for place, (wallet, amount, status) in enumerate(legs):
            leg = replace(draft, own=f"{own}-credit" if place else own, status=status)
            posted.append(self.write(wallet, amount, leg, ms))
            self.transferred[wallet.currency] += amount if status == "COMPLETED" else 0
        return posted

    def creator(self) -> str:
        """Return who credits wallets: an admin's hand in the gigsy flavour, the system in the model."""
        return self.staff.admins[0].acts_as if self.block.flavour == "gigsy" else "system"
