"""The section of manual adjustments: the whole population, its preparers, and those to read first."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from assets.flags import FLAGS
from assets.forensics import Flag
from assets.schemas import TABLES
from reports.adjustments import Adjustments
from reports.build import build_report
from reports.html import render_html
from reports.model import Report
from tests.reports.months import HOSTILE, Ledger, query_over, tables, with_facts
from tests.reports.stories import clean

POLICIES = [
    Flag(name, meaning, 1, "users.is_admin" if name == "not_an_admin" else None) for name, meaning in FLAGS.items()
]
AT = datetime(2025, 7, 3, 22, 0, 0, 5000, tzinfo=UTC)


def rows(scores: Sequence[int]) -> list[dict[str, Any]]:
    """Return adjustments of so many flags each."""
    return [
        {
            "transaction_id": f"t{place:03}",
            "wallet_id": HOSTILE[0],
            "currency": "EGP",
            "amount": (-1) ** place * (place + 1) * 100,
            "settled": place != 0,
            "created_at": AT + timedelta(minutes=place),
            "created_by": None if place == 0 else f"admin-{place % 2}",
            "month": "2025-07",
            **{flag: None if flag == "not_an_admin" else int(n < score) for n, flag in enumerate(FLAGS)},
            "score": score,
        }
        for place, score in enumerate(scores)
    ]


def reported(made: list[dict[str, Any]], added_up: Sequence[int]) -> Report:
    """Report a month with these adjustments, whose roll-forward adds up those amounts."""
    ledger = Ledger([("w", "EGP", "ADJUSTMENT", amount, True, True) for amount in added_up], [("w", "EGP")])
    views = tables(ledger, {}) | {"adjustment_flags": pa.Table.from_pylist(made, schema=TABLES["adjustment_flags"])}
    facts, _ = clean()
    told = with_facts(
        facts, flags=POLICIES, not_looked_for=("Nobody tells.",), adjustments_path="audits/a/adjustment_flags.parquet"
    )
    return build_report(told, query_over(views))


def section(made: list[dict[str, Any]], added_up: Sequence[int]) -> Adjustments:
    return reported(made, added_up).adjustments


def test_the_population_ties_out_to_the_roll_forward() -> None:
    made = rows([3, 0, 2])
    settled = [row["amount"] for row in made if row["settled"]]
    (total,) = section(made, settled).totals
    assert (total.transactions, total.amount, total.roll_forward, total.ties) == (2, "100", "100", True)
    (total,) = section(made, [*settled, 7]).totals
    assert (total.roll_forward_transactions, total.roll_forward, total.ties) == (3, "107", False)
    (total,) = section([], [5]).totals
    assert (total.transactions, total.amount, total.ties) == (0, "0", False)


def test_preparers_come_with_count_gross_and_net() -> None:
    found = section(rows([0] * 5), [])
    assert [(each.created_by, each.transactions, each.gross, each.net) for each in found.preparers] == [
        ("admin-0", 2, "800", "800"),
        ("admin-1", 2, "600", "-600"),
        (None, 1, "100", "100"),
    ]


def test_the_highest_scores_come_first_and_no_more_than_fifty() -> None:
    found = section(rows([2] * 40 + [5] * 30 + [0] * 9), [])
    assert (found.transactions, found.flagged, len(found.shown)) == (79, 70, 50)
    assert [each.score for each in found.shown] == [5] * 30 + [2] * 20
    assert found.shown[0].flags == tuple(FLAGS)[:5]
    assert found.shown[-1].created_at.endswith("Z")
    counted = {each.flag: each.transactions for each in found.flags}
    assert (counted["no_reason"], counted["round_amount"], counted["not_an_admin"]) == (70, 30, 0)
    assert [each.flag for each in found.flags if each.missing] == ["not_an_admin"]
    assert found.rows_path == "audits/a/adjustment_flags.parquet"


def test_the_page_shows_them_and_what_was_not_looked_for() -> None:
    page = render_html(reported(rows([2, 1]), []))
    assert "2 rows, all in audits/a/adjustment_flags.parquet" in page
    assert "This source has no users.is_admin" in page
    assert "Nobody tells." in page
    assert "<script>alert" not in page
    assert "The month has no adjustment." in render_html(reported([], []))
    assert section([], []).rows_path is None
