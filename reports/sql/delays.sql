-- How long after its date the source created a transaction of the month, in microseconds.
SELECT COUNT(delay_us) AS transactions,
  quantile_disc(delay_us, 0.5) AS median_us, quantile_disc(delay_us, 0.99) AS p99_us, MAX(delay_us) AS longest_us
FROM transactions
