"""The columns of the tables about months that were closed or sealed, and how they compare with an export.

Stays out: the tables of an export and of a ledger (schemas), of which these are a part.
"""

import pyarrow as pa

from assets.shapes import FLAG, INT, TEXT, fields

CLOSED: dict[str, pa.Schema] = {
    "closed_months": fields(
        ("month", TEXT),
        ("next_month", TEXT),
        ("closed_by", TEXT),
        ("sealed_as", TEXT),
        ("same", FLAG),
        ("balances", INT),
    ),
    "sealed_months": fields(
        ("month", TEXT),
        ("sealed_as", TEXT),
        ("seal", TEXT),
        ("sealed_by", TEXT),
        ("problem", TEXT),
        ("same", FLAG),
        ("rows_sealed", INT),
        ("rows_now", INT),
        ("root_sealed", TEXT),
        ("root", TEXT),
        ("balances", INT),
        ("closings_root_sealed", TEXT),
        ("closings_root", TEXT),
        ("closings", TEXT),
        ("closings_sha256", TEXT),
        ("added", INT),
        ("removed", INT),
        ("changed", INT),
        ("unnamed", TEXT),
        ("restatement", TEXT),
    ),
}
