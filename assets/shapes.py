"""What columns of ours are made of: the Arrow types of each kind of value, and the shape they make.

Stays out: which columns a table has (schemas).
"""

import pyarrow as pa

SUM = pa.decimal128(38, 0)
TEXT, INT, FLAG = pa.string(), pa.int64(), pa.bool_()


def fields(*names: tuple[str, pa.DataType]) -> pa.Schema:
    """Return the shape of a table, of names and types of its columns."""
    return pa.schema([pa.field(name, kind) for name, kind in names])
