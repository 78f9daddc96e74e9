-- What moved in a month: counts, sum and bounds of the amounts of each wallet, currency, kind and settlement, and when last.
SELECT
    month,
    wallet_key,
    currency,
    kind,
    settled,
    COUNT(*) AS transactions,
    CAST(SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS BIGINT) AS credits,
    CAST(SUM(CASE WHEN amount < 0 THEN 1 ELSE 0 END) AS BIGINT) AS debits,
    CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS amount,
    MIN(amount) AS least,
    MAX(amount) AS most,
    MAX(CASE WHEN amount > 0 THEN -amount ELSE amount END) AS nearest,
    MAX(created_at) AS last_at
FROM transactions
GROUP BY month, wallet_key, currency, kind, settled
