-- Every adjustment gives a reason of enough characters and words.
WITH suspects AS (
    SELECT given.transaction_hash, given.wallet_key, COALESCE(given.reason_characters, 0) AS reason_characters,
        COALESCE(given.reason_words, 0) AS reason_words, settings.reason_characters AS least_characters,
        settings.reason_words AS least_words
    FROM adjustments_and_refunds AS given
    CROSS JOIN settings
    WHERE given.kind = 'ADJUSTMENT'
        AND (
            COALESCE(given.reason_characters, 0) < settings.reason_characters
            OR COALESCE(given.reason_words, 0) < settings.reason_words
        )
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, suspects.reason_characters,
    suspects.reason_words, suspects.least_characters, suspects.least_words
FROM transactions
INNER JOIN suspects
    ON suspects.transaction_hash = transactions.transaction_hash AND suspects.wallet_key = transactions.wallet_key
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
