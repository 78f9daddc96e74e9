-- How many wallets the source calls active or inactive.
SELECT COUNT(is_active) AS known FROM wallets
