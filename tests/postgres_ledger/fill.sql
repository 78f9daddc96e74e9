-- A ledger of 2025: members and wallets, then every row as it happened, so that the table lies in order of time.
-- Every wallet opens with more than all later rows together could take. These are pairs of rows at one instant:
-- the two legs of a transfer, or two deposits or withdrawals that have nothing to do with each other.
CREATE OR REPLACE FUNCTION pg_temp.named(kind text, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE RETURN md5({seed} || ':' || kind || ':' || n)::uuid;

CREATE OR REPLACE FUNCTION pg_temp.drawn(n bigint, draw bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE RETURN hashint8extended(n, {seed}::bigint * 2 + draw) & 9223372036854775807;

CREATE OR REPLACE FUNCTION pg_temp.currency_of(wallet bigint) RETURNS text
LANGUAGE sql IMMUTABLE RETURN (ARRAY['EGP', 'USD', 'EUR'])[1 + wallet % 3];

INSERT INTO members (id, email)
SELECT pg_temp.named('member', n), n || '@example.com'
FROM generate_series(0, ({wallets} - 1) / 4) AS n;

INSERT INTO wallets (id, owner, currency, changed_at)
SELECT pg_temp.named('wallet', n), pg_temp.named('member', n / 4), pg_temp.currency_of(n), '2025-01-01Z'
FROM generate_series(0, {wallets} - 1) AS n;

INSERT INTO ledger_entries (id, wallet, value, currency, entry_type, state, posted_at, author, idem_key)
SELECT pg_temp.named('opening', n), pg_temp.named('wallet', n), {opening}, pg_temp.currency_of(n),
    'DEPOSIT', 'COMPLETED', '2025-01-01Z', 'system', {seed} || '-opening-' || n
FROM generate_series(0, {wallets} - 1) AS n;

INSERT INTO ledger_entries
    (id, wallet, value, currency, entry_type, state, posted_at, author, idem_key, related_kind, related_ref)
SELECT
    pg_temp.named('entry', n),
    pg_temp.named('wallet', wallet),
    value,
    pg_temp.currency_of(wallet),
    CASE WHEN transfers THEN 'TRANSFER' WHEN value > 0 THEN 'DEPOSIT' ELSE 'WITHDRAWAL' END,
    'COMPLETED',
    timestamptz '2025-01-01Z' + (1 + pair * {step} + d % {step}) * interval '1 microsecond',
    'system',
    {seed} || '-' || CASE WHEN transfers AND n % 2 = 1 THEN (n - 1) || '-credit' ELSE n::text END,
    CASE WHEN transfers THEN 'transfer' END,
    CASE WHEN transfers THEN pg_temp.named('entry', pair * 2)::text END
FROM (
    SELECT n, n / 2 AS pair, pg_temp.drawn(n / 2, 0) AS d, pg_temp.drawn(n, 1) AS e
    FROM generate_series(0::bigint, {rows} - 1) AS n
) AS drawn
CROSS JOIN LATERAL (SELECT d % 10 < 4 AND pair * 2 + 1 < {rows} AS transfers) AS kinds
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN NOT transfers THEN (e >> 20) % {wallets}
            WHEN n % 2 = 0 THEN (d >> 20) % {exchanging}
            ELSE ((d >> 20) + 3 * (1 + (d >> 40) % ({exchanging} / 3 - 1))) % {exchanging}
        END AS wallet,
        CASE
            WHEN transfers THEN (1 + (d >> 8) % {most}) * (n % 2 * 2 - 1)
            ELSE (1 + (e >> 8) % {most}) * CASE WHEN e % 5 < 3 THEN 1 ELSE -1 END
        END AS value
) AS changes;

INSERT INTO balances (id, wallet, currency, held, changed_at)
SELECT md5(wallet::text)::uuid, wallet, currency, sum(value), max(posted_at)
FROM ledger_entries
GROUP BY wallet, currency;

INSERT INTO member_balances (member, currency, shown)
SELECT wallets.owner, wallets.currency, sum(balances.held)
FROM wallets
INNER JOIN balances ON balances.wallet = wallets.id
GROUP BY wallets.owner, wallets.currency;
