-- No recorded balance counts rows that are not settled.
SELECT drift.wallet_id, drift.currency, drift.ledger, drift.recorded, drift.drift, unsettled.ledger_all,
    unsettled.ledger_all - drift.ledger AS unsettled
FROM drift
INNER JOIN (SELECT wallet_id, currency, ledger_all FROM balances WHERE ledger_all <> ledger) AS unsettled
    ON unsettled.wallet_id = drift.wallet_id AND unsettled.currency = drift.currency
WHERE drift.recorded = unsettled.ledger_all
ORDER BY ABS(drift.drift) DESC, drift.wallet_id, drift.currency
