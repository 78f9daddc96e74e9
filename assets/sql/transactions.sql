-- The rows that came, with their keys, kind and transfer.
SELECT
    staged.transaction_id,
    CAST(md5_number_lower(staged.transaction_id) >> 1 AS BIGINT) AS transaction_hash,
    staged.wallet_id,
    every_key.wallet_key,
    staged.currency,
    staged.amount,
    staged.type,
    staged.kind,
    staged.status,
    staged.status IS NULL OR staged.status IN (SELECT status FROM statuses WHERE settled) AS settled,
    staged.created_at,
    staged.source_created_at,
    staged.created_by,
    staged.idempotency_key,
    CAST(CAST(md5_number_lower(staged.idempotency_key) AS HUGEINT) - 9223372036854775808 AS BIGINT) AS idempotency_hash,
    CASE
        WHEN staged.kind NOT IN (SELECT kind FROM kinds WHERE flow = 'transfer') THEN NULL
        WHEN staged.idempotency_key IS NULL AND staged.commit_ns IS NOT NULL THEN 'm:' || staged.commit_ns
        WHEN staged.idempotency_key IS NULL THEN
            't:' || epoch_us(staged.created_at) || '|' || replace(COALESCE(staged.created_by, ''), '|', '||')
            || '|' || staged.currency || '|' || abs(CAST(staged.amount AS HUGEINT))
            || '|' || COALESCE(staged.related_id, '')
        WHEN staged.amount > 0 AND suffix(staged.idempotency_key, '-credit')
            THEN 'k:' || left(staged.idempotency_key, -7)
        ELSE 'k:' || staged.idempotency_key
    END AS transfer_id,
    CAST(md5_number_lower(staged.description) >> 1 AS BIGINT) AS description_hash,
    staged.related_type,
    staged.related_id,
    staged.external_reference,
    staged.running_balance,
    CAST(md5_number_lower(staged.created_by) >> 1 AS BIGINT) AS creator_key,
    CASE WHEN staged.reason IS NOT NULL THEN length(staged.reason) END AS reason_characters,
    CASE WHEN staged.reason = '' THEN 0 WHEN staged.reason IS NOT NULL
        THEN length(regexp_replace(staged.reason, '\S+', '', 'g')) + 1 END AS reason_words,
    staged.commit_ns,
    staged.month
FROM staged
INNER JOIN every_key ON every_key.wallet_id = staged.wallet_id
