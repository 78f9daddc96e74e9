-- The sign of every amount agrees with its kind, and only system wallets are credited with fees, where there are any.
WITH suspects AS (
    SELECT movements.wallet_key, movements.kind, kinds.sign
    FROM movements
    INNER JOIN kinds ON kinds.kind = movements.kind
    WHERE (kinds.sign = 'credit' AND movements.least < 0)
        OR (kinds.sign = 'debit' AND movements.most > 0)
        OR (movements.kind = 'FEE' AND movements.most > 0)
    GROUP BY movements.wallet_key, movements.kind, kinds.sign
),
held AS (
    SELECT transaction_id, wallet_id, wallet_key, kind, type, currency, amount, created_at
    FROM transactions
    WHERE wallet_key IN (SELECT wallet_key FROM suspects)
),
systems AS (
    SELECT wallet_keys.wallet_key
    FROM wallet_keys
    INNER JOIN system_wallets ON system_wallets.wallet_id = wallet_keys.wallet_id
)
SELECT held.transaction_id, held.wallet_id, held.kind, held.type, held.currency, held.amount, held.created_at,
    CASE
        WHEN suspects.sign = 'credit' THEN 'a credit'
        WHEN suspects.sign = 'debit' THEN 'a debit'
        ELSE 'a debit outside a system wallet'
    END AS ought_to_be
FROM held
INNER JOIN suspects ON suspects.wallet_key = held.wallet_key AND suspects.kind = held.kind
LEFT JOIN systems ON systems.wallet_key = held.wallet_key
CROSS JOIN (SELECT COUNT(*) AS wallets FROM system_wallets) AS known
WHERE (suspects.sign = 'credit' AND held.amount < 0)
    OR (suspects.sign = 'debit' AND held.amount > 0)
    OR (
        suspects.sign = 'either' AND held.kind = 'FEE' AND held.amount > 0
        AND known.wallets > 0 AND systems.wallet_key IS NULL
    )
ORDER BY ABS(CAST(held.amount AS DECIMAL(38, 0))) DESC, held.transaction_id
