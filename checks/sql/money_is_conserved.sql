-- In every currency, transfers sum to zero, and what wallets and escrow hold came from outside.
WITH basis AS (
    SELECT ends.first_month, COALESCE(closed.month, ends.last_month) AS month
    FROM (SELECT MIN(month) AS first_month, MAX(month) AS last_month FROM closings) AS ends
    CROSS JOIN (SELECT MAX(month) AS month FROM closed_months) AS closed
),
restated AS (
    SELECT closed_months.month
    FROM closed_months
    INNER JOIN basis ON basis.month = closed_months.month
    WHERE NOT closed_months.same
),
moved AS (
    SELECT movements.currency, movements.month, SUM(movements.amount) AS amount,
        SUM(CASE WHEN kinds.flow = 'transfer' THEN movements.amount ELSE CAST(0 AS DECIMAL(38, 0)) END) AS transfers
    FROM movements
    LEFT JOIN kinds ON kinds.kind = movements.kind
    WHERE movements.settled
    GROUP BY movements.currency, movements.month
),
parts AS (
    SELECT closings.currency, closings.opening AS openings, CAST(0 AS DECIMAL(38, 0)) AS closings,
        CAST(0 AS DECIMAL(38, 0)) AS moved, CAST(0 AS DECIMAL(38, 0)) AS transfers
    FROM closings
    INNER JOIN basis ON basis.first_month = closings.month
    UNION ALL
    SELECT closings.currency, CAST(0 AS DECIMAL(38, 0)) AS openings, closings.closing AS closings,
        CAST(0 AS DECIMAL(38, 0)) AS moved, CAST(0 AS DECIMAL(38, 0)) AS transfers
    FROM closings
    INNER JOIN basis ON basis.month = closings.month
    WHERE closings.month NOT IN (SELECT month FROM restated)
    UNION ALL
    SELECT closings_as_closed.currency, CAST(0 AS DECIMAL(38, 0)) AS openings, closings_as_closed.closing AS closings,
        CAST(0 AS DECIMAL(38, 0)) AS moved, CAST(0 AS DECIMAL(38, 0)) AS transfers
    FROM closings_as_closed
    INNER JOIN restated ON restated.month = closings_as_closed.month
    UNION ALL
    SELECT moved.currency, CAST(0 AS DECIMAL(38, 0)) AS openings,
        CASE WHEN moved.month > basis.month THEN moved.amount ELSE CAST(0 AS DECIMAL(38, 0)) END AS closings,
        moved.amount AS moved, moved.transfers
    FROM moved
    CROSS JOIN basis
),
sums AS (
    SELECT currency, SUM(openings) AS openings, SUM(closings) AS closings, SUM(moved) AS moved,
        SUM(transfers) AS transfers
    FROM parts
    GROUP BY currency
),
pool AS (
    SELECT settings.escrow_pool <> 'implicit' AS pooled, COALESCE(wallet_keys.wallet_key, -1) AS wallet_key
    FROM settings
    LEFT JOIN wallet_keys ON wallet_keys.wallet_id = settings.escrow_pool AND settings.escrow_pool <> 'implicit'
),
suspects AS (
    SELECT sums.currency
    FROM sums
    CROSS JOIN pool
    WHERE sums.transfers <> 0 OR sums.closings <> sums.openings + sums.moved OR pool.pooled
    LIMIT 1000
),
family AS (
    SELECT transactions.currency, transactions.amount, transactions.related_id, kinds.flow
    FROM transactions
    INNER JOIN kinds ON kinds.kind = transactions.kind
    CROSS JOIN pool
    WHERE transactions.settled AND transactions.currency IN (SELECT currency FROM suspects)
        AND (kinds.flow = 'escrow' OR kinds.flow = 'escrow_if_held'
            OR (kinds.flow = 'escrow_if_positive'
                AND (transactions.amount > 0 OR transactions.wallet_key = pool.wallet_key)))
),
escrows AS (
    SELECT currency, SUM(CAST(amount AS DECIMAL(38, 0))) AS amount
    FROM family
    WHERE flow <> 'escrow_if_held'
        OR related_id IN (SELECT related_id FROM family WHERE flow = 'escrow' AND amount < 0 AND related_id <> '')
    GROUP BY currency
),
figures AS (
    SELECT sums.currency, sums.openings, sums.closings, sums.transfers,
        CASE WHEN pool.pooled THEN CAST(0 AS DECIMAL(38, 0)) ELSE -COALESCE(escrows.amount, 0) END AS escrow,
        sums.moved - sums.transfers - COALESCE(escrows.amount, 0) AS external
    FROM sums
    LEFT JOIN escrows ON escrows.currency = sums.currency
    CROSS JOIN pool
)
SELECT currency, CAST(openings AS DECIMAL(38, 0)) AS openings, CAST(external AS DECIMAL(38, 0)) AS external,
    CAST(closings AS DECIMAL(38, 0)) AS closings, CAST(escrow AS DECIMAL(38, 0)) AS escrow,
    CAST(transfers AS DECIMAL(38, 0)) AS transfers,
    CAST(closings + escrow - openings - external AS DECIMAL(38, 0)) AS imbalance
FROM figures
WHERE transfers <> 0 OR closings + escrow <> openings + external
ORDER BY ABS(closings + escrow - openings - external) DESC, currency
