-- No amount is over the limit of its currency, or over so many times the median of its wallet.
WITH ordinary AS (
    SELECT deepest.wallet_key, deepest.currency, deepest.transactions,
        -((-(deepest.depth + 1)) // settings.median_multiple) AS depth
    FROM (
        SELECT wallet_key, currency, CAST(SUM(transactions) AS BIGINT) AS transactions,
            MIN(CASE WHEN most > 0 AND -most < least THEN -most ELSE least END) AS depth
        FROM movements
        GROUP BY wallet_key, currency
        HAVING SUM(transactions) > 5
    ) AS deepest
    CROSS JOIN settings
    WHERE settings.median_multiple > 0
),
unusual AS (
    SELECT ordinary.wallet_key, ordinary.currency, ordinary.transactions, ordinary.depth AS deepest_median
    FROM movements
    INNER JOIN ordinary ON ordinary.wallet_key = movements.wallet_key AND ordinary.currency = movements.currency
    WHERE movements.nearest >= ordinary.depth
    GROUP BY ordinary.wallet_key, ordinary.currency, ordinary.transactions, ordinary.depth
    HAVING 2 * SUM(movements.transactions) >= ordinary.transactions
    UNION ALL
    SELECT movements.wallet_key, movements.currency, CAST(NULL AS BIGINT) AS transactions,
        CAST(NULL AS BIGINT) AS deepest_median
    FROM movements
    INNER JOIN largest_amounts ON largest_amounts.currency = movements.currency
    WHERE movements.most > largest_amounts.largest OR movements.least < -largest_amounts.largest
),
suspects AS (
    SELECT wallet_key, currency, MAX(transactions) AS transactions, MAX(deepest_median) AS deepest_median
    FROM unusual
    GROUP BY wallet_key, currency
),
held AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.wallet_key, transactions.currency,
        transactions.amount, transactions.created_at, suspects.transactions, suspects.deepest_median,
        CASE WHEN transactions.amount > 0 THEN -transactions.amount ELSE transactions.amount END AS depth
    FROM transactions
    INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key AND suspects.currency = transactions.currency
),
placed AS (
    SELECT wallet_key, currency, transactions, deepest_median, depth,
        ROW_NUMBER() OVER (PARTITION BY wallet_key, currency ORDER BY depth DESC) AS place
    FROM held
),
customs AS (
    SELECT placed.wallet_key, placed.currency, -placed.depth * settings.median_multiple AS bound,
        settings.median_multiple || ' times the median of its wallet' AS measure
    FROM placed
    CROSS JOIN settings
    WHERE placed.place = (placed.transactions + 1) // 2 AND placed.depth >= placed.deepest_median
),
beyond AS (
    SELECT held.transaction_id, held.wallet_id, held.currency, held.amount, held.created_at,
        largest_amounts.largest AS bound, 'the limit of its currency' AS measure
    FROM held
    INNER JOIN largest_amounts ON largest_amounts.currency = held.currency
    WHERE held.amount > largest_amounts.largest OR held.amount < -largest_amounts.largest
    UNION ALL
    SELECT held.transaction_id, held.wallet_id, held.currency, held.amount, held.created_at, customs.bound,
        customs.measure
    FROM held
    INNER JOIN customs ON customs.wallet_key = held.wallet_key AND customs.currency = held.currency
    LEFT JOIN largest_amounts ON largest_amounts.currency = held.currency
    WHERE (held.amount > customs.bound OR held.amount < -customs.bound)
        AND (
            largest_amounts.largest IS NULL
            OR (held.amount <= largest_amounts.largest AND held.amount >= -largest_amounts.largest)
        )
)
SELECT transaction_id, wallet_id, currency, amount, created_at, bound, measure
FROM beyond
ORDER BY ABS(CAST(amount AS DECIMAL(38, 0))) DESC, transaction_id
