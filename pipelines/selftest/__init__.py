"""The self-test: faults planted into a copy of a ledger, and what the rules made of each."""
