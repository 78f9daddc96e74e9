-- Every transaction that moves money into or out of escrow names the entity it is held for.
WITH nameless AS (
    SELECT transaction_id, wallet_id, currency, amount, kind, created_at
    FROM transactions
    WHERE COALESCE(related_id, '') = ''
)
SELECT nameless.transaction_id, nameless.wallet_id, nameless.currency, nameless.amount, nameless.kind,
    nameless.created_at
FROM nameless
INNER JOIN kinds ON kinds.kind = nameless.kind
WHERE kinds.flow = 'escrow' OR (kinds.flow = 'escrow_if_positive' AND nameless.amount > 0)
ORDER BY ABS(CAST(nameless.amount AS DECIMAL(38, 0))) DESC, nameless.transaction_id
