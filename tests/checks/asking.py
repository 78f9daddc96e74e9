"""Asking a rule about a drawn ledger: both engines must answer alike, and the oracle says what they must answer.

What goes in: how ledgers are drawn, written as text and asked about. What stays out: the oracles, one for each family.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from assets.engines import ordered, polars_engine
from checks.rules import RULES
from tests.checks.ledger_text import Case, views
from tests.kept_engine import kept_engine

Row = dict[str, Any]
REGISTER = {rule.name: rule for rule in RULES}
WALLETS = ("w1", "w2", "w3", "w9")
CURRENCIES = ("EGP", "USD")
INSTANTS = tuple(
    datetime.fromisoformat(at).replace(tzinfo=UTC)
    for at in ("2024-12-31", "2025-01-01", "2025-01-01T00:00:01", "2025-01-31T23:59:59.999", "2025-02-01", "2025-04-01")
)
"""Few, so that rows fall on one instant; March has none."""
AMOUNTS = st.one_of(st.sampled_from([-100, -60, -40, -1, 0, 1, 40, 60, 100]), st.integers(-200, 200))


def quick(examples: int) -> settings:
    """Return the settings of a property: the same examples on every run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.generate],
    )


def rows_of(columns: dict[str, st.SearchStrategy[Any]], most: int = 14) -> st.SearchStrategy[list[Row]]:
    """Draw rows with the given columns."""
    return st.lists(st.fixed_dictionaries(columns), max_size=most)


def numbered(rows: Iterable[Row], column: str, letter: str) -> list[Row]:
    """Give each row an id."""
    return [{column: f"{letter}{place}", **row} for place, row in enumerate(rows)]


def asked(rule: str, tables: dict[str, list[Row]], *named: str) -> list[tuple[Any, ...]]:
    """Return the named columns of every offender in the order of their text, after both engines said the same."""
    written = {
        name: [{column: _text(value) for column, value in row.items()} for row in tables[name]] for name in tables
    }
    case = Case(rule, "drawn", keeps=True, tables={name: rows for name, rows in written.items() if rows})
    shown = views(case, REGISTER[rule].views)
    with kept_engine(shown) as query:
        first = query(REGISTER[rule].text)
    with polars_engine(shown) as query:
        assert ordered(query(REGISTER[rule].text)).to_pylist() == ordered(first).to_pylist()
    return in_order(tuple(row[name] for name in named) for row in first.to_pylist())


def in_order(found: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return offenders in the order of their text."""
    return sorted(found, key=repr)


def settled(row: Row) -> bool:
    """Tell whether a row counts."""
    return row["status"] in (None, "COMPLETED")


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else str(value) or "''"
