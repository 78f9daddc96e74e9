"""Where a ledger lives: one module for each kind of source, each behind the protocol of `protocol.py`."""
