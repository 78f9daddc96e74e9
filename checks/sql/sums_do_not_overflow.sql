-- No wallet's sum leaves 64 bits.
SELECT wallet_id, currency, ledger, ledger_all
FROM balances
WHERE ledger > CAST(9223372036854775807 AS DECIMAL(38, 0))
    OR ledger < CAST(-9223372036854775808 AS DECIMAL(38, 0))
    OR ledger_all > CAST(9223372036854775807 AS DECIMAL(38, 0))
    OR ledger_all < CAST(-9223372036854775808 AS DECIMAL(38, 0))
ORDER BY ABS(ledger) DESC, wallet_id, currency
