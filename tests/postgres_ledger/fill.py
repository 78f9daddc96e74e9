"""A large consistent ledger in no time: made by the server itself, and the same for the same seed.

What goes in: loading it. What stays out: what its rows are (fill.sql).
"""

from pathlib import Path

import psycopg
from psycopg import sql

ROWS = Path(__file__).with_name("fill.sql")
MOST = 10_000
"""Minor units in one row, beside openings."""
MICROSECONDS = 365 * 24 * 60 * 60 * 1_000_000
INDEXES = {
    "ledger_entries_wallet_fkey": "FOREIGN KEY (wallet) REFERENCES wallets",
    "ledger_entries_pkey": "PRIMARY KEY (id)",
    "ledger_entries_idem_key_key": "UNIQUE (idem_key)",
}


def fill(dsn: str, transactions: int, wallets: int, seed: int, *, index_keys: bool = True) -> None:
    """Replace what the ledger holds by this many entries, of which each wallet's opening deposit is one.

    Without `index_keys` only ids are indexed, and `create_transaction` no longer refuses a key that was used.
    Truncating in the same transaction spares the write-ahead log.
    """
    if not 6 <= wallets <= transactions:
        message = "a wallet of each currency must have another to transfer to, and every wallet an opening"
        raise ValueError(message)
    rows = transactions - wallets
    values = {
        "seed": seed,
        "wallets": wallets,
        "rows": rows,
        "exchanging": wallets // 3 * 3,
        "most": MOST,
        "opening": MOST * transactions,
        "step": (MICROSECONDS - 1) // max(1, (rows + 1) // 2),
    }
    with psycopg.connect(dsn) as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL work_mem = '256MB'")
        connection.execute("TRUNCATE members, member_balances, wallets, balances, ledger_entries")
        for name in INDEXES:
            connection.execute(f"ALTER TABLE ledger_entries DROP CONSTRAINT IF EXISTS {name}")
        connection.execute(sql.SQL(ROWS.read_text()).format(**{n: sql.Literal(value) for n, value in values.items()}))
        for name, what in INDEXES.items():
            if index_keys or not what.startswith("UNIQUE"):
                connection.execute(f"ALTER TABLE ledger_entries ADD CONSTRAINT {name} {what}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
