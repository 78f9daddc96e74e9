"""The columns of the tables about months: what moved in each, and what every balance was at its end.

Stays out: the tables of an export and of the cut (schemas), of which these are a part.
"""

import pyarrow as pa

from assets.promises import TIME
from assets.shapes import FLAG, INT, SUM, TEXT, fields

MONTHS: dict[str, pa.Schema] = {
    "movements": fields(
        ("month", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("kind", TEXT),
        ("settled", FLAG),
        ("transactions", INT),
        ("credits", INT),
        ("debits", INT),
        ("amount", SUM),
        ("least", INT),
        ("most", INT),
        ("nearest", INT),
        ("last_at", TIME),
    ),
    "closings": fields(
        ("month", TEXT),
        ("wallet_key", INT),
        ("currency", TEXT),
        ("transactions", INT),
        ("opening", SUM),
        ("movement", SUM),
        ("closing", SUM),
        ("lowest", SUM),
        ("unsettled", SUM),
        ("settled_rows", INT),
        ("instants", INT),
        ("last_at", TIME),
        ("last_settled_at", TIME),
    ),
    "open_escrow": fields(("month", TEXT), ("currency", TEXT), ("amount", SUM)),
}
"""`least` and `most` are the bounds of the amounts, `nearest` is the one nearest to zero, as a debit. `instants` are
the times at which settled rows of the month moved a balance, and `lowest` is null in a month without them. `last_at`
and `last_settled_at` are carried on from month to month.
"""
