-- No two settled transactions of a wallet are alike and close together under different keys; transfers are excluded.
WITH gaps AS (
    SELECT wallet_key, amount, created_at,
        LAG(created_at) OVER (PARTITION BY wallet_key, amount ORDER BY created_at) AS previous_at
    FROM transactions
    WHERE settled AND kind NOT IN (SELECT kind FROM kinds WHERE flow = 'transfer')
),
close_by AS (
    SELECT gaps.wallet_key, gaps.amount
    FROM gaps
    CROSS JOIN settings
    WHERE settings.repeat_seconds > 0
        AND gaps.created_at <= gaps.previous_at + settings.repeat_seconds * INTERVAL '1 second'
    GROUP BY gaps.wallet_key, gaps.amount
),
suspects AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.wallet_key, transactions.currency,
        transactions.kind, transactions.amount, transactions.created_at, transactions.idempotency_key,
        CASE
            WHEN transactions.related_id = '' OR transactions.related_id = transactions.idempotency_key THEN ''
            ELSE COALESCE(transactions.related_id, '')
        END AS entity_id
    FROM transactions
    INNER JOIN close_by ON close_by.wallet_key = transactions.wallet_key AND close_by.amount = transactions.amount
    WHERE transactions.settled AND transactions.kind NOT IN (SELECT kind FROM kinds WHERE flow = 'transfer')
),
neighbours AS (
    SELECT transaction_id, wallet_id, wallet_key, currency, kind, amount, created_at, entity_id, idempotency_key,
        LAG(created_at) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
        ) AS previous_at,
        LAG(idempotency_key) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
        ) AS previous_key,
        LEAD(created_at) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
        ) AS next_at,
        LEAD(idempotency_key) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
        ) AS next_key
    FROM suspects
),
others AS (
    SELECT transaction_id, wallet_id, currency, kind, amount, created_at, entity_id, idempotency_key,
        MAX(CASE WHEN COALESCE(previous_key <> idempotency_key, true) THEN previous_at END) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS other_before_at,
        MIN(CASE WHEN COALESCE(next_key <> idempotency_key, true) THEN next_at END) OVER (
            PARTITION BY wallet_key, currency, kind, amount, entity_id ORDER BY created_at, transaction_id
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS other_after_at
    FROM neighbours
)
SELECT others.transaction_id, others.wallet_id, others.kind, others.currency, others.amount, others.created_at,
    others.entity_id AS related_id, others.idempotency_key,
    CASE
        WHEN others.created_at <= others.other_before_at + settings.repeat_seconds * INTERVAL '1 second'
            THEN others.other_before_at
        ELSE others.other_after_at
    END AS other_at
FROM others
CROSS JOIN settings
WHERE others.created_at <= others.other_before_at + settings.repeat_seconds * INTERVAL '1 second'
    OR others.other_after_at <= others.created_at + settings.repeat_seconds * INTERVAL '1 second'
ORDER BY ABS(CAST(others.amount AS DECIMAL(38, 0))) DESC, others.wallet_id, others.created_at, others.transaction_id
