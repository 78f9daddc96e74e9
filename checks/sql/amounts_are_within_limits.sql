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
),
held AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.wallet_key, transactions.currency,
        transactions.amount, transactions.created_at, unusual.transactions, unusual.deepest_median
    FROM transactions
    INNER JOIN unusual ON unusual.wallet_key = transactions.wallet_key AND unusual.currency = transactions.currency
),
placed AS (
    SELECT wallet_key, currency, transactions, deepest_median,
        CASE WHEN amount > 0 THEN -amount ELSE amount END AS depth,
        ROW_NUMBER() OVER (
            PARTITION BY wallet_key, currency ORDER BY CASE WHEN amount > 0 THEN -amount ELSE amount END DESC
        ) AS place
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
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, largest_amounts.largest AS bound, 'the limit of its currency' AS measure
    FROM transactions
    INNER JOIN largest_amounts ON largest_amounts.currency = transactions.currency
    WHERE transactions.amount > largest_amounts.largest OR transactions.amount < -largest_amounts.largest
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
