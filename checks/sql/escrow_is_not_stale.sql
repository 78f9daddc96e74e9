-- No escrow has been open for longer than the configuration allows.
WITH flows AS (
    SELECT kind, CASE flow WHEN 'escrow' THEN 1 WHEN 'escrow_if_positive' THEN 2 ELSE 3 END AS flow
    FROM kinds
    WHERE flow = 'escrow' OR flow = 'escrow_if_positive' OR flow = 'escrow_if_held'
),
asked AS (
    SELECT settings.escrow_pool <> 'implicit' AS pooled, NOT settings.escrow_fee_recorded AS payouts_close,
        COALESCE(wallet_keys.wallet_key, -1) AS wallet_key,
        source_cut.cut_at - INTERVAL '1 day' * settings.stale_escrow_days AS since
    FROM settings
    CROSS JOIN source_cut
    LEFT JOIN wallet_keys ON wallet_keys.wallet_id = settings.escrow_pool AND settings.escrow_pool <> 'implicit'
),
suspects AS (
    SELECT transactions.related_id
    FROM transactions
    INNER JOIN flows ON flows.kind = transactions.kind
    CROSS JOIN asked
    WHERE transactions.settled AND transactions.related_id <> '' AND (flows.flow <> 2 OR transactions.amount > 0)
    GROUP BY transactions.related_id, transactions.currency
    HAVING SUM(CAST(CASE WHEN asked.pooled OR asked.payouts_close THEN -1 ELSE transactions.amount END
            AS DECIMAL(38, 0))) < 0
        AND MIN(CASE WHEN flows.flow = 1 AND transactions.amount < 0 AND transactions.created_at < asked.since THEN 0
            ELSE 1 END) = 0
),
family AS (
    SELECT transactions.related_id, transactions.currency, transactions.created_at, asked.since,
        CASE
            WHEN NOT asked.pooled THEN -CAST(transactions.amount AS DECIMAL(38, 0))
            WHEN transactions.wallet_key = asked.wallet_key THEN CAST(transactions.amount AS DECIMAL(38, 0))
            ELSE CAST(0 AS DECIMAL(38, 0))
        END AS change,
        CASE WHEN flows.flow = 1 AND transactions.amount < 0 THEN transactions.created_at END AS held_at,
        CASE WHEN asked.payouts_close AND flows.flow = 2 AND transactions.amount > 0 THEN transactions.created_at END
            AS closed_at
    FROM transactions
    INNER JOIN flows ON flows.kind = transactions.kind
    CROSS JOIN asked
    WHERE transactions.settled AND transactions.related_id IN (SELECT related_id FROM suspects)
        AND (flows.flow <> 2 OR transactions.amount > 0 OR transactions.wallet_key = asked.wallet_key)
),
closed AS (
    SELECT related_id, currency, MAX(closed_at) AS closed_at
    FROM family
    GROUP BY related_id, currency
),
found AS (
    SELECT family.related_id, family.currency, CAST(SUM(family.change) AS DECIMAL(38, 0)) AS open,
        MIN(family.held_at) AS held_at, MIN(family.since) AS since
    FROM family
    INNER JOIN closed ON closed.related_id = family.related_id AND closed.currency = family.currency
    WHERE closed.closed_at IS NULL OR family.created_at > closed.closed_at
    GROUP BY family.related_id, family.currency
)
SELECT found.related_id, found.currency, found.open, found.held_at, source_cut.cut_at
FROM found
CROSS JOIN source_cut
WHERE found.open > 0 AND found.held_at < found.since
ORDER BY found.held_at, found.related_id, found.currency
