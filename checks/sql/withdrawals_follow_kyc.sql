-- The owner of every wallet had passed KYC before the wallet's settled withdrawals.
WITH withdrawn AS (
    SELECT wallet_key, MIN(created_at) AS first_at
    FROM transactions
    WHERE settled AND kind = 'WITHDRAWAL'
    GROUP BY wallet_key
),
owners AS (
    SELECT user_id, MIN(kyc_passed_at) AS kyc_passed_at
    FROM users
    GROUP BY user_id
),
unverified AS (
    SELECT withdrawn.wallet_key, wallets.user_id, owners.kyc_passed_at
    FROM withdrawn
    LEFT JOIN wallets ON wallets.wallet_key = withdrawn.wallet_key
    LEFT JOIN owners ON owners.user_id = wallets.user_id
    WHERE owners.kyc_passed_at IS NULL OR withdrawn.first_at < owners.kyc_passed_at
)
SELECT transactions.transaction_id, transactions.wallet_id, unverified.user_id, transactions.currency,
    transactions.amount, transactions.created_at, unverified.kyc_passed_at,
    CASE WHEN unverified.kyc_passed_at IS NULL THEN 'has not passed KYC' ELSE 'passed KYC later' END AS standing
FROM transactions
INNER JOIN unverified ON unverified.wallet_key = transactions.wallet_key
WHERE transactions.settled AND transactions.kind = 'WITHDRAWAL'
    AND (unverified.kyc_passed_at IS NULL OR transactions.created_at < unverified.kyc_passed_at)
ORDER BY ABS(CAST(transactions.amount AS DECIMAL(38, 0))) DESC, transactions.transaction_id
