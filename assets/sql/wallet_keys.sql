-- Every wallet id that came or stood before, with the first 63 bits of its SHA-256.
SELECT
    CAST(CAST('0x' || left(sha256(wallet_id), 16) AS UBIGINT) >> 1 AS BIGINT) AS wallet_key,
    wallet_id
FROM (
    SELECT wallet_id FROM fresh_transactions
    UNION
    SELECT wallet_id FROM fresh_wallets
    UNION
    SELECT wallet_id FROM fresh_wallet_balances
    UNION
    SELECT wallet_id FROM earlier_wallet_keys
    UNION
    SELECT wallet_id FROM revised_wallet_balances
)
WHERE wallet_id IS NOT NULL
