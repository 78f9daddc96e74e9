"""Which tablets there are, and which of them a table's name stands for at a timestamp."""

from collections.abc import Iterator
from random import Random

from tests.convex_double.log import Tablet
from tests.convex_double.values import base32, decode_id

Table = str | tuple[str, str]
"""A table's name, or a component's path and the name of a table in it."""

FIRST_NUMBER = 10_001
"""User tables are numbered from here on."""


class Catalogue:
    """The tablets of a deployment: active, hidden and deleted."""

    def __init__(self, random: Random) -> None:
        """Start with nothing but the system's table of tables, whose rows no export holds."""
        self._random = random
        self._tablets: list[Tablet] = []
        self.tables = self.new("_tables", 1)
        self.tables.active_from = 0

    def __iter__(self) -> Iterator[Tablet]:
        """Yield all tablets."""
        return iter(self._tablets)

    def new(self, table: Table, number: int) -> Tablet:
        """Return a new hidden tablet."""
        component, name = named(table)
        tablet = Tablet(base32(self._random.randbytes(16)), component, name, number)
        self._tablets.append(tablet)
        return tablet

    def active(self, ts: int) -> list[Tablet]:
        """Return the user tables there were at a timestamp, in the order of tablet ids."""
        found = [tablet for tablet in self._tablets if tablet.active_at(ts) and not tablet.is_system]
        return sorted(found, key=lambda tablet: tablet.id)

    def find(self, table: Table, ts: int) -> Tablet | None:
        """Return the tablet that a table's name stood for at a timestamp."""
        key = named(table)
        return next((tablet for tablet in self._tablets if tablet.key == key and tablet.active_at(ts)), None)

    def number(self, document_id: str | None = None) -> int:
        """Return the table number that an id holds, or where it holds none the next that is free."""
        try:
            return decode_id(document_id or "")[0]
        except ValueError:
            return max(FIRST_NUMBER, *(tablet.number + 1 for tablet in self._tablets))

    def rewind(self, ts: int) -> None:
        """Undo what happened to tablets later than a timestamp."""
        for tablet in self._tablets:
            tablet.active_from = _no_later(tablet.active_from, ts)
            tablet.deleted_at = _no_later(tablet.deleted_at, ts)


def named(table: Table) -> tuple[str, str]:
    """Return a table's component and name."""
    return ("", table) if isinstance(table, str) else table


def _no_later(at: int | None, ts: int) -> int | None:
    return at if at is not None and at <= ts else None
