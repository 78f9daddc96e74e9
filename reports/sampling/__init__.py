"""The sample of a sealed month: monetary units for overstatement, low balances for understatement."""
