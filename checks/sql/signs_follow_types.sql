-- The sign of every amount agrees with its kind, and only system wallets are credited with fees, where there are any.
WITH directions AS (
    SELECT kind, MIN(least) AS least, MAX(most) AS most
    FROM movements
    GROUP BY kind
),
suspects AS (
    SELECT directions.kind, kinds.sign
    FROM directions
    INNER JOIN kinds ON kinds.kind = directions.kind
    WHERE (kinds.sign = 'credit' AND directions.least < 0)
        OR (kinds.sign = 'debit' AND directions.most > 0)
        OR (directions.kind = 'FEE' AND directions.most > 0)
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.type,
    transactions.currency, transactions.amount, transactions.created_at,
    CASE
        WHEN suspects.sign = 'credit' THEN 'a credit'
        WHEN suspects.sign = 'debit' THEN 'a debit'
        ELSE 'a debit outside a system wallet'
    END AS ought_to_be
FROM transactions
INNER JOIN suspects ON suspects.kind = transactions.kind
LEFT JOIN system_wallets ON system_wallets.wallet_id = transactions.wallet_id
CROSS JOIN (SELECT COUNT(*) AS wallets FROM system_wallets) AS known
WHERE (suspects.sign = 'credit' AND transactions.amount < 0)
    OR (suspects.sign = 'debit' AND transactions.amount > 0)
    OR (
        suspects.sign = 'either' AND transactions.kind = 'FEE' AND transactions.amount > 0
        AND known.wallets > 0 AND system_wallets.wallet_id IS NULL
    )
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
