"""What an audit makes: exports, month movements, balances and drift, one table a file.

Stays out: what must hold (checks), what people read (reports), when it runs (pipelines).
"""
