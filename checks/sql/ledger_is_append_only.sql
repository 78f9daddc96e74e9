-- No transaction that was exported before has changed or vanished, and no new one is dated before the last cut.
SELECT ledger_changes.transaction_id, ledger_changes.change, ledger_changes.wallet_id, ledger_changes.currency,
    ledger_changes.amount, ledger_changes.created_at, ledger_changes.month, ledger_changes.changed,
    ledger_changes.before, ledger_changes.after, ledger_changes.evidence, ledger_changes.previous_cut_at,
    ledger_changes.found_in,
    CASE WHEN ledger_changes.change = 'BACK-DATED INSERT' AND NOT ledger_changes.closed THEN 'warning' ELSE 'error' END
        AS severity
FROM ledger_changes
LEFT JOIN mutable_statuses
    ON ledger_changes.changed = 'status'
    AND mutable_statuses.status_before = ledger_changes.status_before
    AND mutable_statuses.status_after = ledger_changes.status_after
WHERE mutable_statuses.status_before IS NULL
ORDER BY severity, ABS(CAST(ledger_changes.amount AS DECIMAL(38, 0))) DESC, ledger_changes.transaction_id,
    ledger_changes.found_in, ledger_changes.change
