"""A block: one stretch of the id space, and the users, wallets, projections and transactions in it.

Blocks leave one after another in ascending order, so an export of any size is written without sorting it.
What happens in a block is decided by those who fill it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pipelines.demo.chance import generator
from pipelines.demo.ids import Mint
from pipelines.demo.people import (
    FRACTIONS,
    Projection,
    User,
    Wallet,
    projection_document,
    user_document,
    wallet_document,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Flavour = Literal["gigsy", "model"]

# The tables of the export and their numbers, as a deployment gives them out.
TABLES: Final = {
    "users": 10001,
    "gigs": 10002,
    "skills": 10003,
    "wallets": 10004,
    "transactions": 10005,
    "walletBalances": 10006,
}
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# fmt: off
_FIRST_NAMES = ("Nour", "Mariam", "Omar", "Youssef", "Salma", "Ahmed", "Laila", "Karim", "Habiba", "Tarek",
                "Mona", "Ziad", "Farida", "Hassan", "Jana", "Mahmoud", "سارة", "خالد")
_LAST_NAMES = ("Hassan", "Fathy", "Mansour", "Saleh", "Nabil", "Gamal", "Adel", "Shawky", "Zaki", "Rizk")
# fmt: on


class Block:
    """What lies in part `index` of `count` of the id space."""

    def __init__(self, flavour: Flavour, seed: int, index: int, count: int) -> None:
        """Begin an empty block; all its chance comes from flavour, seed and index."""
        self.flavour: Flavour = flavour
        self.pioneer = False
        """Whether its life begins with the ledger's."""
        self.index = index
        self.lag = 0
        """How long after its date a transaction is created, in ms."""
        self.name = f"{index:x}z"
        """What begins the last part of every key made here."""
        self.random = generator(flavour, seed, index)
        self.users: list[User] = []
        self.wallets: list[Wallet] = []
        self.projections: list[Projection] = []
        self.mints = {name: Mint(number, index, count, self.random) for name, number in TABLES.items()}
        self._ids: list[str] = []
        self._lines: list[str] = []
        self._chance = self.random.random
        self._fraction = 0

    @property
    def rows(self) -> int:
        """How many transactions the block has so far."""
        return len(self._lines)

    def mint(self, rows: int) -> None:
        """Make the ids of the next transactions in one go."""
        self._ids.extend(self.mints["transactions"].many(rows))

    def post(self, wallet: Wallet, amount: int, ms: int, by: str, tail: str) -> str:
        """Append a settled transaction, apply it to the wallet and its projection, and return its id.

        `tail` has the members after the currency, from `rows.tail`.
        """
        wallet.settled += amount
        wallet.recorded += amount
        wallet.last = ms
        return self.append(wallet, amount, ms, by, tail)

    def append(self, wallet: Wallet, amount: int, ms: int, by: str, tail: str) -> str:
        """Append a transaction that moves neither ledger nor projection, and return its id."""
        if wallet.touched != ms:
            if not wallet.born:
                self.open_wallet(wallet, ms - 60_000 - int(self._chance() * 3 * 86_400_000))
            wallet.touched = ms
        lines = self._lines
        row = len(lines)
        if row == len(self._ids):
            self.mint(64)
        row_id = self._ids[row]
        self._fraction = (self._fraction + 1 + int(self._chance() * 97)) & 4095
        lines.append(
            f'{{"_creationTime":{ms + self.lag}.{FRACTIONS[self._fraction]},"_id":"{row_id}","amount":{amount}.0,'
            f'"createdAt":{ms}.0,"createdBy":"{by}","currency":"{wallet.currency}"{tail},'
            f'"walletId":"{wallet.wallet_id}"}}\n'
        )
        return row_id

    def add_user(self, **differently: object) -> User:
        """Add a user, not yet born; keywords set other fields of User."""
        user_id = self.mints["users"].one()
        clerk = "user_2" + "".join(self.random.choices(_BASE62, k=26))
        name = f"{self.random.choice(_FIRST_NAMES)} {self.random.choice(_LAST_NAMES)}"
        user = User(user_id, clerk, name, clerk if self.flavour == "gigsy" else user_id, 0)
        for field, value in differently.items():
            setattr(user, field, value)
        self.users.append(user)
        return user

    def add_wallet(self, user: User, currency: str) -> Wallet:
        """Add a wallet, not yet born: its first row or `open_wallet` gives it a birthday."""
        wallet = Wallet(self.mints["wallets"].one(), user, currency)
        self.wallets.append(wallet)
        return wallet

    def open_wallet(self, wallet: Wallet, ms: int) -> None:
        """Let a wallet be created at `ms`, after its user."""
        wallet.born = ms
        if not wallet.user.born or wallet.user.born > ms - 2_000:
            wallet.user.born = ms - 2_000 - int(self._chance() * 1_000_000)

    def project(self) -> None:
        """Write the projections, and into the caches what is recorded (unless they say something already)."""
        for wallet in self.wallets:
            if not wallet.projected:
                continue
            self.add_projection(wallet, wallet.currency, wallet.recorded)
            user = wallet.user
            if user.caching and (wallet.recorded or self._chance() < 0.5):  # noqa: PLR2004 - half the zeros
                user.cached.setdefault(wallet.currency, wallet.recorded)

    def add_projection(self, wallet: Wallet, currency: str, balance: int) -> Projection:
        """Add a row of walletBalances for a wallet, whatever that wallet has already."""
        updated = wallet.updated or wallet.last or wallet.born
        born = min(updated, wallet.born + 500)
        projection_id = self.mints["walletBalances"].one()
        moved = bool(wallet.last)
        projection = Projection(projection_id, wallet.wallet_id, currency, balance, born, updated, moved)
        self.projections.append(projection)
        return projection

    def documents(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each table's name and its lines, ascending by id."""
        users = [(one.user_id, user_document(one, self._any_fraction())) for one in self.users]
        wallets = [(one.wallet_id, wallet_document(one, self._any_fraction())) for one in self.wallets]
        projections = [(one.projection_id, projection_document(one, self._any_fraction())) for one in self.projections]
        for name, keyed in (("users", users), ("wallets", wallets), ("walletBalances", projections)):
            yield name, [line for _, line in sorted(keyed)]
        ids, lines = self._ids, self._lines
        yield "transactions", [lines[row] for row in sorted(range(len(lines)), key=ids.__getitem__)]

    def _any_fraction(self) -> str:
        return FRACTIONS[int(self._chance() * 4096)]
