"""A ledger in PostgreSQL: one exported snapshot, read by several sessions at once."""
