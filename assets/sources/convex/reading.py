"""From the pages of a stream to a reading: its tables, its cut, and what the next one goes on from.

What goes in: what both streams of Convex have in common once their pages are there. What stays out: paging
(pages) and what sets the interfaces apart (sync, legacy).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from assets.errors import SourceError, TieoutError
from assets.sources.convex.entries import Layout
from assets.sources.convex.pages import Page, Visit
from assets.sources.convex.revisions import staged_tables
from assets.sources.convex.selection import selection_of
from assets.sources.convex.spool import Position, Spool
from assets.sources.protocol import Reading, Snapshot, Staged

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMMITTED = ("transactions", "wallet_balances")
"""Tables whose commits are compared with each other."""


@dataclass(frozen=True)
class Ending:
    """Where a stream ended: how it was read, up to which commit, and from where the next one asks."""

    interface: str
    kind: str
    layout: Layout
    at: int
    cursor: Position
    evidence: Mapping[str, str]


def reading_of(
    visit: Visit, pages: Sequence[Page], spool: Spool, bookmark: Mapping[str, Any], ending: Ending
) -> Reading:
    """Stage what came, and return it as the reading of one cut; an empty bookmark tells that all came."""
    staged = _staged(visit, pages, spool, ending.layout, whole=not bookmark)
    anew = not bookmark or any(staged[name].whole for name in COMMITTED if name in staged)
    commits_after = ending.at if anew else int(bookmark["commits_after_ns"])
    goes_on = visit.earlier is not None and not all(table.whole for table in staged.values())
    return Reading(
        snapshot=Snapshot(
            kind=ending.kind,
            deployment=visit.client.address.name,
            sha256=None,
            bytes=None,
            cut_at=EPOCH + timedelta(microseconds=ending.at // 1000),
            proof="proven",
            evidence={**ending.evidence, "snapshot_ts": str(ending.at)},
        ),
        staged=staged,
        since=visit.earlier.export_id if visit.earlier and goes_on else None,
        bookmark={
            "interface": ending.interface,
            "cursor": ending.cursor,
            "snapshot_ts": ending.at,
            "commits_after_ns": commits_after,
            "selection": selection_of(visit.selected),
        },
        commits_after_ns=commits_after,
    )


def _staged(visit: Visit, pages: Sequence[Page], spool: Spool, layout: Layout, *, whole: bool) -> dict[str, Staged]:
    """Stage the tables; pages that cannot be read are not kept, for the next run would fail on them, too."""
    try:
        return staged_tables(visit, pages, layout, whole=whole)
    except duckdb.OperationalError as error:
        said = str(error).partition("\n")[0]
        message = f"the rows that came from {visit.client.address.name} cannot be kept: {said}"
        raise TieoutError(message) from error
    except (duckdb.DataError, duckdb.InvalidInputException, ValueError) as error:
        said = visit.client.hidden(str(error).partition("\n")[0])
    spool.forget()
    message = f"a document that came from {visit.client.address.name} cannot be read: {said}; run again."
    raise SourceError(message)
