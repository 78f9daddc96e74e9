"""Why stored balances are not what they should be: the cause, its evidence, and the row at which the two part.

What goes in: one pass over all balances that drift, each step one query. What stays out: how a cause is told
(cause_words), and what else is known of a wallet (explanation). Stronger evidence goes before weaker: what commits or
the source's own running balances show, then what the figures show by themselves, then rows that only fit by amount.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from assets.audit import Audit
from assets.configuration import configuration_tables
from assets.engines import View, duckdb_engine, files_named
from assets.mapping import Mapping
from assets.schemas import TABLES
from assets.sieves import WALLET, rows_kept
from checks.past_drift import past_drift

FOLDER = Path(__file__).parent / "causes_sql"
TEXTS = {file.stem: file.read_text() for file in sorted(FOLDER.glob("*.sql"))}
ROW_BUDGET = 2_000_000
"""Rows of the ledger that one pass looks at: where more stand behind drifting balances, the largest drifts go first."""
PARTED = ("parted_by_commits", "parted_by_running_balances")
FOUND = {
    "by_exports": "windows_by_exports",
    "by_updates": "windows_by_updates",
    **{name: name for name in ("fits_of_rows", "fits_of_other_currencies", "fits_of_ends", "fits_of_sets")},
}
"""Views of what was found, each with the text that finds it."""
Past = Callable[[pa.Table], tuple[pa.Table, pa.Table]]


@dataclass(frozen=True)
class Asked:
    """Whose balances are explained; without it, all that drift."""

    wallets: tuple[str, ...]
    users: tuple[str, ...]


def causes_of(audit: Audit, asked: Asked | None = None, budget: int = ROW_BUDGET) -> pa.Table:
    """Return one row for each stored balance that is not what it should be; the largest drifts are looked at first."""
    with audit.home.workshop() as spill:
        return causes_in(_views(audit, budget), lambda partings: past_drift(audit, partings), spill, asked)


def causes_in(views: dict[str, View], past: Past, spill: Path, asked: Asked | None = None) -> pa.Table:
    """Return the causes in these tables of an export and its audit; `past` gives earlier exports and their drift."""
    with duckdb_engine(_named(views, "partings"), spill) as query:
        partings = query(TEXTS["partings"])
    if asked:
        partings = _chosen(partings, asked)
    if not partings.num_rows:
        return TABLES["causes"].empty_table()
    examined = partings.filter(partings["looked_at"])
    looked: dict[str, View] = {**views, "partings": examined}
    with duckdb_engine(_named(looked, "members"), spill) as query:
        members = query(TEXTS["members"])
    looked |= {"members": members, "transactions": _rows_of(members, views["transactions"])}
    with duckdb_engine(_named(looked, "entries"), spill) as query:
        looked["entries"] = query(TEXTS["entries"])
    looked["exports"], looked["past_drift"] = past(examined)
    with duckdb_engine(looked, spill) as query:
        looked["parted"] = pa.concat_tables([query(TEXTS[name]) for name in PARTED], promote_options="permissive")
        looked.update({view: query(TEXTS[name]) for view, name in FOUND.items()})
    every = {**looked, "partings": partings}
    with duckdb_engine(every, spill) as query:
        every.update({name: query(TEXTS[name]) for name in ("fits_of_structure", "fits_of_parted", "divergences")})
    with duckdb_engine(every, spill) as query:
        return query(TEXTS["causes"]).cast(TABLES["causes"])


def configured(mapping: Mapping, budget: int) -> dict[str, View]:
    """Return the configuration as the texts see it: settings, kinds, units, and how much may be looked at."""
    tables, decimals = configuration_tables(mapping), mapping.currencies
    return {
        "settings": tables["settings"],
        "kinds": tables["kinds"],
        "scales": pa.table(
            {
                "currency": pa.array(list(decimals), pa.string()),
                "scale": pa.array([10**each for each in decimals.values()], pa.int64()),
            }
        ),
        "has": pa.table({"projections": [mapping.has("wallet_balances")], "row_budget": [budget]}),
    }


def _views(audit: Audit, budget: int) -> dict[str, View]:
    exported = audit.home.views(audit.export)
    names = ("wallets", "wallet_keys", "wallet_balances", "user_balances", "transactions", "projection_revisions")
    views: dict[str, View] = {name: exported[name] for name in (*names, "source_cut")}
    views.update({name: audit.view(name) for name in ("balances", "drift")})
    return {**views, **configured(audit.mapping, budget)}


def _rows_of(members: pa.Table, transactions: View) -> View:
    """Return the rows of the wallets behind stored balances, read once, or the whole ledger where they are many."""
    with files_named({"transactions": transactions}):
        rows = rows_kept(transactions, [members.select([WALLET])])
    return transactions if rows is None else rows


def _named(views: dict[str, View], text: str) -> dict[str, View]:
    """Return the views a text names."""
    return {name: view for name, view in views.items() if name in TEXTS[text]}


def _chosen(partings: pa.Table, asked: Asked) -> pa.Table:
    """Return what was asked for, all of it to be looked at."""
    wallets, users = (pa.array(names, pa.string()) for names in (asked.wallets, asked.users))
    cached = pc.equal(partings["stored"], pa.scalar("cache"))
    chosen = pc.or_(
        pc.and_(cached, pc.is_in(partings["user_id"], users)),
        pc.and_(pc.invert(cached), pc.is_in(partings["wallet_id"], wallets)),
    )
    rows = partings.filter(chosen)
    place = rows.column_names.index("looked_at")
    return rows.set_column(place, "looked_at", pa.array([True] * rows.num_rows, pa.bool_()))
