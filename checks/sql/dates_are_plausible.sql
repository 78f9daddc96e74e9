-- Every transaction is dated no later than the cut, and close to the time of its creation in the source.
WITH latest AS (
    SELECT source_cut.cut_at, source_cut.cut_at + settings.date_grace * INTERVAL '1 second' AS latest_at,
        settings.date_grace * 1000000 AS grace_us
    FROM source_cut
    CROSS JOIN settings
),
exceeded AS (
    SELECT latest.cut_at, latest.latest_at, latest.grace_us
    FROM latest
    CROSS JOIN (SELECT MIN(delay_us) AS least_us, MAX(delay_us) AS most_us FROM transactions) AS delays
    CROSS JOIN (SELECT MAX(last_at) AS last_at FROM closings) AS moved
    WHERE moved.last_at > latest.latest_at
        OR delays.most_us > latest.grace_us
        OR delays.least_us < -latest.grace_us
),
implausible AS (
    SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
        transactions.created_at, transactions.source_created_at,
        CASE WHEN transactions.created_at > exceeded.latest_at THEN exceeded.cut_at ELSE transactions.source_created_at END
            AS expected_at,
        CASE WHEN transactions.created_at > exceeded.latest_at THEN 'the cut' ELSE 'its creation' END AS measure
    FROM transactions
    CROSS JOIN exceeded
    WHERE transactions.created_at > exceeded.latest_at
        OR transactions.delay_us > exceeded.grace_us
        OR transactions.delay_us < -exceeded.grace_us
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
