-- The sign of every amount agrees with its kind, and only system wallets are credited with fees, where there are any.
WITH systems AS (
    SELECT wallet_keys.wallet_key
    FROM wallet_keys
    INNER JOIN system_wallets ON system_wallets.wallet_id = wallet_keys.wallet_id
),
suspects AS (
    SELECT movements.wallet_key, movements.kind, kinds.sign
    FROM movements
    INNER JOIN kinds ON kinds.kind = movements.kind
    LEFT JOIN systems ON systems.wallet_key = movements.wallet_key
    CROSS JOIN (SELECT COUNT(*) AS wallets FROM system_wallets) AS known
    WHERE (kinds.sign = 'credit' AND movements.least < 0)
        OR (kinds.sign = 'debit' AND movements.most > 0)
        OR (
            kinds.sign = 'either' AND movements.kind = 'FEE' AND movements.most > 0
            AND known.wallets > 0 AND systems.wallet_key IS NULL
        )
    GROUP BY movements.wallet_key, movements.kind, kinds.sign
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.type,
    transactions.currency, transactions.amount, transactions.created_at,
    CASE
        WHEN suspects.sign = 'credit' THEN 'a credit'
        WHEN suspects.sign = 'debit' THEN 'a debit'
        ELSE 'a debit outside a system wallet'
    END AS ought_to_be
FROM transactions
INNER JOIN suspects ON suspects.wallet_key = transactions.wallet_key AND suspects.kind = transactions.kind
WHERE CASE WHEN suspects.sign = 'credit' THEN transactions.amount < 0 ELSE transactions.amount > 0 END
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
