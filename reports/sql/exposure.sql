-- What drift puts at risk at the cut, by currency and kind.
SELECT currency, exposure, amount, balances, users
FROM exposure
ORDER BY currency, exposure
