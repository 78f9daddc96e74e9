"""What a month's report may ask: the rows of the month, its balances, what came before, and the history of the home.

What goes in: which files and tables stand for which name. What stays out: the questions (build and its queries).
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from assets.audit import Audit
from assets.certificate import DataFile
from assets.configuration import configuration_tables
from assets.engines import View
from assets.exceptions import register_of
from assets.movements import Month
from assets.run_history import drift_history, earlier_cuts
from reports.wording import month_bounds

NEARBY = 2
"""How many months before the month its daily volume is compared with."""


def month_views(audit: Audit, months: Sequence[Month], place: int) -> dict[str, View]:
    """Return the views of the month that stands at this place."""
    home, before = audit.home, months[place - 1 : place]
    return {
        "movements": home.view("movements", [months[place].movements]),
        "closings": home.view("closings", [months[place].closings]),
        "closings_before": home.view("closings", [month.closings for month in before]),
        "transactions": home.views(audit.export, months[place].month)["transactions"],
        "nearby": home.view("transactions", nearby(audit, months[place].month)),
        "ledger": _ledger(audit, months[place].month),
        "reconciled": earlier_cuts(audit),
        "drift_history": drift_history(audit, audit.home.runs.all()),
        "drift": audit.view("drift"),
        "exposure": audit.view("exposure"),
        "open_escrow": audit.view("open_escrow"),
        "exceptions": (register_of(audit),),
        "adjustment_flags": _of_month(audit.table("adjustment_flags"), months[place].month),
        "wallets": home.views(audit.export)["wallets"],
        **{
            name: table
            for name, table in configuration_tables(audit.mapping).items()
            if name in ("currencies", "settings")
        },
    }


def nearby(audit: Audit, month: str) -> list[DataFile]:
    """Return the transactions of a month and of those before it that its volume is compared with."""
    export = audit.export.certificate
    names = export.months()
    place = names.index(month)
    chosen = names[max(place - NEARBY, 0) : place + 1]
    return [file for file in export.tables["transactions"].files if file.month in chosen]


def _ledger(audit: Audit, month: str) -> pa.Table:
    first_day, next_day = month_bounds(month)
    row = {"zone": audit.mapping.zone, "cut_at": audit.export.certificate.cut.at}
    return pa.Table.from_pylist([{**row, "first_day": first_day, "next_day": next_day}])


def _of_month(rows: pa.Table, month: str) -> pa.Table:
    return rows.filter(pc.equal(rows["month"], pa.scalar(month)))
