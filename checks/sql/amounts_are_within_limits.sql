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
    WHERE settings.median_multiple > 0 AND deepest.depth < 0
),
unusual AS (
    SELECT ordinary.wallet_key, ordinary.currency, ordinary.transactions, ordinary.depth
    FROM movements
    INNER JOIN ordinary ON ordinary.wallet_key = movements.wallet_key AND ordinary.currency = movements.currency
    WHERE movements.nearest >= ordinary.depth
    GROUP BY ordinary.wallet_key, ordinary.currency, ordinary.transactions, ordinary.depth
    HAVING 2 * SUM(movements.transactions) >= ordinary.transactions
),
surpassed AS (
    SELECT transactions.wallet_key, transactions.currency, MIN(unusual.transactions) AS transactions
    FROM transactions
    INNER JOIN unusual ON unusual.wallet_key = transactions.wallet_key AND unusual.currency = transactions.currency
    WHERE transactions.amount >= unusual.depth AND transactions.amount <= -unusual.depth
    GROUP BY transactions.wallet_key, transactions.currency
    HAVING 2 * COUNT(*) >= MIN(unusual.transactions)
),
sized AS (
    SELECT transactions.wallet_key, transactions.currency, surpassed.transactions,
        CASE WHEN transactions.amount > 0 THEN -transactions.amount ELSE transactions.amount END AS depth
    FROM transactions
    INNER JOIN surpassed
        ON surpassed.wallet_key = transactions.wallet_key AND surpassed.currency = transactions.currency
),
placed AS (
    SELECT wallet_key, currency, depth, transactions,
        ROW_NUMBER() OVER (PARTITION BY wallet_key, currency ORDER BY depth DESC) AS place
    FROM sized
),
customs AS (
    SELECT placed.wallet_key, placed.currency, -placed.depth * settings.median_multiple AS bound,
        settings.median_multiple || ' times the median of its wallet' AS measure
    FROM placed
    CROSS JOIN settings
    WHERE placed.place = (placed.transactions + 1) // 2
),
beyond AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, largest_amounts.largest AS bound, 'the limit of its currency' AS measure
    FROM transactions
    INNER JOIN largest_amounts ON largest_amounts.currency = transactions.currency
    WHERE transactions.amount > largest_amounts.largest OR transactions.amount < -largest_amounts.largest
    UNION ALL
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, customs.bound, customs.measure
    FROM transactions
    INNER JOIN customs ON customs.wallet_key = transactions.wallet_key AND customs.currency = transactions.currency
    LEFT JOIN largest_amounts ON largest_amounts.currency = transactions.currency
    WHERE (transactions.amount > customs.bound OR transactions.amount < -customs.bound)
        AND (
            largest_amounts.largest IS NULL
            OR (transactions.amount <= largest_amounts.largest AND transactions.amount >= -largest_amounts.largest)
        )
)
SELECT transaction_id, wallet_id, currency, amount, created_at, bound, measure
FROM beyond
ORDER BY ABS(CAST(amount AS DECIMAL(38, 0))) DESC, transaction_id
