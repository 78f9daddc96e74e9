-- Every adjustment gives a reason of enough characters and words.
WITH reticent AS (
    SELECT transactions.transaction_hash, transactions.wallet_key,
        COALESCE(transactions.reason_characters, 0) AS reason_characters,
        COALESCE(transactions.reason_words, 0) AS reason_words
    FROM transactions
    CROSS JOIN settings
    WHERE transactions.kind = 'ADJUSTMENT'
        AND (
            COALESCE(transactions.reason_characters, 0) < settings.reason_characters
            OR COALESCE(transactions.reason_words, 0) < settings.reason_words
        )
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by, reticent.reason_characters,
    reticent.reason_words, settings.reason_characters AS least_characters, settings.reason_words AS least_words
FROM transactions
INNER JOIN reticent
    ON reticent.transaction_hash = transactions.transaction_hash AND reticent.wallet_key = transactions.wallet_key
CROSS JOIN settings
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
