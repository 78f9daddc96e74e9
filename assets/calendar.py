"""Months of the ledger: when they end, which are complete, and which holds the cut.

Stays out: which rows belong to a month; the export decides that, in the same zone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from assets.certificate import Certificate

DECEMBER = 12
LAST_YEAR = 9999


@dataclass(frozen=True)
class Period:
    """A month and where it stands to the cut."""

    month: str
    complete: bool
    """Its end is at or before the cut, or, where the source does not tell it, the latest transaction."""
    holds_cut: bool


def periods(certificate: Certificate) -> list[Period]:
    """Return the months that have transactions and are complete or hold the cut, in order."""
    zone, reached = ZoneInfo(certificate.zone), certificate.closed_before()
    all_months = [
        Period(
            month,
            complete=_end(month, zone) <= reached,
            holds_cut=_start(month, zone) <= reached < _end(month, zone),
        )
        for month in certificate.months()
    ]
    return [period for period in all_months if period.complete or period.holds_cut]


def month_of(certificate: Certificate) -> str:
    """Return the month that holds the instant up to which months are complete."""
    return f"{certificate.closed_before().astimezone(ZoneInfo(certificate.zone)):%Y-%m}"


def _start(month: str, zone: ZoneInfo) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    return datetime(year, number, 1, tzinfo=zone).astimezone(UTC)


def _end(month: str, zone: ZoneInfo) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    if (year, number) == (LAST_YEAR, DECEMBER):
        return datetime.max.replace(tzinfo=UTC)
    return _start(f"{year + number // DECEMBER:04d}-{number % DECEMBER + 1:02d}", zone)
