-- What moved in a month: count and sum of each wallet, currency, kind and settlement.
SELECT
    month,
    wallet_key,
    currency,
    kind,
    settled,
    COUNT(*) AS transactions,
    CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS amount
FROM transactions
GROUP BY month, wallet_key, currency, kind, settled
