-- Every adjustment and refund, by the numbers that rules ask of them again and again.
SELECT transaction_hash, wallet_key, creator_key, kind, settled, amount, related_hash, names_itself, reason_characters,
    reason_words, month
FROM transactions
WHERE kind = 'ADJUSTMENT' OR kind = 'REFUND'
