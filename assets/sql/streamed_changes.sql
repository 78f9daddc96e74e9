-- Rows of the ledger that a commit wrote again or removed, as the source's own stream of commits shows it.
WITH written AS (
    SELECT transaction_id, commit_ns, false AS removed, CAST(to_json(earlier_transactions) AS VARCHAR) AS document
    FROM earlier_transactions
    WHERE transaction_hash IN (SELECT CAST(md5_number_lower(transaction_id) >> 1 AS BIGINT) FROM revised_transactions)
        AND transaction_id IN (SELECT transaction_id FROM revised_transactions)
    UNION
    SELECT transaction_id, commit_ns, removed, CASE WHEN NOT removed THEN CAST(to_json({
        wallet_id: wallet_id, currency: currency, amount: amount, type: type, status: status, created_at: created_at,
        created_by: created_by, idempotency_key: idempotency_key, related_id: related_id, month: month
    }) AS VARCHAR) END AS document
    FROM revised_transactions
    WHERE refused_reason IS NULL
)
SELECT
    transaction_id,
    CASE WHEN arg_max(removed, commit_ns) THEN 'DELETE' ELSE 'UPDATE' END AS change,
    arg_min(document, commit_ns) AS before,
    CASE WHEN NOT arg_max(removed, commit_ns) THEN arg_max(document, commit_ns) END AS after
FROM written
GROUP BY transaction_id
HAVING count(DISTINCT commit_ns) > 1 OR bool_or(removed)
