-- The ten balances of each currency that drift most, those off by less than the tolerance left out, and since when.
WITH ranked AS (
  SELECT
    drift.wallet_id, drift.currency, drift.ledger, drift.recorded, drift.drift,
    ROW_NUMBER() OVER (
      PARTITION BY drift.currency ORDER BY ABS(drift.drift) DESC, drift.drift DESC, drift.wallet_id
    ) AS place
  FROM drift CROSS JOIN settings
  WHERE ABS(drift.drift) >= settings.drift_tolerance
),
known AS (
  SELECT wallet_id, currency, MIN(state) AS state, MIN(first_cut_at) AS first_cut_at, MAX(days) AS days
  FROM exceptions
  WHERE rule = 'projections_do_not_drift' AND state <> 'cured'
  GROUP BY wallet_id, currency
)
SELECT ranked.wallet_id, ranked.currency, ranked.ledger, ranked.recorded, ranked.drift,
  known.state, known.first_cut_at, known.days
FROM ranked
LEFT JOIN known ON known.wallet_id = ranked.wallet_id AND known.currency = ranked.currency
WHERE place <= 10
ORDER BY ranked.currency, place
