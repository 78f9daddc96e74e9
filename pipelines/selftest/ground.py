"""The ground a fault is planted in: what the copy has, and what the configuration says of it.

What goes in: questions. What stays out: changing anything (hand).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from assets.mapping import Mapping
from assets.promises import MONEY
from pipelines.selftest.fault import Footprint, NotHereError
from pipelines.selftest.source import Telling
from pipelines.selftest.tables import Row, Tables, owner_of

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
PRICE = 10_000
"""An ordinary amount in the smallest units that can be written."""
CURRENCIES = 4
"""Of how many currencies wallets are taken in turn."""
YOUTH = timedelta(days=100)
"""How long before the cut a new wallet begins."""
KEYS = {
    "transactions": "wallet_id",
    "wallets": "wallet_id",
    "wallet_balances": "wallet_id",
    "users": "user_id",
    "user_balances": "user_id",
}
"""By what the rows of each table are looked up."""


@dataclass(eq=False)
class Account:
    """A wallet with its user, its projection and its entry in the cache, where the source has them."""

    wallet: Row
    user: Row | None
    projection: Row | None
    cache: Row | None
    now: datetime
    """When its last row was written."""

    @property
    def wallet_id(self) -> str:
        """Its id."""
        return str(self.wallet["wallet_id"])

    @property
    def currency(self) -> str:
        """Its currency."""
        return str(self.wallet["currency"])

    @property
    def owner(self) -> str:
        """Whose it is."""
        return owner_of(self.wallet)

    @property
    def balance(self) -> tuple[str, str]:
        """What names its balance."""
        return self.wallet_id, self.currency


class Ground:
    """The rows of one copy, and what there is among them."""

    def __init__(self, mapping: Mapping, tables: Tables, telling: Telling, untouched: Sequence[str], seed: int) -> None:
        """Take the rows that are to be changed, and the owners whose rows are in order."""
        self.mapping, self.tables, self.telling, self.seed = mapping, tables, telling, seed
        self.rows = tables.rows
        self.random, self.footprint, self.label, self.made, self.turn = Random(seed), Footprint(), "", 0, 0  # noqa: S311 - chances, not secrets
        self.untouched = list(untouched)
        self._found: dict[str, dict[str, list[Row]]] = {name: defaultdict(list) for name in KEYS}
        self.by_owner: dict[str, list[Row]] = defaultdict(list)
        for name in self._found:
            for row in self.rows.get(name, ()):
                self.index(name, row)
        self.cut = tables.cut_at.astimezone(UTC).replace(microsecond=0)
        self.since = self.cut
        """The cut of the export before, where there is one."""
        self.second: list[Row] = []
        """What the second engine computed: wallet_id, wallet_key, currency and ledger of every balance."""

    def begin(self, label: str, turn: int) -> None:
        """Begin another fault, with a footprint of its own and chances that no other fault changes."""
        self.label, self.made, self.turn = label, 0, turn
        self.random, self.footprint = Random(f"{self.seed}/{label}"), Footprint()  # noqa: S311 - likewise

    def index(self, name: str, row: Row) -> None:
        """Let a row be found."""
        self._found[name][row[KEYS[name]]].append(row)
        if name == "wallets":
            self.by_owner[owner_of(row)].append(row)

    def of(self, name: str, key: str, currency: str | None = None) -> list[Row]:
        """Return the rows of a table that belong to a wallet or user, of one currency if asked."""
        return [row for row in self._found[name][key] if currency is None or row["currency"] == currency]

    def need(self, *columns: str) -> None:
        """Raise NotHereError unless the source has these columns or tables."""
        for column in columns:
            if not self.mapping.has(column):
                message = f"the configuration says that this source has no {column.replace('.', '.columns.')}"
                raise NotHereError(message)

    def currencies(self) -> list[str]:
        """Return the known currencies of the copy, those of most wallets first."""
        known = Counter(row["currency"] for row in self.rows["wallets"] if row["currency"] in self.mapping.currencies)
        return sorted(known, key=lambda each: (-known[each], each))[:CURRENCIES] or list(self.mapping.currencies)[:1]

    def currency(self) -> str:
        """Return the currency whose turn it is."""
        every = self.currencies()
        return every[self.turn % len(every)]

    def another_currency(self, currency: str) -> str:
        """Return a known currency that is another one."""
        for other in [*self.currencies(), *self.mapping.currencies]:
            if other != currency:
                return other
        message = "the configuration knows one currency only"
        raise NotHereError(message)

    def unit(self, currency: str) -> int:
        """Return the least amount that the source can write: one minor unit, unless it counts whole major ones."""
        columns = [table.columns.get(MONEY[name]) for name, table in self.mapping.present().items() if name in MONEY]
        whole = any(column and column.unit == "major" and column.type == "int64" for column in columns)
        return 10 ** self.mapping.currencies[currency] if whole else 1

    def price(self, currency: str) -> int:
        """Return an ordinary amount, not always the same."""
        return (PRICE + self.random.randrange(100, 1_000)) * self.unit(currency)

    def is_settled(self, row: Row) -> bool:
        """Tell whether a transaction counts."""
        return row.get("status") is None or row["status"] in self.mapping.statuses.settled

    def is_external(self, row: Row) -> bool:
        """Tell whether a transaction concerns no other wallet and no entity."""
        policy = self.mapping.kinds.get(row["kind"])
        return policy is not None and policy.flow == "external"

    def ledger(self, account: Account) -> int:
        """Return what an account's settled rows sum to."""
        mine = self.of("transactions", account.wallet_id, account.currency)
        return sum(int(row["amount"]) for row in mine if self.is_settled(row)) + int(account.wallet.get("opening") or 0)

    def part(self, account: Account) -> int:
        """Return about a quarter of what an account holds."""
        unit = self.unit(account.currency)
        return max(self.ledger(account) // 4 // unit, 1) * unit

    def first_instant(self) -> datetime:
        """Return when the first row of the ledger was written, to the second."""
        first = min((row["created_at"] for row in self.rows["transactions"]), default=self.cut - YOUTH)
        return first.astimezone(UTC).replace(microsecond=0)

    def month_border(self) -> datetime:
        """Return the instant at which the month of the cut began."""
        there = self.cut.astimezone(ZoneInfo(self.mapping.zone))
        return there.replace(day=1, hour=0, minute=0, second=0).astimezone(UTC)

    def kind(self, flow: str) -> str:
        """Return the first kind of a flow; raise NotHereError where there is none."""
        found = [kind for kind, policy in self.mapping.kinds.items() if policy.flow == flow and policy.types]
        if found:
            return found[0]
        message = f"the configuration has no kind of transaction whose flow is {flow}"
        raise NotHereError(message)

    def settled_status(self) -> str | None:
        """Return a status that counts; none where the source has no statuses."""
        if self.mapping.has("transactions.status") and self.mapping.statuses.settled:
            return self.mapping.statuses.settled[0]
        return None

    def unsettled_status(self) -> str:
        """Return a status that does not count."""
        self.need("transactions.status")
        if self.mapping.statuses.unsettled:
            return self.mapping.statuses.unsettled[0]
        message = "the configuration lists no unsettled status"
        raise NotHereError(message)

    def forget(self, name: str, row: Row) -> None:
        """Let a row be found no more."""
        found = self._found[name][row[KEYS[name]]]
        found[:] = [each for each in found if each is not row]
