-- Every balance at the end of a month: opening, movement, closing, the lowest it was after an instant, its last row.
WITH moved AS (
    SELECT
        wallet_key,
        currency,
        CAST(SUM(CASE WHEN settled THEN transactions ELSE 0 END) AS BIGINT) AS transactions,
        CAST(SUM(CASE WHEN settled THEN amount ELSE CAST(0 AS DECIMAL(38, 0)) END) AS DECIMAL(38, 0)) AS movement,
        CAST(SUM(CASE WHEN settled THEN CAST(0 AS DECIMAL(38, 0)) ELSE amount END) AS DECIMAL(38, 0)) AS unsettled,
        MAX(last_at) AS last_at,
        MAX(CASE WHEN settled THEN last_at END) AS last_settled_at
    FROM movements
    GROUP BY wallet_key, currency
)
SELECT
    (SELECT month FROM asked) AS month,
    COALESCE(openings.wallet_key, moved.wallet_key) AS wallet_key,
    COALESCE(openings.currency, moved.currency) AS currency,
    COALESCE(moved.transactions, 0) AS transactions,
    COALESCE(openings.closing, 0) AS opening,
    COALESCE(moved.movement, 0) AS movement,
    COALESCE(openings.closing, 0) + COALESCE(moved.movement, 0) AS closing,
    COALESCE(openings.closing, 0) + lowest.lowest_movement AS lowest,
    COALESCE(openings.unsettled, 0) + COALESCE(moved.unsettled, 0) AS unsettled,
    COALESCE(openings.settled_rows, 0) + COALESCE(moved.transactions, 0) AS settled_rows,
    COALESCE(lowest.instants, 0) AS instants,
    COALESCE(moved.last_at, openings.last_at) AS last_at,
    COALESCE(moved.last_settled_at, openings.last_settled_at) AS last_settled_at
FROM openings
FULL OUTER JOIN moved ON moved.wallet_key = openings.wallet_key AND moved.currency = openings.currency
LEFT JOIN lowest ON lowest.wallet_key = moved.wallet_key AND lowest.currency = moved.currency
ORDER BY 2, 3
