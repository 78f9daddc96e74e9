-- Every commit that moved a wallet's ledger moved its recorded balance by the same amount.
WITH moved AS (
    SELECT wallet_key, currency, commit_ns, MIN(wallet_id) AS wallet_id, MIN(transaction_id) AS transaction_id,
        CAST(SUM(CAST(amount AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS ledger_change
    FROM transactions
    CROSS JOIN source_cut
    WHERE settled AND commit_ns > source_cut.commits_after_ns
    GROUP BY wallet_key, currency, commit_ns
),
revised AS (
    SELECT wallet_key, currency, commit_ns,
        CAST(SUM(CAST(change AS DECIMAL(38, 0))) AS DECIMAL(38, 0)) AS recorded_change
    FROM projection_revisions
    GROUP BY wallet_key, currency, commit_ns
)
SELECT moved.transaction_id, moved.wallet_id, moved.currency, moved.commit_ns, moved.ledger_change,
    COALESCE(revised.recorded_change, 0) AS recorded_change,
    COALESCE(revised.recorded_change, 0) - moved.ledger_change AS drift
FROM moved
LEFT JOIN revised
    ON revised.wallet_key = moved.wallet_key
    AND revised.currency = moved.currency
    AND revised.commit_ns = moved.commit_ns
WHERE moved.ledger_change <> COALESCE(revised.recorded_change, 0)
ORDER BY moved.commit_ns, moved.wallet_id, moved.currency
