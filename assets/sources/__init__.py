"""Where a ledger lives: a module or folder for each kind of source, each behind the protocol of `protocol.py`."""
