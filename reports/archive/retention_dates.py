"""How long a month is kept: the years and days of its class, counted from its end.

Stays out: letting go of it (retention).
"""

from datetime import date, timedelta

from assets.mapping import Retention

DECEMBER = 12
LAST_YEAR = 9999


def kept_until(retention: Retention, class_name: str, month: str) -> date:
    """Return the first day on which a month may go."""
    kept = retention.classes[class_name]
    year, number = (int(part) for part in month.split("-"))
    year += kept.years + number // DECEMBER
    if year >= LAST_YEAR:
        return date.max
    return date(year, number % DECEMBER + 1, 1) + timedelta(days=kept.days)


def month_end(month: str) -> date:
    """Return the first day after a month."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // DECEMBER, number % DECEMBER + 1, 1)
