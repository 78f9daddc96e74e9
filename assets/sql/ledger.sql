-- Every balance straight from the rows of the whole ledger and its openings, for the second engine.
SELECT wallet_key, currency, CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS ledger
FROM (
    SELECT wallet_key, currency, amount FROM transactions WHERE settled
    UNION ALL
    SELECT wallet_key, currency, opening AS amount FROM wallets WHERE opening <> 0
) AS amounts
GROUP BY wallet_key, currency
