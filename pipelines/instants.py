"""How an instant is written for scripts."""

from datetime import datetime


def instant(moment: datetime) -> str:
    """Write an instant of the zone UTC, with no more digits than it needs."""
    return moment.isoformat().replace("+00:00", "Z")
