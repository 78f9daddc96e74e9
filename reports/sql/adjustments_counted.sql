-- The month's adjustments, and how many of them have each flag.
SELECT COUNT(*) AS transactions,
  SUM(no_reason) AS no_reason, SUM(short_reason) AS short_reason, SUM(round_amount) AS round_amount,
  SUM(consistent_ending) AS consistent_ending, SUM(off_hours) AS off_hours, SUM(weekend) AS weekend,
  SUM(month_edge) AS month_edge, SUM(rare_preparer) AS rare_preparer, SUM(dormant_wallet) AS dormant_wallet,
  SUM(own_wallet) AS own_wallet, SUM(reversal_of_own) AS reversal_of_own, SUM(split_amount) AS split_amount,
  SUM(not_an_admin) AS not_an_admin
FROM adjustment_flags
