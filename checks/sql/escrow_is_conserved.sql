-- No entity's escrow gives out more than was put into it, up to any instant.
WITH flows AS (
    SELECT kind, CASE flow WHEN 'escrow' THEN 1 WHEN 'escrow_if_positive' THEN 2 ELSE 3 END AS flow
    FROM kinds
    WHERE flow = 'escrow' OR flow = 'escrow_if_positive' OR flow = 'escrow_if_held'
),
pool AS (
    SELECT settings.escrow_pool <> 'implicit' AS pooled, NOT settings.escrow_fee_recorded AS payouts_close,
        COALESCE(wallet_keys.wallet_key, -1) AS wallet_key
    FROM settings
    LEFT JOIN wallet_keys ON wallet_keys.wallet_id = settings.escrow_pool AND settings.escrow_pool <> 'implicit'
),
suspects AS (
    SELECT transactions.related_id
    FROM transactions
    INNER JOIN flows ON flows.kind = transactions.kind
    CROSS JOIN pool
    WHERE transactions.settled AND transactions.related_id <> ''
        AND (flows.flow <> 2 OR transactions.amount > 0 OR transactions.wallet_key = pool.wallet_key)
    GROUP BY transactions.related_id, transactions.currency
    HAVING SUM(CAST(CASE WHEN pool.pooled THEN 1 ELSE transactions.amount END AS DECIMAL(38, 0))) > 0
        OR MAX(CASE WHEN transactions.amount < 0 THEN transactions.created_at END)
            > MIN(CASE WHEN transactions.amount > 0 THEN transactions.created_at END)
        OR MIN(CASE WHEN flows.flow = 1 AND transactions.amount < 0 THEN 0 WHEN flows.flow < 3 THEN 1 ELSE 2 END) = 1
        OR MAX(transactions.created_at)
            > MIN(CASE WHEN pool.payouts_close AND flows.flow = 2 THEN transactions.created_at END)
),
family AS (
    SELECT transactions.related_id, transactions.currency, transactions.created_at, flows.flow, pool.pooled,
        CAST(transactions.amount AS DECIMAL(38, 0)) AS amount,
        CASE
            WHEN NOT pool.pooled THEN -CAST(transactions.amount AS DECIMAL(38, 0))
            WHEN transactions.wallet_key = pool.wallet_key THEN CAST(transactions.amount AS DECIMAL(38, 0))
            ELSE CAST(0 AS DECIMAL(38, 0))
        END AS change,
        CASE WHEN pool.payouts_close AND flows.flow = 2 AND transactions.amount > 0 THEN 1 ELSE 0 END AS closes
    FROM transactions
    INNER JOIN flows ON flows.kind = transactions.kind
    CROSS JOIN pool
    WHERE transactions.settled AND transactions.related_id IN (SELECT related_id FROM suspects)
        AND (flows.flow <> 2 OR transactions.amount > 0 OR transactions.wallet_key = pool.wallet_key)
),
held AS (
    SELECT related_id
    FROM family
    WHERE flow = 1 AND amount < 0
    GROUP BY related_id
),
instants AS (
    SELECT related_id, currency, created_at, pooled, SUM(amount) AS amount, SUM(change) AS change,
        SUM(CASE WHEN change > 0 THEN change ELSE CAST(0 AS DECIMAL(38, 0)) END) AS taken,
        SUM(CASE WHEN change < 0 THEN -change ELSE CAST(0 AS DECIMAL(38, 0)) END) AS given,
        MAX(closes) AS closes
    FROM family
    WHERE flow < 3 OR related_id IN (SELECT related_id FROM held)
    GROUP BY related_id, currency, created_at, pooled
),
lives AS (
    SELECT related_id, currency, created_at, pooled, amount, change, taken, given,
        SUM(closes) OVER (
            PARTITION BY related_id, currency ORDER BY created_at NULLS FIRST
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) - closes AS life
    FROM instants
),
running AS (
    SELECT related_id, currency, created_at, pooled, amount, taken, given,
        SUM(change) OVER (
            PARTITION BY related_id, currency, life ORDER BY created_at NULLS FIRST
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS open
    FROM lives
),
found AS (
    SELECT related_id, currency,
        CAST(SUM(taken) AS DECIMAL(38, 0)) AS taken,
        CAST(SUM(given) AS DECIMAL(38, 0)) AS given,
        CAST(MIN(open) AS DECIMAL(38, 0)) AS lowest,
        MIN(CASE WHEN open < 0 THEN created_at END) AS below_at,
        CAST(SUM(CASE WHEN pooled THEN amount ELSE CAST(0 AS DECIMAL(38, 0)) END) AS DECIMAL(38, 0)) AS imbalance
    FROM running
    GROUP BY related_id, currency
)
SELECT related_id, currency, taken, given, lowest, below_at, CASE WHEN imbalance <> 0 THEN imbalance END AS imbalance
FROM found
WHERE lowest < 0 OR imbalance <> 0
ORDER BY CASE WHEN -ABS(found.imbalance) < lowest THEN -ABS(found.imbalance) ELSE lowest END, related_id, currency
