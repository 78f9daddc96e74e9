-- The legs of every transfer sum to zero, in one currency and one status, between two or more wallets.
WITH transfers AS (
    SELECT transfer_hash, COUNT(*) AS legs, SUM(CAST(amount AS DECIMAL(38, 0))) AS imbalance,
        MIN(wallet_key) AS first_wallet, MAX(wallet_key) AS last_wallet,
        MIN(terms_hash) AS first_terms, MAX(terms_hash) AS last_terms
    FROM transactions
    WHERE transfer_hash IS NOT NULL
    GROUP BY transfer_hash
),
suspects AS (
    SELECT transfers.transfer_hash
    FROM transfers
    CROSS JOIN settings
    WHERE transfers.imbalance <> 0
        OR transfers.legs < 2
        OR (settings.transfer_legs > 0 AND transfers.legs <> settings.transfer_legs)
        OR transfers.first_wallet = transfers.last_wallet
        OR transfers.first_terms <> transfers.last_terms
),
candidates AS (
    SELECT transaction_id, wallet_id, transfer_id, currency, amount, status, created_at
    FROM transactions
    WHERE transfer_hash IN (SELECT transfer_hash FROM suspects)
),
broken AS (
    SELECT transfer_id, COUNT(*) AS legs
    FROM candidates
    CROSS JOIN settings
    GROUP BY transfer_id
    HAVING SUM(CAST(amount AS DECIMAL(38, 0))) <> 0
        OR COUNT(*) < 2
        OR (MAX(settings.transfer_legs) > 0 AND COUNT(*) <> MAX(settings.transfer_legs))
        OR MIN(wallet_id) = MAX(wallet_id)
        OR MIN(currency) <> MAX(currency)
        OR MIN(COALESCE(status, '')) <> MAX(COALESCE(status, ''))
),
legs AS (
    SELECT transaction_id, wallet_id, transfer_id, currency, amount, status, created_at
    FROM candidates
    WHERE transfer_id IN (SELECT transfer_id FROM broken)
),
sums AS (
    SELECT transfer_id, currency, CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS imbalance
    FROM legs
    GROUP BY transfer_id, currency
)
SELECT legs.transaction_id, legs.wallet_id, legs.transfer_id, legs.currency, legs.amount, legs.status,
    legs.created_at, broken.legs, sums.imbalance
FROM legs
INNER JOIN broken ON broken.transfer_id = legs.transfer_id
INNER JOIN sums ON sums.transfer_id = legs.transfer_id AND sums.currency = legs.currency
ORDER BY ABS(sums.imbalance) DESC, legs.transfer_id, legs.created_at, legs.transaction_id
