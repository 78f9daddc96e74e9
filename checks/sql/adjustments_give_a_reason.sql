-- Every adjustment gives a reason of enough characters and words.
WITH months AS (
    SELECT given.month
    FROM adjustments_and_refunds AS given
    CROSS JOIN settings
    WHERE given.kind = 'ADJUSTMENT'
        AND (
            COALESCE(given.reason_characters, 0) < settings.reason_characters
            OR COALESCE(given.reason_words, 0) < settings.reason_words
        )
    GROUP BY given.month
)
SELECT transactions.transaction_id, transactions.wallet_id, transactions.currency, transactions.amount,
    transactions.status, transactions.created_at, transactions.created_by,
    COALESCE(transactions.reason_characters, 0) AS reason_characters,
    COALESCE(transactions.reason_words, 0) AS reason_words,
    settings.reason_characters AS least_characters, settings.reason_words AS least_words
FROM transactions
INNER JOIN months ON months.month = transactions.month
CROSS JOIN settings
WHERE transactions.kind = 'ADJUSTMENT'
    AND (
        COALESCE(transactions.reason_characters, 0) < settings.reason_characters
        OR COALESCE(transactions.reason_words, 0) < settings.reason_words
    )
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
