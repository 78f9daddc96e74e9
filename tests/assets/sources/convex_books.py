"""A ledger in the double of a Convex deployment, written as the application does it, and as it should not be.

What goes in: commits at random with a fixed seed. What stays out: reading them (convex_shop).
"""

from random import Random
from typing import Any

from tests.convex_double.deployment import Deployment

SECRET_FIELDS = {"email": "someone@example.org", "name": "Someone"}
"""What a user's document has and no reading may fetch."""


class Books:
    """Writes a ledger as the application does, and as it should not."""

    def __init__(self, deployment: Deployment, seed: int = 1) -> None:
        """Begin with wallets, their projections and their owners."""
        self.deployment, self._random = deployment, Random(seed)  # noqa: S311 - a fixed seed
        self.wallets: list[str] = []
        self.projections: dict[str, str] = {}
        self.transactions: list[str] = []
        for table in ("transactions", "walletBalances", "gigs"):
            deployment.create_table(table)
        for number in range(6):
            user = deployment.insert("users", {"balances": [], "clerkId": f"clerk-{number}", **SECRET_FIELDS})
            wallet = {"balance": 0.0, "currency": "EGP", "isActive": True, "updatedAt": 1.5e12, "userId": user}
            self.wallets.append(deployment.insert("wallets", wallet))

    def deposit(self, amount: Any = None, wallet: str | None = None, **more: object) -> str:  # noqa: ANN401 - any value
        """Commit a transaction with its projection."""
        wallet = wallet or self._random.choice(self.wallets)
        amount = float(self._random.randrange(1, 5000)) if amount is None else amount
        held = self._recorded(wallet) + (amount if isinstance(amount, float) and amount < 1e9 else 0.0)
        projection = {"balance": held, "currency": "EGP", "lastUpdated": 1.7e12, "walletId": wallet}
        transaction = {
            "amount": amount,
            "createdAt": 1735689600000.0 + self._random.randrange(10**9),
            "createdBy": "system",
            "currency": "EGP",
            "type": "DEPOSIT",
            "walletId": wallet,
            **more,
        }
        deployment = self.deployment
        with deployment.lock:
            ts = deployment.mutate(
                [("walletBalances", self.projections.get(wallet), projection), ("transactions", None, transaction)]
            )
            self.projections[wallet] = self._last("walletBalances", ts)
            self.transactions.append(self._last("transactions", ts))
        return self.transactions[-1]

    def work(self, commits: int) -> None:
        """Commit deposits, changes of users, and now and then what breaks a ledger."""
        for _ in range(commits):
            chance = self._random.random()
            if chance < 0.7 or len(self.transactions) < 3:
                self.deposit()
            elif chance < 0.8:
                user = self._random.choice(self.deployment.documents("users"))
                entries = [{"amount": 5.0, "currency": "EGP"}] * self._random.randrange(3)
                self.deployment.replace("users", user["_id"], {**user, "balances": entries})
            elif chance < 0.9:
                transaction = self._random.choice(self.deployment.documents("transactions"))
                self.deployment.replace("transactions", transaction["_id"], {**transaction, "amount": 7.0})
            else:
                gone = self._random.choice(self.deployment.documents("transactions"))
                self.deployment.delete("transactions", gone["_id"])

    def reimport(self, table: str, documents: list[dict[str, Any]] | None = None) -> None:
        """Replace a table by other documents, or by its own."""
        self.deployment.import_replace(table, documents or self.deployment.documents(table), block=3)

    def _recorded(self, wallet: str) -> float:
        projection = self.projections.get(wallet)
        held = {one["_id"]: one for one in self.deployment.documents("walletBalances")}
        return float(held[projection]["balance"]) if projection in held else 0.0

    def _last(self, table: str, ts: int) -> str:
        log = self.deployment.log
        start = log.end(ts - 1)
        return next(log.ids[at] for at in range(start, len(log.ts)) if log.tablets[at].name == table)
