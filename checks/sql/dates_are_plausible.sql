-- Every transaction is dated no later than the cut, and close to the time of its creation in the source.
WITH latest AS (
    SELECT source_cut.cut_at, source_cut.cut_at + settings.date_grace * INTERVAL '1 second' AS latest_at,
        settings.date_grace
    FROM source_cut
    CROSS JOIN settings
),
implausible AS (
    SELECT transactions.transaction_hash, transactions.wallet_key, transactions.source_created_at,
        CASE WHEN transactions.created_at > latest.latest_at THEN latest.cut_at ELSE transactions.source_created_at END
            AS expected_at,
        CASE WHEN transactions.created_at > latest.latest_at THEN 'the cut' ELSE 'its creation' END AS measure
    FROM transactions
    CROSS JOIN latest
    WHERE transactions.created_at > latest.latest_at
        OR GREATEST(transactions.created_at, transactions.source_created_at)
            > LEAST(transactions.created_at, transactions.source_created_at) + latest.date_grace * INTERVAL '1 second'
),
blocks AS (
    SELECT source_created_at, COUNT(*) AS created_together
    FROM implausible
    GROUP BY source_created_at
    HAVING COUNT(*) > 1
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.created_at, transactions.source_created_at, implausible.expected_at, implausible.measure,
    blocks.created_together
FROM transactions
INNER JOIN implausible
    ON implausible.transaction_hash = transactions.transaction_hash
    AND implausible.wallet_key = transactions.wallet_key
LEFT JOIN blocks ON blocks.source_created_at = implausible.source_created_at
ORDER BY COALESCE(blocks.created_together, 1) DESC, transactions.source_created_at NULLS FIRST,
    transactions.created_at, transactions.transaction_id
