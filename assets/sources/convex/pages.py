"""From a stream's first position to its last page: asking, checking and keeping.

What goes in: one loop for every interface that comes in pages, the same whether pages come from the deployment or
are still there from a run that was killed. What stays out: how each interface asks and answers (sync,
legacy), and what the documents say. Page and position are kept as one: none is ever asked twice or skipped.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from assets import mapping
from assets.errors import SourceError
from assets.sources.convex.client import ConvexClient
from assets.sources.convex.patience import Trouble
from assets.sources.convex.refusals import RefusedByConvexError
from assets.sources.convex.selection import Selected, refuse_unselected, selected_of, selection_of
from assets.sources.convex.spool import Position, Spool, page_number
from assets.sources.protocol import Earlier

Value = TypeVar("Value")
Entry = tuple[tuple[str, str], tuple[str, ...]]
"""Of a document: the component and table it is in, and the names of its fields."""


@dataclass(frozen=True)
class Visit:
    """One reading of a deployment: whom to ask, what for, what to go on from, and where to write."""

    client: ConvexClient
    wanted: mapping.Mapping
    earlier: Earlier | None
    folder: Path
    arriving: Path

    @property
    def selected(self) -> Selected:
        """Return the tables and columns that are read."""
        return selected_of(self.wanted)

    def bookmark(self, interface: str) -> Mapping[str, Any]:
        """Return what the export before left, where it was read alike; else nothing, and all is read anew."""
        left = self.earlier.bookmark if self.earlier else {}
        alike = left.get("interface") == interface and left.get("selection") == selection_of(self.selected)
        return left if alike else {}

    def base(self, interface: str, position: Position) -> Mapping[str, Any]:
        """Name what a run's pages belong to."""
        selection = selection_of(self.selected)
        return {"at": self.client.address.url, "by": interface, "from": position, "selection": selection}


@dataclass(frozen=True)
class Said:
    """What an answer says beside its documents."""

    position: Position
    """From where the next page is asked; none where there is no next."""
    at: int | None
    """Up to which commit all rows have come, where that is already so."""
    complete: bool
    """Whether the stream ends here for now."""
    rows: int
    truncates: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """Tables of which nothing counts that came before this page."""


@dataclass(frozen=True)
class Page:
    """An answer that is kept, and what it says."""

    path: Path
    said: Said

    @property
    def number(self) -> int:
        """Return its place in the stream."""
        return page_number(self.path)


class Stream(Protocol):
    """An interface that comes in pages."""

    path: str
    start: Position
    stale: frozenset[str]
    """Codes that say a position kept by an earlier run is no longer any good."""

    def body(self, position: Position) -> Mapping[str, Any]:
        """Return what to ask."""
        ...

    def said(self, answer: Any) -> Said:  # noqa: ANN401 - any JSON
        """Return what an answer says; raise NotUnderstoodError for one of another shape."""
        ...

    def entries(self, answer: Any) -> Iterator[Entry]:  # noqa: ANN401 - any JSON
        """Yield what its documents are; raise KeyError or TypeError for one without a table, commit or id."""
        ...


class NotUnderstoodError(Exception):
    """An answer has not the shape that the interface promises; the message names the part."""


def expect(part: Any, name: str, kind: type[Value]) -> Value:  # noqa: ANN401 - any JSON
    """Return a member of an answer, which is of just that type; raise NotUnderstoodError otherwise."""
    value = part.get(name) if isinstance(part, dict) else None
    if type(value) is kind:
        return value
    part_named = f"{name} is no {kind.__name__}"
    raise NotUnderstoodError(part_named)


def pages_of(visit: Visit, stream: Stream, spool: Spool) -> list[Page]:
    """Return every page of the stream, those that are there from a killed run and those that come now."""
    arrived = _arrived(visit, stream, spool)
    try:
        return _completed(visit, stream, spool, arrived)
    except RefusedByConvexError as refusal:
        if not arrived or refusal.code not in stream.stale:
            raise
    spool.forget()
    return _completed(visit, stream, spool, [])


def _arrived(visit: Visit, stream: Stream, spool: Spool) -> list[Page]:
    """Return the pages that are there, unless they do not follow one from the other."""
    pages: list[Page] = []
    for kept in spool.arrived():
        expected = pages[-1].said.position if pages else stream.start
        try:
            answer = json.loads(kept.raw)
        except ValueError:
            answer = None
        if answer is None or kept.position != expected:
            spool.forget()
            return []
        pages.append(Page(kept.path, _checked(visit, stream, answer)))
    return pages


def _completed(visit: Visit, stream: Stream, spool: Spool, pages: list[Page]) -> list[Page]:
    """Ask for page after page until the stream ends; one page at least, unless nothing can follow."""
    pages, rows = list(pages), sum(page.said.rows for page in pages)
    position = pages[-1].said.position if pages else stream.start
    asked = {json.dumps(each) for each in (stream.start, *(page.said.position for page in pages))}
    while position is not None or not pages:
        said, raw = _next(visit, stream, position, asked)
        pages.append(Page(spool.keep(position, raw), said))
        position, rows = said.position, rows + said.rows
        asked.add(json.dumps(position))
        visit.client.progress(f"reading from {visit.client.address.name}, {rows:,} rows", rows, 0)
        if said.complete:
            break
    return pages


def _next(visit: Visit, stream: Stream, position: Position, asked: set[str]) -> tuple[Said, bytes]:
    """Return the page of a position; one that leads back to where the stream was is of before, and is asked again."""
    tried = 0
    while True:
        answer, tried = visit.client.post(stream.path, stream.body(position)), tried + 1
        said = _checked(visit, stream, answer.said)
        if said.complete or json.dumps(said.position) not in asked:
            return said, answer.raw
        visit.client.wait_again(tried, Trouble("it answers with a page that came before"))


def _checked(visit: Visit, stream: Stream, answer: Any) -> Said:  # noqa: ANN401 - any JSON
    """Return what an answer says, once it is sure to hold nothing but what was selected."""
    selected = visit.selected
    try:
        said = stream.said(answer)
        for table, columns in set(stream.entries(answer)):
            refuse_unselected(selected, table, columns)
    except NotUnderstoodError as error:
        part = str(error)
    except (KeyError, TypeError):
        part = "an entry has no table, commit or id"
    else:
        return said
    message = f"{visit.client.address.name} answers {stream.path} with a page that tieout does not know: {part}."
    raise SourceError(message)
