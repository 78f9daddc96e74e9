-- The rows that came, with their keys, kind and transfer.
WITH named AS (
    SELECT staged.*,
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
        END AS transfer_id
    FROM staged
)
SELECT
    named.transaction_id,
    CAST(md5_number_lower(named.transaction_id) >> 1 AS BIGINT) AS transaction_hash,
    named.wallet_id,
    every_key.wallet_key,
    named.currency,
    named.amount,
    named.type,
    named.kind,
    named.status,
    named.status IS NULL OR named.status IN (SELECT status FROM statuses WHERE settled) AS settled,
    named.created_at,
    named.source_created_at,
    epoch_us(named.source_created_at) - epoch_us(named.created_at) AS delay_us,
    named.created_by,
    named.idempotency_key,
    CAST(CAST(md5_number_lower(named.idempotency_key) AS HUGEINT) - 9223372036854775808 AS BIGINT) AS idempotency_hash,
    named.transfer_id,
    CAST(md5_number_lower(named.transfer_id) >> 1 AS BIGINT) AS transfer_hash,
    CAST(CAST('0x' || left(sha256(
        named.transfer_id || ':' || length(named.currency) || ':' || named.currency || COALESCE(named.status, '')
    ), 16) AS UBIGINT) >> 1 AS BIGINT) AS terms_hash,
    CAST(md5_number_lower(named.description) >> 1 AS BIGINT) AS description_hash,
    named.related_type,
    named.related_id,
    CAST(CAST(md5_number_lower(NULLIF(named.related_id, '')) AS HUGEINT) - 9223372036854775808 AS BIGINT)
        AS related_hash,
    named.related_id = named.idempotency_key AS names_itself,
    named.external_reference,
    named.running_balance,
    CAST(md5_number_lower(named.created_by) >> 1 AS BIGINT) AS creator_key,
    CASE WHEN named.reason IS NOT NULL THEN length(named.reason) END AS reason_characters,
    CASE WHEN named.reason = '' THEN 0 WHEN named.reason IS NOT NULL
        THEN length(regexp_replace(named.reason, '\S+', '', 'g')) + 1 END AS reason_words,
    named.commit_ns,
    named.month
FROM named
INNER JOIN every_key ON every_key.wallet_id = named.wallet_id
