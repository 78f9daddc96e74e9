"""Whom an explanation is about: one wallet, or all wallets of a user, in the newest export that was audited.

What goes in: finding them, and naming what is near to a name that is not known. What stays out: what is told of them.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assets.audit import Audit
from assets.engines import View, duckdb_engine, literal
from assets.errors import RefusedError
from assets.mapping import Mapping
from assets.store import Export, Home
from checks.past_drift import drift_files

FOLDER = Path(__file__).parent / "explain_sql"
NEAR = (FOLDER / "near_misses.sql").read_text()
WALLETS = """
    SELECT wallet_keys.wallet_key, wallet_keys.wallet_id, wallet_keys.known, wallets.user_id, users.login_id,
        wallets.is_active
    FROM wallet_keys
    LEFT JOIN wallets ON wallets.wallet_key = wallet_keys.wallet_key
    LEFT JOIN users ON users.user_id = wallets.user_id
    WHERE {where} ORDER BY wallet_keys.wallet_id
"""
OWNERS = "SELECT DISTINCT user_id FROM wallets UNION SELECT user_id FROM user_balances UNION SELECT user_id FROM users"


@dataclass(frozen=True)
class Subject:
    """The wallets that are explained, and who owns them."""

    wallets: pa.Table
    """wallet_key, wallet_id, known, user_id, login_id and is_active."""
    users: tuple[str, ...]


def newest_audited(home: Home, mapping: Mapping) -> tuple[Audit, tuple[Export, ...]]:
    """Return the newest export that was audited under this configuration, and those after it that were not.

    Raises RefusedError where there is none.
    """
    exports = home.exports()
    for place in reversed(range(len(exports))):
        audit = Audit(home, mapping, exports[place])
        if (home.path / audit.folder / "drift.parquet").exists():
            return audit, tuple(exports[place + 1 :])
    if any(drift_files(home, export) for export in exports):
        message = f"{home.path} was audited under another configuration; give its --config, or run 'tieout audit'."
        raise RefusedError(message)
    message = f"{home.path} holds no audited export; run 'tieout audit SOURCE' first."
    raise RefusedError(message)


def subject_of(audit: Audit, wallet: str | None, user: str | None) -> Subject:
    """Return the wallet, or the user with all wallets; raise RefusedError for one that is not known."""
    views = audit.home.views(audit.export)
    named: dict[str, View] = {name: views[name] for name in ("wallets", "wallet_keys", "user_balances", "users")}
    name = wallet or user or ""
    column = "wallet_keys.wallet_id" if wallet else "wallets.user_id"
    with duckdb_engine(named) as query:
        wallets = query(WALLETS.format(where=f"{column} = {literal(name)}"))
        owners = query(f"SELECT user_id AS name FROM ({OWNERS}) AS owners WHERE user_id IS NOT NULL")
    known = name in owners["name"].to_pylist() if user or not wallets.num_rows else False
    if wallet and not wallets.num_rows:
        _refuse(audit, "wallet", wallet, _names(views["wallet_keys"]), hint=f"--user {wallet}" if known else "")
    if user and not known:
        _refuse(audit, "user", user, owners, hint="")
    users = [user] if user else wallets["user_id"].to_pylist()
    return Subject(wallets, tuple(each for each in users if each))


def _names(view: View) -> pa.Table:
    with duckdb_engine({"wallet_keys": view}) as query:
        return query("SELECT wallet_id AS name FROM wallet_keys")


def _refuse(audit: Audit, what: str, name: str, names: pa.Table, hint: str) -> None:
    """Say that nothing has this name, and what comes near."""
    with duckdb_engine({"names": names, "asked": pa.table({"name": [name]})}) as query:
        near = [repr(each) for each in query(NEAR)["name"].to_pylist()]
    told = f"it is a user: say {hint}" if hint else f"near to it: {', '.join(near)}" if near else "none is like it"
    message = f"export {audit.export.export_id} knows no {what} {name!r}; {told}."
    raise RefusedError(message)
