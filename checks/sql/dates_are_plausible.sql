-- Every transaction is dated no later than the cut, and close to the time of its creation in the source.
WITH latest AS (
    SELECT source_cut.cut_at, source_cut.cut_at + settings.date_grace * INTERVAL '1 second' AS latest_at,
        settings.date_grace * 1000000 AS grace_us
    FROM source_cut
    CROSS JOIN settings
),
distant AS (
    SELECT transactions.transaction_hash, transactions.wallet_key, latest.cut_at
    FROM transactions
    CROSS JOIN latest
    WHERE transactions.created_at > latest.latest_at
    UNION ALL
    SELECT transactions.transaction_hash, transactions.wallet_key, CAST(NULL AS TIMESTAMP WITH TIME ZONE) AS cut_at
    FROM transactions
    CROSS JOIN latest
    WHERE transactions.delay_us > latest.grace_us
    UNION ALL
    SELECT transactions.transaction_hash, transactions.wallet_key, CAST(NULL AS TIMESTAMP WITH TIME ZONE) AS cut_at
    FROM transactions
    CROSS JOIN latest
    WHERE transactions.delay_us < -latest.grace_us
),
suspects AS (
    SELECT transaction_hash, wallet_key, MAX(cut_at) AS cut_at
    FROM distant
    GROUP BY transaction_hash, wallet_key
),
implausible AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, transactions.source_created_at,
        COALESCE(suspects.cut_at, transactions.source_created_at) AS expected_at,
        CASE WHEN suspects.cut_at IS NULL THEN 'its creation' ELSE 'the cut' END AS measure
    FROM transactions
    INNER JOIN suspects
        ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
),
blocks AS (
    SELECT source_created_at, COUNT(*) AS created_together
    FROM implausible
    GROUP BY source_created_at
    HAVING COUNT(*) > 1
)
SELECT implausible.transaction_id, implausible.wallet_id, implausible.currency, implausible.amount,
    implausible.created_at, implausible.source_created_at, implausible.expected_at, implausible.measure,
    blocks.created_together
FROM implausible
LEFT JOIN blocks ON blocks.source_created_at = implausible.source_created_at
ORDER BY COALESCE(blocks.created_together, 1) DESC, implausible.source_created_at NULLS FIRST,
    implausible.created_at, implausible.transaction_id
