-- The ten balances of each currency that drift most, those off by less than the tolerance left out.
SELECT wallet_id, currency, ledger, recorded, drift
FROM (
  SELECT
    drift.wallet_id, drift.currency, drift.ledger, drift.recorded, drift.drift,
    ROW_NUMBER() OVER (
      PARTITION BY drift.currency ORDER BY ABS(drift.drift) DESC, drift.drift DESC, drift.wallet_id
    ) AS place
  FROM drift CROSS JOIN settings
  WHERE ABS(drift.drift) >= settings.drift_tolerance
) AS ranked
WHERE place <= 10
ORDER BY currency, place
