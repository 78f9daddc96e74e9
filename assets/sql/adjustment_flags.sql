-- Every adjustment of the ledger, what is unusual about it as flags of 0 and 1, and the sum of their weights as score.
WITH adjustments AS (
    SELECT transaction_id, transaction_hash, wallet_id, wallet_key, currency, amount,
        ABS(CAST(amount AS HUGEINT)) AS size, settled, created_at, created_by, creator_key, reason_characters, month,
        timezone(asked.zone, created_at) AS local_at
    FROM transactions CROSS JOIN asked
    WHERE kind = 'ADJUSTMENT'
),
around AS (
    SELECT transaction_hash, kind, created_at,
        LAG(created_at) OVER (PARTITION BY wallet_key ORDER BY created_at, transaction_hash) AS before_at,
        LEAD(created_at) OVER (PARTITION BY wallet_key ORDER BY created_at, transaction_hash) AS after_at
    FROM transactions
    WHERE wallet_key IN (SELECT wallet_key FROM adjustments)
),
dormant AS (
    SELECT transaction_hash
    FROM around
    WHERE kind = 'ADJUSTMENT'
        AND NOT COALESCE(before_at >= created_at - INTERVAL '90 days', false)
        AND NOT COALESCE(after_at = created_at, false)
),
close_by AS (
    SELECT transaction_hash, created_at,
        LAG(created_at, 2) OVER by_preparer AS second_before_at, LAG(created_at) OVER by_preparer AS before_at,
        LEAD(created_at) OVER by_preparer AS after_at, LEAD(created_at, 2) OVER by_preparer AS second_after_at
    FROM adjustments
    WHERE creator_key IS NOT NULL
    WINDOW by_preparer AS (PARTITION BY creator_key, wallet_key ORDER BY created_at, transaction_hash)
),
split AS (
    SELECT transaction_hash
    FROM close_by
    WHERE created_at - second_before_at <= INTERVAL '24 hours'
        OR second_after_at - created_at <= INTERVAL '24 hours'
        OR after_at - before_at <= INTERVAL '24 hours'
),
reversing AS (
    SELECT DISTINCT later.transaction_hash
    FROM adjustments AS later
    INNER JOIN adjustments AS earlier
        ON earlier.wallet_key = later.wallet_key AND earlier.creator_key = later.creator_key
        AND earlier.currency = later.currency
        AND CAST(earlier.amount AS HUGEINT) = -CAST(later.amount AS HUGEINT)
    WHERE later.amount <> 0
        AND (earlier.created_at, earlier.transaction_hash) < (later.created_at, later.transaction_hash)
        AND earlier.created_at >= later.created_at - INTERVAL '30 days'
),
endings AS (
    SELECT creator_key, currency, size % 1000 AS ending
    FROM adjustments
    WHERE size >= 1000 AND size % 1000 <> 0
    GROUP BY creator_key, currency, size % 1000
    HAVING creator_key IS NOT NULL AND COUNT(*) >= 3
),
rare AS (
    SELECT creator_key
    FROM adjustments
    WHERE creator_key IS NOT NULL
    GROUP BY creator_key
    HAVING 100 * COUNT(*) < 2 * (SELECT COUNT(*) FROM adjustments)
),
flagged AS (
    SELECT adjustments.transaction_id, adjustments.wallet_id, adjustments.currency, adjustments.amount,
        adjustments.size, adjustments.settled, adjustments.created_at, adjustments.created_by, adjustments.month,
        COALESCE(adjustments.reason_characters, 0) = 0 AS no_reason,
        adjustments.reason_characters > 0 AND adjustments.reason_characters < settings.reason_characters
            AS short_reason,
        adjustments.size > 0 AND adjustments.size % CAST(round_units.unit AS HUGEINT) = 0 AS round_amount,
        endings.ending IS NOT NULL AS consistent_ending,
        hour(adjustments.local_at) < asked.work_begins OR hour(adjustments.local_at) >= asked.work_ends AS off_hours,
        isodow(adjustments.local_at) IN (SELECT day FROM weekend) AS weekend,
        day(adjustments.local_at) <= 2 OR day(last_day(adjustments.local_at)) - day(adjustments.local_at) < 2
            AS month_edge,
        adjustments.creator_key IN (SELECT creator_key FROM rare) AS rare_preparer,
        adjustments.transaction_hash IN (SELECT transaction_hash FROM dormant) AS dormant_wallet,
        creators.user_id = wallets.user_id AS own_wallet,
        adjustments.transaction_hash IN (SELECT transaction_hash FROM reversing) AS reversal_of_own,
        adjustments.transaction_hash IN (SELECT transaction_hash FROM split) AS split_amount,
        NOT COALESCE(creators.is_admin, false) AS not_an_admin
    FROM adjustments
    CROSS JOIN asked
    CROSS JOIN settings
    LEFT JOIN round_units ON round_units.currency = adjustments.currency
    LEFT JOIN creators ON creators.creator_key = adjustments.creator_key
    LEFT JOIN wallets ON wallets.wallet_key = adjustments.wallet_key
    LEFT JOIN endings ON endings.creator_key = adjustments.creator_key AND endings.currency = adjustments.currency
        AND endings.ending = adjustments.size % 1000 AND adjustments.size >= 1000
),
numbered AS (
    SELECT transaction_id, wallet_id, currency, amount, size, settled, created_at, created_by, month,
        CAST(COALESCE(COLUMNS([
            'no_reason', 'short_reason', 'round_amount', 'consistent_ending', 'off_hours', 'weekend', 'month_edge',
            'rare_preparer', 'dormant_wallet', 'own_wallet', 'reversal_of_own', 'split_amount', 'not_an_admin'
        ]), false) AS BIGINT)
    FROM flagged
)
SELECT numbered.* EXCLUDE (size),
    numbered.no_reason * weights.no_reason + numbered.short_reason * weights.short_reason
    + numbered.round_amount * weights.round_amount + numbered.consistent_ending * weights.consistent_ending
    + numbered.off_hours * weights.off_hours + numbered.weekend * weights.weekend
    + numbered.month_edge * weights.month_edge + numbered.rare_preparer * weights.rare_preparer
    + numbered.dormant_wallet * weights.dormant_wallet + numbered.own_wallet * weights.own_wallet
    + numbered.reversal_of_own * weights.reversal_of_own + numbered.split_amount * weights.split_amount
    + numbered.not_an_admin * weights.not_an_admin AS score
FROM numbered CROSS JOIN weights
ORDER BY score DESC, numbered.size DESC, numbered.transaction_id
