"""The global log of revisions, and the tablets that its rows belong to.

What goes in: order, lookup and paging by bisection, so that no page costs a scan. What stays out: timestamps being
handed out and tables being named.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


class Log:
    """Revisions in commit order as parallel columns; a position is a row's place among them."""

    def __init__(self) -> None:
        """Start empty."""
        self.ts = array("q")
        self.tablets: list[Tablet] = []
        self.ids: list[str] = []
        self.texts: list[str | None] = []

    def append(self, ts: int, tablet: "Tablet", document_id: str, text: str | None) -> None:
        """Add a revision, or with no text a tombstone."""
        before = tablet.latest(document_id, len(self.ts))
        tablet.live += (text is not None) - (before is not None and self.texts[before] is not None)
        tablet.note(document_id, len(self.ts))
        self.ts.append(ts)
        self.tablets.append(tablet)
        self.ids.append(document_id)
        self.texts.append(text)

    def end(self, ts: int) -> int:
        """Return the first position later than a timestamp."""
        return bisect_right(self.ts, ts)

    def after(self, ts: int, tablet: "Tablet | None" = None) -> Sequence[int]:
        """Return the positions later than a timestamp, of all tablets or of one."""
        start = self.end(ts)
        if tablet is None:
            return range(start, len(self.ts))
        return Tail(tablet.positions, bisect_left(tablet.positions, start))

    def cut(self, ts: int) -> None:
        """Forget everything later than a timestamp."""
        end = self.end(ts)
        for tablet in {id(tablet): tablet for tablet in self.tablets[end:]}.values():
            tablet.cut(end, self.texts)
        del self.ts[end:], self.tablets[end:], self.ids[end:], self.texts[end:]


@dataclass(frozen=True)
class Tail(Sequence[int]):
    """The rest of a list from a place on, without a copy of it."""

    of: list[int]
    start: int

    def __len__(self) -> int:
        """Count what is left."""
        return len(self.of) - self.start

    def __getitem__(self, place: int) -> int:  # type: ignore[override]
        """Return one item; iteration ends with its IndexError."""
        return self.of[self.start + place]


@dataclass(eq=False)
class Tablet:
    """The rows that a table's name stands for until an import or a deletion takes it away."""

    id: str
    component: str
    name: str
    number: int
    active_from: int | None = None
    deleted_at: int | None = None
    live: int = 0
    positions: list[int] = field(default_factory=list)
    _revisions: dict[str, int | list[int]] = field(default_factory=dict)
    _ids: list[str] = field(default_factory=list)
    _sorted: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """Return what the table is called: component and name."""
        return self.component, self.name

    @property
    def is_system(self) -> bool:
        """Tell whether exports leave the table out."""
        return self.name.startswith("_")

    def active_at(self, ts: int) -> bool:
        """Tell whether the table's name stood for this tablet."""
        begun = self.active_from is not None and self.active_from <= ts
        return begun and (self.deleted_at is None or ts < self.deleted_at)

    def note(self, document_id: str, position: int) -> None:
        """Keep the place of a new revision."""
        known = self._revisions.get(document_id)
        if known is None:
            self._sorted = self._sorted and (not self._ids or self._ids[-1] < document_id)
            self._ids.append(document_id)
            self._revisions[document_id] = position
        else:
            self._revisions[document_id] = [*self.revisions(document_id), position]
        self.positions.append(position)

    def revisions(self, document_id: str) -> list[int]:
        """Return the positions of a document's revisions, oldest first."""
        known = self._revisions.get(document_id, [])
        return [known] if isinstance(known, int) else known

    def latest(self, document_id: str, end: int) -> int | None:
        """Return the position of a document's latest revision before `end`."""
        known = self._revisions.get(document_id, end)
        if isinstance(known, int):
            return known if known < end else None
        count = bisect_left(known, end)
        return known[count - 1] if count else None

    def documents(self, texts: list[str | None], end: int, after: str = "") -> Iterator[int]:
        """Yield the positions of the documents there are before `end`, by id, beginning after one."""
        if not self._sorted:
            self._ids.sort()
            self._sorted = True
        ids = self._ids
        for place in range(bisect_right(ids, after), len(ids)):
            position = self.latest(ids[place], end)
            if position is not None and texts[position] is not None:
                yield position

    def cut(self, end: int, texts: list[str | None]) -> None:
        """Forget every revision from `end` on."""
        kept = {document_id: self.revisions(document_id) for document_id in self._ids}
        cut = {document_id: places[: bisect_left(places, end)] for document_id, places in kept.items()}
        self._revisions = {document_id: places for document_id, places in cut.items() if places}
        self._ids = sorted(self._revisions)
        self._sorted = True
        self.positions = self.positions[: bisect_left(self.positions, end)]
        self.live = sum(1 for _ in self.documents(texts, end))
