-- Every stored balance that is not what it should be, beside what it should be: projections, wallet totals and caches.
WITH projections AS (
    SELECT wallet_key, currency, COUNT(*) AS copies, MAX(updated_at) AS updated_at,
        MIN(source_created_at) AS born_at,
        CAST(SUM(CAST(recorded AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS recorded
    FROM wallet_balances
    GROUP BY wallet_key, currency
),
held AS (
    SELECT wallet_key, currency, ledger, ledger_all, transactions FROM balances
),
cached AS (
    SELECT user_id, currency, COUNT(*) AS copies, CAST(SUM(CAST(cached AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS cached
    FROM user_balances
    WHERE currency IS NOT NULL
    GROUP BY user_id, currency
),
living AS (
    SELECT user_id FROM user_balances GROUP BY user_id HAVING NOT bool_or(deleted)
),
owned AS (
    SELECT wallets.user_id, each.currency,
        CAST(SUM(COALESCE(projections.recorded, 0)) AS DECIMAL(38, 0)) AS recorded,
        CAST(SUM(COALESCE(held.ledger, 0)) AS DECIMAL(38, 0)) AS ledger,
        CAST(SUM(COALESCE(held.ledger_all, 0)) AS DECIMAL(38, 0)) AS ledger_all,
        CAST(SUM(COALESCE(held.transactions, 0)) AS BIGINT) AS transactions,
        CASE WHEN COUNT(DISTINCT wallets.wallet_id) = 1 THEN MIN(wallets.wallet_id) END AS wallet_id
    FROM (SELECT wallet_key, currency FROM projections UNION SELECT wallet_key, currency FROM held) AS each
    INNER JOIN wallets ON wallets.wallet_key = each.wallet_key
    LEFT JOIN projections ON projections.wallet_key = each.wallet_key AND projections.currency = each.currency
    LEFT JOIN held ON held.wallet_key = each.wallet_key AND held.currency = each.currency
    GROUP BY wallets.user_id, each.currency
),
every AS (
    SELECT 'projection' AS stored, drift.wallet_id, wallet_keys.wallet_key, drift.user_id, drift.currency,
        COALESCE(drift.ledger, 0) AS expected, COALESCE(held.ledger_all, 0) AS expected_all, projections.recorded,
        COALESCE(projections.copies, 0) AS copies, projections.updated_at, projections.born_at,
        CASE WHEN wallets.currency = drift.currency THEN COALESCE(wallets.opening, 0) ELSE 0 END AS opening,
        COALESCE(drift.transactions, 0) AS transactions
    FROM drift
    CROSS JOIN settings
    CROSS JOIN has
    INNER JOIN wallet_keys ON wallet_keys.wallet_id = drift.wallet_id
    LEFT JOIN wallets ON wallets.wallet_key = wallet_keys.wallet_key
    LEFT JOIN projections
        ON projections.wallet_key = wallet_keys.wallet_key AND projections.currency = drift.currency
    LEFT JOIN held ON held.wallet_key = wallet_keys.wallet_key AND held.currency = drift.currency
    WHERE has.projections AND (
        ABS(drift.drift) >= settings.drift_tolerance
        OR drift.projections > 1
        OR (drift.projections = 0 AND drift.transactions > 0)
        OR (drift.projections = 1 AND drift.ledger IS NULL AND projections.recorded <> 0)
    )
    UNION ALL
    SELECT 'wallet total' AS stored, wallets.wallet_id, wallets.wallet_key, wallets.user_id, wallets.currency,
        COALESCE(held.ledger, 0) AS expected, COALESCE(held.ledger_all, 0) AS expected_all, wallets.balance AS recorded,
        1 AS copies, wallets.updated_at, wallets.source_created_at AS born_at, COALESCE(wallets.opening, 0) AS opening,
        COALESCE(held.transactions, 0) AS transactions
    FROM wallets
    LEFT JOIN held ON held.wallet_key = wallets.wallet_key AND held.currency = wallets.currency
    WHERE wallets.balance <> COALESCE(held.ledger, 0)
    UNION ALL
    SELECT 'cache' AS stored, owned.wallet_id, NULL AS wallet_key, living.user_id,
        COALESCE(cached.currency, owned.currency) AS currency,
        COALESCE(owned.recorded, 0) AS expected, COALESCE(owned.ledger_all, 0) AS expected_all,
        cached.cached AS recorded, COALESCE(cached.copies, 0) AS copies, NULL AS updated_at, NULL AS born_at,
        0 AS opening,
        COALESCE(owned.transactions, 0) AS transactions
    FROM cached
    FULL OUTER JOIN owned ON owned.user_id = cached.user_id AND owned.currency = cached.currency
    INNER JOIN living ON living.user_id = COALESCE(cached.user_id, owned.user_id)
    CROSS JOIN has
    WHERE has.projections
        AND COALESCE(cached.cached, 0) <> COALESCE(owned.recorded, 0)
        AND (COALESCE(owned.recorded, 0) = COALESCE(owned.ledger, 0)
            OR COALESCE(cached.cached, 0) <> COALESCE(owned.ledger, 0))
),
ranked AS (
    SELECT stored, wallet_id, wallet_key, user_id, every.currency, expected, expected_all, recorded, copies, updated_at,
        born_at, opening, transactions, COALESCE(scales.scale, 1) AS scale, COALESCE(recorded, 0) - expected AS drift,
        row_number() OVER (
            PARTITION BY every.currency
            ORDER BY ABS(COALESCE(recorded, 0) - expected) DESC, stored, user_id, wallet_id
        ) AS place
    FROM every
    LEFT JOIN scales ON scales.currency = every.currency
)
SELECT
    row_number() OVER (ORDER BY stored, user_id, wallet_id, currency) AS parting_key,
    stored, wallet_id, wallet_key, user_id, currency,
    CAST(expected AS DECIMAL(38, 0)) AS expected,
    CAST(expected_all AS DECIMAL(38, 0)) AS expected_all,
    CAST(recorded AS DECIMAL(38, 0)) AS recorded,
    copies, updated_at, born_at,
    CAST(opening AS DECIMAL(38, 0)) AS opening,
    CAST(drift AS DECIMAL(38, 0)) AS drift,
    scale,
    transactions,
    COALESCE(SUM(transactions) OVER (
        ORDER BY place, stored, user_id, wallet_id, currency
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) < (SELECT row_budget FROM has) OR transactions = 0 AS looked_at
FROM ranked
ORDER BY parting_key
