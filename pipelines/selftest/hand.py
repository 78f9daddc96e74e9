"""The hand that plants: it takes wallets of the copy, or makes new ones, and writes rows that the application would.

What goes in: acts that leave everything in order unless told not to, and the footprint of each fault. What stays out:
what is wrong (plants_...). A wallet belongs to one fault, with its user and all of the user's wallets.
"""

from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from assets.promises import IDENTIFIERS
from pipelines.selftest.ground import DAY, YOUTH, Account, Ground
from pipelines.selftest.tables import Row, owner_of
from pipelines.selftest.wording import PLAIN, ordinary, worded

PAST = 9
"""Ordinary rows of a new wallet."""
FIRST_ID = 8_100_000_000_000_000
"""Where new ids begin, where the source's ids are integers."""


class Hand(Ground):
    """Everything a fault may do to one copy."""

    def real(self, currency: str | None = None, rows: int = 3) -> Account:
        """Take a wallet of the ledger that has a past and is in order, or else a new one."""
        wanted = currency or self.currency()
        for place, owner in enumerate(self.untouched):
            for wallet in self.by_owner[owner]:
                if wallet["currency"] == wanted and self._fits(wallet, rows):
                    del self.untouched[place]
                    return self._account(wallet)
        return self.newcomer(wanted)

    def newcomer(self, currency: str | None = None, user: Row | None = None, *, admin: bool = False) -> Account:
        """Make a user with a wallet and an ordinary past, or another wallet of a user."""
        currency, began = currency or self.currency(), self.cut - YOUTH
        owner = user or self.user(admin=admin)
        wallet = {
            "wallet_id": self.mint("wallets"),
            "user_id": owner["user_id"],
            "currency": currency,
            "balance": 0,
            "is_active": True,
            "updated_at": began,
            "source_created_at": began,
        }
        self.add("wallets", wallet)
        projection = self.add_projection(str(wallet["wallet_id"]), currency, 0, began)
        cache = self.add_cache(owner, currency)
        account = Account(wallet, owner if self.mapping.has("users") else None, projection, cache, began)
        self._note(account)
        for _ in range(PAST):
            self.deposit(account)
        return account

    def user(self, *, admin: bool = False) -> Row:
        """Make a user without wallets."""
        made = {
            "user_id": self.mint("users"),
            "login_id": self.mint("users", "login_id"),
            "is_admin": admin,
            "kyc_passed_at": self.cut - YOUTH - DAY,
            "source_created_at": self.cut - YOUTH - DAY,
        }
        self.add("users", made)
        self.footprint.ids |= {str(made["user_id"]), str(made["login_id"])}
        return made

    def _fits(self, wallet: Row, rows: int) -> bool:
        """Tell whether a wallet of the ledger is an ordinary one with a past."""
        mine = self.of("transactions", wallet["wallet_id"])
        settled = [row for row in mine if self.is_settled(row)]
        alike = all(row["currency"] == wallet["currency"] for row in mine)
        if len(settled) < rows or not alike or wallet.get("is_active") is False:
            return False
        account = self._account(wallet, noted=False)
        if self.mapping.has("wallet_balances") and account.projection is None:
            return False
        if self.mapping.has("users") and (account.user is None or account.user.get("deleted_at")):
            return False
        if self.mapping.has("user_balances") and account.cache is None:
            return False
        recorded = account.projection["recorded"] if account.projection else None
        return self.ledger(account) > 0 and recorded in (None, self.ledger(account))

    def _account(self, wallet: Row, *, noted: bool = True) -> Account:
        owner, wallet_id = owner_of(wallet), wallet["wallet_id"]
        last = max((row["created_at"] for row in self.of("transactions", wallet_id)), default=self.cut - YOUTH)
        account = Account(
            wallet,
            _only(self.of("users", owner)),
            _only(self.of("wallet_balances", wallet_id)),
            _only(self.of("user_balances", owner, wallet["currency"])),
            last.astimezone(UTC).replace(microsecond=0),
        )
        if noted:
            self._note(account)
        return account

    def _note(self, account: Account) -> None:
        self.footprint.ids |= {account.owner, *(wallet["wallet_id"] for wallet in self.by_owner[account.owner])}
        self.footprint.currencies.add(account.currency)

    def add(self, table: str, row: Row) -> None:
        """Write a row of a table that the source has."""
        if table in self.rows:
            self.rows[table].append(row)
            self.index(table, row)

    def mint(self, table: str, column: str | None = None) -> str:
        """Return an id that nothing has, as the source spells ids of a table."""
        self.made += 1
        ours = column or IDENTIFIERS[table]
        spelled = self.mapping.present()[table].present().get(ours) if table in self.mapping.present() else None
        if spelled and spelled.type in ("uuid", "int64"):
            number = Random(f"{self.seed}/{self.label}/{self.made}").getrandbits(128)  # noqa: S311 - an id, not a secret
            return str(UUID(int=number, version=4)) if spelled.type == "uuid" else str(FIRST_ID + number % 10**14)
        return f"selftest-{self.label}-{self.made}"

    def entity(self, *, needed: bool = False) -> dict[str, Any]:
        """Return a new related entity as a column of a row; nothing where the source has none."""
        if needed:
            self.need("transactions.related_id")
        if not self.mapping.has("transactions.related_id"):
            return {}
        entity = self.mint("transactions", "related_id")
        self.footprint.ids.add(entity)
        return {"related_id": entity}

    def authorised(self) -> str | None:
        """Return somebody who may write any row: one whom the configuration names, or else an admin."""
        if not self.mapping.has("transactions.created_by"):
            return None
        if named := [name for name in self.mapping.creators.authorised if "%" not in name]:
            return named[0]
        return str(self.user(admin=True)["user_id"])

    def deposit(self, account: Account, amount: int | None = None, at: datetime | None = None, **more: Any) -> Row:  # noqa: ANN401 - as `post` has it
        """Pay into an account from outside."""
        return self.post(account, "DEPOSIT", amount or self.price(account.currency), at, **more)

    def withdraw(self, account: Account, amount: int, at: datetime | None = None, **more: Any) -> Row:  # noqa: ANN401 - as `post` has it
        """Take out of an account."""
        return self.post(account, "WITHDRAWAL", -amount, at, **{"by": account.owner, **more})

    def post(
        self,
        account: Account,
        kind: str,
        amount: int,
        at: datetime | None = None,
        *,
        applied: bool = True,
        **more: Any,  # noqa: ANN401 - columns of any type
    ) -> Row:
        """Write a transaction, a day after the account's last unless told when, and let all balances follow it.

        `more` are columns that are to be other than ordinary; `by` stands for `created_by`, `reason` for what an
        adjustment says.
        """
        kind = ordinary(self.mapping, kind)
        how = worded(self.mapping, kind)
        at = at or min(account.now + DAY, self.cut)
        account.now = max(account.now, at)
        row: Row = {
            "transaction_id": self.mint("transactions"),
            "wallet_id": account.wallet_id,
            "amount": amount,
            "currency": account.currency,
            "type": how.type,
            "status": self.settled_status(),
            "created_at": at,
            "source_created_at": min(at, self.cut),
            "created_by": how.created_by or more.pop("by", None) or self.authorised(),
            "idempotency_key": f"{how.key}{self.mint('transactions', 'idempotency_key')}",
            "description": f"{how.description} {more.pop('reason', PLAIN)}".lstrip(" "),
            "kind": kind,
            "transfer_id": None,
        }
        more.pop("by", None)
        row |= more
        self.add_transaction(row)
        if applied and self.is_settled(row) and row["currency"] == account.currency:
            self.move(account, amount, at)
        return row

    def add_transaction(self, row: Row) -> Row:
        """Write a transaction as it is."""
        self.add("transactions", row)
        self.footprint.ids |= {str(row["transaction_id"]), str(row["wallet_id"])}
        self.footprint.currencies.add(row["currency"])
        return row

    def move(self, account: Account, amount: int, at: datetime | None = None) -> None:
        """Let everything recorded of an account follow its ledger."""
        self.move_recorded(account, amount, at)
        self.move_cached(account, amount)
        self.move_total(account, amount)

    def move_recorded(self, account: Account, amount: int, at: datetime | None = None) -> None:
        """Change the projection alone."""
        if account.projection is not None:
            account.projection["recorded"] += amount
            if at and account.projection.get("updated_at"):
                account.projection["updated_at"] = max(account.projection["updated_at"], at)

    def move_cached(self, account: Account, amount: int) -> None:
        """Change the cache alone."""
        if account.cache is not None:
            account.cache["cached"] += amount

    def move_total(self, account: Account, amount: int) -> None:
        """Change the wallet's own total alone."""
        if account.wallet.get("balance") is not None:
            account.wallet["balance"] += amount

    def add_projection(self, wallet_id: str, currency: str, recorded: int, at: datetime) -> Row | None:
        """Record a balance, where the source does."""
        if not self.mapping.has("wallet_balances"):
            return None
        made = {
            "projection_id": self.mint("wallet_balances"),
            "wallet_id": wallet_id,
            "currency": currency,
            "recorded": recorded,
            "updated_at": at,
            "source_created_at": min(at, self.cut),
        }
        self.add("wallet_balances", made)
        self.footprint.ids.add(str(made["projection_id"]))
        return made

    def add_cache(self, user: Row, currency: str) -> Row | None:
        """Return a user's entry of the cache, made where there is none; nothing where the source has no cache."""
        if not self.mapping.has("user_balances"):
            return None
        if known := self.of("user_balances", user["user_id"], currency):
            return known[0]
        made = {"user_id": user["user_id"], "currency": currency, "cached": 0}
        made["source_created_at"] = user["source_created_at"]
        self.add("user_balances", made)
        return made

    def drop(self, table: str, row: Row) -> None:
        """Remove a row, that very one."""
        kept = [each for each in self.rows[table] if each is not row]
        self.rows[table][:] = kept
        self.forget(table, row)


def _only(rows: list[Row]) -> Row | None:
    return rows[0] if len(rows) == 1 else None
