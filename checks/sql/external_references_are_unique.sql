-- No reference of a payment provider is credited twice.
WITH repeated AS (
    SELECT external_reference, COUNT(*) AS occurrences
    FROM transactions
    WHERE settled AND amount > 0 AND external_reference <> ''
    GROUP BY external_reference
    HAVING COUNT(*) > 1
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.kind, transactions.currency,
    transactions.amount, transactions.created_at, transactions.external_reference, repeated.occurrences
FROM transactions
INNER JOIN repeated ON repeated.external_reference = transactions.external_reference
WHERE transactions.settled AND transactions.amount > 0
ORDER BY transactions.external_reference, transactions.created_at, transactions.transaction_id
