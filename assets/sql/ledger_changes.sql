-- Every change of a row that had been exported, and every row that came too late, with both sides; all that was ever found.
SELECT
    transaction_id,
    change,
    COALESCE(before, after) ->> '$.wallet_id' AS wallet_id,
    COALESCE(before, after) ->> '$.currency' AS currency,
    CAST(COALESCE(before, after) ->> '$.amount' AS BIGINT) AS amount,
    CAST(COALESCE(before, after) ->> '$.created_at' AS TIMESTAMPTZ) AS created_at,
    COALESCE(before, after) ->> '$.month' AS month,
    COALESCE(before, after) ->> '$.month' < (SELECT month FROM closed_before) AS closed,
    before ->> '$.status' AS status_before,
    after ->> '$.status' AS status_after,
    CASE WHEN change = 'UPDATE' THEN array_to_string(list_filter(
        ['wallet_id', 'currency', 'amount', 'type', 'status', 'created_at', 'source_created_at', 'created_by',
            'idempotency_key', 'description_hash', 'related_type', 'related_id',
            'external_reference', 'running_balance'],
        lambda name: json_exists(after, '$.' || name) AND json_exists(before, '$.' || name)
            AND before ->> ('$.' || name) IS DISTINCT FROM after ->> ('$.' || name)
    ), ', ') END AS changed,
    before,
    after,
    evidence,
    (SELECT previous_cut_at FROM asked) AS previous_cut_at,
    (SELECT found_in FROM asked) AS found_in
FROM changes
WHERE changed IS DISTINCT FROM '' OR evidence <> 'comparison'
