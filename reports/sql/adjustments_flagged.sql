-- The month's adjustments that have a score, the highest first.
SELECT transaction_id, wallet_id, currency, amount, created_at, created_by, score,
  no_reason, short_reason, round_amount, consistent_ending, off_hours, weekend, month_edge, rare_preparer,
  dormant_wallet, own_wallet, reversal_of_own, split_amount, not_an_admin
FROM adjustment_flags
WHERE score > 0
ORDER BY score DESC, ABS(CAST(amount AS DECIMAL(38, 0))) DESC, transaction_id
