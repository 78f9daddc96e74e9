-- No recorded balance is its ledger's sum in major units where that is in minor ones, or the other way about.
WITH scaled AS (
    SELECT currency, decimals, CAST(SUBSTR('1000000000000000000', 1, decimals + 1) AS DECIMAL(38, 0)) AS scale
    FROM currencies
    WHERE decimals > 0
)
SELECT drift.wallet_id, drift.currency, drift.ledger, drift.recorded, drift.drift, scaled.decimals
FROM drift
INNER JOIN scaled ON scaled.currency = drift.currency
WHERE drift.drift <> 0
    AND drift.ledger <> 0
    AND drift.recorded <> 0
    AND (drift.recorded = drift.ledger * scaled.scale OR drift.ledger = drift.recorded * scaled.scale)
ORDER BY ABS(drift.drift) DESC, drift.wallet_id, drift.currency
