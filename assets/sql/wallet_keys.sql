-- Every wallet id that any table names, with the first 63 bits of its SHA-256.
SELECT
    CAST(CAST('0x' || left(sha256(wallet_id), 16) AS UBIGINT) >> 1 AS BIGINT) AS wallet_key,
    wallet_id,
    wallet_id IN (SELECT wallet_id FROM staged_wallets) AS known
FROM (
    SELECT wallet_id FROM staged_transactions
    UNION
    SELECT wallet_id FROM staged_wallets
    UNION
    SELECT wallet_id FROM staged_wallet_balances
)
WHERE wallet_id IS NOT NULL
ORDER BY wallet_id
