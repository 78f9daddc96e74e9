-- No one is refunded or credited more for an entity than they were charged for it.
WITH entities AS (
    SELECT related_hash
    FROM adjustments_and_refunds
    WHERE settled AND amount > 0 AND related_hash IS NOT NULL AND NOT COALESCE(names_itself, false)
    GROUP BY related_hash
),
family AS (
    SELECT related_id, currency, wallet_key, amount, kind, settled, names_itself
    FROM transactions
    WHERE related_hash IN (SELECT related_hash FROM entities)
),
moved AS (
    SELECT related_id, currency, wallet_key,
        CASE WHEN amount > 0 THEN CAST(amount AS DECIMAL(38, 0)) ELSE CAST(0 AS DECIMAL(38, 0)) END AS refunded,
        CASE WHEN amount < 0 THEN -CAST(amount AS DECIMAL(38, 0)) ELSE CAST(0 AS DECIMAL(38, 0)) END AS charged
    FROM family
    WHERE CASE
        WHEN NOT settled THEN false
        WHEN amount > 0 THEN (kind = 'REFUND' OR kind = 'ADJUSTMENT') AND NOT COALESCE(names_itself, false)
        ELSE kind = 'ESCROW_HOLD' OR kind = 'FEE' OR kind = 'WITHDRAWAL' OR kind = 'PAYOUT'
    END
),
suspects AS (
    SELECT related_id
    FROM moved
    GROUP BY related_id, currency, wallet_key
    HAVING SUM(refunded) > SUM(charged)
),
owned AS (
    SELECT moved.related_id, moved.currency, moved.refunded, moved.charged, wallet_keys.wallet_id,
        wallets.user_id,
        CASE WHEN wallets.user_id IS NULL THEN moved.wallet_key ELSE CAST(0 AS BIGINT) END AS own_key
    FROM moved
    INNER JOIN wallet_keys ON wallet_keys.wallet_key = moved.wallet_key
    LEFT JOIN wallets ON wallets.wallet_key = moved.wallet_key
    WHERE moved.related_id IN (SELECT related_id FROM suspects)
)
SELECT related_id, currency, MIN(CASE WHEN refunded > 0 THEN wallet_id END) AS wallet_id, user_id,
    CAST(SUM(refunded) AS DECIMAL(38, 0)) AS refunded, CAST(SUM(charged) AS DECIMAL(38, 0)) AS charged,
    CAST(SUM(refunded) - SUM(charged) AS DECIMAL(38, 0)) AS excess
FROM owned
GROUP BY related_id, currency, user_id, own_key
HAVING SUM(refunded) > SUM(charged)
ORDER BY excess DESC, related_id, currency, wallet_id
