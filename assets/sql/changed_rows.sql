-- Rows of a month that stood before and changed or are no longer in it, with both sides.
SELECT
    before.transaction_id,
    present.transaction_id IS NULL AS gone,
    CAST(to_json(before) AS VARCHAR) AS before,
    CASE WHEN present.transaction_id IS NOT NULL THEN CAST(to_json(present) AS VARCHAR) END AS after
FROM before
LEFT JOIN present
    ON present.transaction_hash = before.transaction_hash AND present.transaction_id = before.transaction_id
WHERE present.transaction_id IS NULL
    OR present.wallet_id <> before.wallet_id
    OR present.currency <> before.currency
    OR present.amount <> before.amount
    OR present.type <> before.type
    OR present.created_at <> before.created_at
    OR present.status IS DISTINCT FROM before.status
    OR present.source_created_at IS DISTINCT FROM before.source_created_at
    OR present.created_by IS DISTINCT FROM before.created_by
    OR present.idempotency_key IS DISTINCT FROM before.idempotency_key
    OR present.description_hash IS DISTINCT FROM before.description_hash
    OR present.related_type IS DISTINCT FROM before.related_type
    OR present.related_id IS DISTINCT FROM before.related_id
    OR present.external_reference IS DISTINCT FROM before.external_reference
    OR present.running_balance IS DISTINCT FROM before.running_balance
