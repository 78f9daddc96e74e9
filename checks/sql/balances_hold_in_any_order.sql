-- No balance would have been below zero within an instant, in whatever order its transactions came.
WITH mixed AS (
    SELECT month, wallet_key
    FROM closings
    WHERE transactions > instants
),
instants AS (
    SELECT month, wallet_key, currency, created_at, COUNT(*) AS transactions,
        SUM(CAST(amount AS DECIMAL(38, 0))) AS change,
        SUM(CASE WHEN amount < 0 THEN CAST(amount AS DECIMAL(38, 0)) ELSE CAST(0 AS DECIMAL(38, 0)) END) AS debited
    FROM transactions
    SEMI JOIN mixed USING (month, wallet_key)
    WHERE settled
    GROUP BY month, wallet_key, currency, created_at
),
running AS (
    SELECT month, wallet_key, currency, created_at, transactions, change, debited,
        SUM(change) OVER (
            PARTITION BY month, wallet_key, currency ORDER BY created_at NULLS FIRST
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS moved
    FROM instants
),
found AS (
    SELECT running.month, running.wallet_key, running.currency, running.created_at, running.transactions,
        running.debited,
        CAST(closings.opening + running.moved - running.change AS DECIMAL(38, 0)) AS before,
        CAST(closings.opening + running.moved - running.change + running.debited AS DECIMAL(38, 0)) AS lowest,
        CAST(closings.opening + running.moved AS DECIMAL(38, 0)) AS after
    FROM running
    INNER JOIN closings
        ON closings.month = running.month
        AND closings.wallet_key = running.wallet_key
        AND closings.currency = running.currency
)
SELECT wallet_keys.wallet_id, found.currency, found.created_at, found.month, found.transactions, found.before,
    found.lowest, found.after
FROM found
INNER JOIN wallet_keys ON wallet_keys.wallet_key = found.wallet_key
WHERE found.lowest < 0 AND found.after >= 0 AND found.debited < 0
    AND NOT EXISTS (SELECT 1 FROM system_wallets WHERE system_wallets.wallet_id = wallet_keys.wallet_id)
ORDER BY found.lowest, wallet_keys.wallet_id, found.currency, found.created_at
