"""How and when it runs: the command line, the jobs, the demo ledger."""
