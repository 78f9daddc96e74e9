"""Months of the ledger: when they end, which are complete, and which holds the cut.

Borders of months come from the engine that also put each row into its month, so that both know the same zones.
Stays out: which rows belong to a month; the export decides that.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from assets.certificate import Certificate
from assets.engines import duckdb_engine, literal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """A month and where it stands to the cut."""

    month: str
    complete: bool
    """Its end is at or before the cut, or, where the source does not tell it, the latest transaction."""
    holds_cut: bool
    """The cut is in it, or is its very end and no later month has transactions: then its closing is the cut."""


def periods(certificate: Certificate) -> list[Period]:
    """Return the months that have transactions and are complete or hold the cut, in order."""
    reached = _micros(certificate.closed_before())
    borders = _borders(certificate.zone, certificate.months())
    last = borders[-1][0] if borders else None
    all_months = [
        Period(month, complete=end <= reached, holds_cut=start <= reached < end or (reached == end and month == last))
        for month, start, end in borders
    ]
    return [period for period in all_months if period.complete or period.holds_cut]


def month_of(certificate: Certificate) -> str:
    """Return the month that holds the instant up to which months are complete."""
    reached = f"make_timestamptz({_micros(certificate.closed_before())})"
    with duckdb_engine({}) as query:
        at = query(
            f"SELECT left(CAST(CAST(timezone({literal(certificate.zone)}, {reached}) AS DATE) AS VARCHAR), 7) AS m"
        )
    return str(at["m"][0].as_py())


@cache
def _borders(zone: str, months: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Return where each month starts and ends, in microseconds since 1970."""
    if not months:
        return []
    every = ", ".join(f"({literal(month)}, CAST({literal(f'{month}-01')} AS TIMESTAMP))" for month in months)
    with duckdb_engine({}) as query:
        found = query(f"""
            SELECT month, epoch_us(timezone({literal(zone)}, start)) AS start,
                epoch_us(timezone({literal(zone)}, start + INTERVAL 1 MONTH)) AS finish
            FROM (VALUES {every}) AS named (month, start)
            ORDER BY start
        """)
    return [(row["month"], row["start"], row["finish"]) for row in found.to_pylist()]


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)
