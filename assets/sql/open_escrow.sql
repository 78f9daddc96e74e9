-- How much went into escrow and out of it again in each month; where a wallet is the pool, nothing is outside wallets.
WITH asked AS (
    SELECT escrow_pool <> 'implicit' AS pooled, NOT escrow_fee_recorded AS payouts_close
    FROM settings
),
family AS (
    SELECT transactions.currency, transactions.month, transactions.created_at, transactions.related_id, kinds.flow,
        -CAST(transactions.amount AS DECIMAL(38, 0)) AS change
    FROM transactions
    INNER JOIN kinds ON kinds.kind = transactions.kind
    CROSS JOIN asked
    WHERE transactions.settled AND NOT asked.pooled
        AND (kinds.flow = 'escrow' OR kinds.flow = 'escrow_if_held'
            OR (kinds.flow = 'escrow_if_positive' AND transactions.amount > 0))
),
moved AS (
    SELECT currency, month, created_at, related_id, flow, change
    FROM family
    WHERE flow <> 'escrow_if_held'
        OR related_id IN (SELECT related_id FROM family WHERE flow = 'escrow' AND change > 0 AND related_id <> '')
),
payouts AS (
    SELECT moved.related_id, moved.currency, moved.created_at, MIN(moved.month) AS month
    FROM moved
    CROSS JOIN asked
    WHERE asked.payouts_close AND moved.flow = 'escrow_if_positive' AND moved.related_id <> ''
    GROUP BY moved.related_id, moved.currency, moved.created_at
),
changes AS (
    SELECT currency, month, change
    FROM moved
    UNION ALL
    SELECT moved.currency, payouts.month, -moved.change AS change
    FROM moved
    ASOF JOIN payouts
        ON payouts.related_id = moved.related_id AND payouts.currency = moved.currency
        AND payouts.created_at >= moved.created_at
)
SELECT month, currency, CAST(SUM(change) AS DECIMAL(38, 0)) AS amount
FROM changes
GROUP BY month, currency
ORDER BY month, currency
