-- What moved in a month: count, sum, least and most amount of each wallet, currency, kind and settlement, and when last.
SELECT
    month,
    wallet_key,
    currency,
    kind,
    settled,
    COUNT(*) AS transactions,
    CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS amount,
    MIN(amount) AS least,
    MAX(amount) AS most,
    MAX(created_at) AS last_at
FROM transactions
GROUP BY month, wallet_key, currency, kind, settled
