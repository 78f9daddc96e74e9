"""An application at work: threads that deposit, withdraw and transfer at full speed while an auditor reads.

What they draw is seeded; how their transactions interleave is not. Among them are transactions held open, so that rows
appear later than their time says, transactions rolled back, savepoints kept and rolled back, and requests that the
ledger refuses.
"""

import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg

REFUSALS = frozenset(
    {"INSUFFICIENT_BALANCE", "WALLET_NOT_FOUND", "CURRENCY_MISMATCH", "INVALID_AMOUNT", "DUPLICATE_TRANSACTION"}
)
ROLLED_BACK = 0.05
HELD_OPEN = 0.05
HELD_SECONDS = (0.002, 0.02)
MOST = 10_000
"""Minor units in one transaction; wallets are expected to hold so much more that none is ever emptied."""
TOO_MUCH = 10**18
WALLETS = """
    SELECT id, currency FROM (SELECT id, currency FROM wallets WHERE active ORDER BY id LIMIT 10000) AS chosen
    ORDER BY currency, id
"""
"""By currency, as transfers are between neighbours."""

Wallet = tuple[uuid.UUID, str]
"""Its id and currency."""


@dataclass
class Counts:
    """What was done: transactions committed and the ledger entries in them, rolled back on purpose, refused.

    Every refusal has its place from the beginning, as counts are summed while they are counted.
    """

    commits: int = 0
    entries: int = 0
    rollbacks: int = 0
    refused: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(REFUSALS, 0)))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.commits + other.commits,
            self.entries + other.entries,
            self.rollbacks + other.rollbacks,
            self.refused + other.refused,
        )


class Writers:
    """Write to the active wallets of a ledger from entering to `stop`, or to leaving.

    With `split_projection_update` an entry and its projection are two transactions, as in an application that is
    wrong: a cut between them shows drift, and after `stop` there is none.
    """

    def __init__(self, dsn: str, threads: int = 4, seed: int = 1, *, split_projection_update: bool = False) -> None:
        with psycopg.connect(dsn) as connection:
            wallets = connection.execute(WALLETS).fetchall()
        if len(wallets) < 2:
            message = "there are no wallets to transfer between: open some, or fill the ledger"
            raise ValueError(message)
        self._stopping = threading.Event()
        self._writers = [_Writer(dsn, wallets, f"{seed}-{n}", split=split_projection_update) for n in range(threads)]
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Self:
        """Return at once; the first commits follow when the threads have connected."""
        self._done = [self._pool.submit(writer.write_until, self._stopping) for writer in self._writers]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def counts(self) -> Counts:
        """What is done so far."""
        return sum((writer.counts for writer in self._writers), Counts())

    def stop(self) -> Counts:
        """Let every writer finish what it is at; raise what any of them failed by."""
        self._stopping.set()
        self._pool.shutdown()
        for done in self._done:
            done.result()
        return self.counts


class _Writer:
    """One thread's work, over one connection."""

    def __init__(self, dsn: str, wallets: list[Wallet], seed: str, *, split: bool) -> None:
        self.counts = Counts()
        self._dsn = dsn
        self._wallets = wallets
        self._work = self._write_split if split else self._write
        self._random = random.Random(seed)  # noqa: S311 - a draw, no secret
        self._name = f"writer {seed}"
        self._run = uuid.uuid4()
        self._keys = 0

    def write_until(self, stopping: threading.Event) -> None:
        with psycopg.connect(self._dsn, autocommit=True, application_name=self._name) as self._connection:
            while not stopping.is_set():
                try:
                    self._work()
                except psycopg.errors.RaiseException as refusal:
                    if refusal.diag.message_primary not in REFUSALS:
                        raise
                    self.counts.refused[refusal.diag.message_primary] += 1

    def _write(self) -> None:
        """Do one transaction, and end it as drawn."""
        actions = (self._deposit, self._withdraw, self._transfer, self._nested, self._refused)
        (action,) = self._random.choices(actions, weights=(30, 25, 35, 7, 3))
        fate = self._random.random()
        rolled_back = fate < ROLLED_BACK
        with self._connection.transaction(force_rollback=rolled_back):
            entries = action()
            if fate > 1 - HELD_OPEN:
                time.sleep(self._random.uniform(*HELD_SECONDS))
        self._count(0 if rolled_back else 1, entries)

    def _count(self, commits: int, entries: int) -> None:
        self.counts.commits += commits
        self.counts.entries += entries * commits
        self.counts.rollbacks += 1 - commits

    def _write_split(self) -> None:
        """Commit an entry, and its projection a moment later; it is counted when both are done."""
        (wallet, currency), value = self._random.choice(self._wallets), self._random.randint(1, MOST)
        post = "SELECT post_entry(gen_random_uuid(), %s, %s, %s, 'DEPOSIT', 'system', %s)"
        self._connection.execute(post, (wallet, value, currency, self._key()))
        time.sleep(self._random.uniform(*HELD_SECONDS))
        self._connection.execute("SELECT project(%s, %s)", ([wallet], [value]))
        self._count(1, 1)

    def _deposit(self) -> int:
        return self._create(self._random.choice(self._wallets), self._random.randint(1, MOST))

    def _withdraw(self) -> int:
        return self._create(self._random.choice(self._wallets), -self._random.randint(1, MOST))

    def _transfer(self) -> int:
        """Transfer to the next wallet of the same currency; the other way around as often, so that writers meet."""
        n = self._random.randrange(len(self._wallets) - 1)
        (source, currency), (target, other) = self._wallets[n : n + 2]
        if currency != other:
            return self._deposit()
        if self._random.random() < 0.5:
            source, target = target, source
        values = (source, target, self._random.randint(1, MOST), currency, "system", self._key())
        self._connection.execute("SELECT transfer(%s, %s, %s, %s, %s, %s)", values)
        return 2

    def _nested(self) -> int:
        """Write to one wallet in two savepoints, the second rolled back as often as not, and on top of them."""
        wallet, kept = self._random.choice(self._wallets), self._random.random() < 0.5
        with self._connection.transaction():
            self._create(wallet, self._random.randint(1, MOST))
        with self._connection.transaction(force_rollback=not kept):
            self._create(wallet, -self._random.randint(1, MOST))
        return 1 + kept + self._create(wallet, self._random.randint(1, MOST))

    def _refused(self) -> int:
        """Ask for what the ledger refuses; a replay may be of a key that was rolled back, and then is no replay."""
        wallet, currency = self._random.choice(self._wallets)
        asked: tuple[tuple[Wallet, int, str | None], ...] = (
            ((wallet, currency), -TOO_MUCH, None),
            ((uuid.UUID(int=0), currency), 1, None),
            ((wallet, "XXX"), 1, None),
            ((wallet, currency), 0, None),
            ((wallet, currency), 1, f"{self._run}-{self._random.randint(0, self._keys)}"),
        )
        return self._create(*self._random.choice(asked))

    def _create(self, wallet: Wallet, value: int, key: str | None = None) -> int:
        kind = "DEPOSIT" if value > 0 else "WITHDRAWAL"
        values = (wallet[0], value, wallet[1], kind, "system", key or self._key())
        self._connection.execute("SELECT create_transaction(%s, %s, %s, %s, %s, %s)", values)
        return 1

    def _key(self) -> str:
        """Return a key that no other run used, as the ledger would refuse a second run of one seed."""
        self._keys += 1
        return f"{self._run}-{self._keys}"
