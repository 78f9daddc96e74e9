"""A ledger in loose files: Parquet, CSV and JSON Lines."""
