-- A reference wallet ledger, in names of its own so that an auditor has to be told what they mean.
-- Every change of the ledger changes the projection (balances) and the cache (member_balances) in one transaction.
-- Locks are taken in one order, balances by wallet and then caches by member, so that writers never deadlock.
CREATE SCHEMA ledger;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SET search_path = ledger;
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = ledger', current_database());
END $$;

CREATE TABLE members (id uuid PRIMARY KEY, removed_at timestamptz, email text);
CREATE TABLE member_balances (
    member uuid NOT NULL REFERENCES members,
    currency text NOT NULL,
    shown bigint NOT NULL,
    PRIMARY KEY (member, currency)
);
CREATE TABLE wallets (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL REFERENCES members,
    currency text NOT NULL,
    active bool NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE TABLE balances (
    id uuid PRIMARY KEY,
    wallet uuid NOT NULL UNIQUE REFERENCES wallets,
    currency text NOT NULL,
    held bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT transaction_timestamp()
);
CREATE TABLE ledger_entries (
    id uuid PRIMARY KEY,
    wallet uuid NOT NULL REFERENCES wallets,
    value bigint NOT NULL,
    currency text NOT NULL,
    entry_type text NOT NULL,
    state text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    author text NOT NULL,
    idem_key text UNIQUE,
    note text,
    related_kind text,
    related_ref text
);

CREATE FUNCTION open_wallet(p_member uuid, p_currency text, p_email text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    opened uuid := gen_random_uuid();
BEGIN
    INSERT INTO members (id, email) VALUES (p_member, p_email) ON CONFLICT DO NOTHING;
    INSERT INTO wallets (id, owner, currency) VALUES (opened, p_member, p_currency);
    INSERT INTO balances (id, wallet, currency, held) VALUES (gen_random_uuid(), opened, p_currency, 0);
    INSERT INTO member_balances (member, currency, shown) VALUES (p_member, p_currency, 0) ON CONFLICT DO NOTHING;
    RETURN opened;
END $$;

CREATE FUNCTION lock_wallets(p_wallets uuid[], p_currency text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    found_wallets bigint;
    matching bigint;
BEGIN
    PERFORM FROM balances WHERE wallet = ANY (p_wallets) ORDER BY wallet FOR UPDATE;
    SELECT count(*), count(*) FILTER (WHERE currency = p_currency) INTO found_wallets, matching
    FROM wallets WHERE id = ANY (p_wallets) AND active;
    IF found_wallets < cardinality(p_wallets) THEN
        RAISE EXCEPTION 'WALLET_NOT_FOUND';
    ELSIF matching < cardinality(p_wallets) THEN
        RAISE EXCEPTION 'CURRENCY_MISMATCH';
    END IF;
END $$;

-- The handler makes every entry a subtransaction, with a transaction id of its own that its xmin shows.
CREATE FUNCTION post_entry(
    p_id uuid, p_wallet uuid, p_value bigint, p_currency text, p_type text, p_author text, p_key text,
    p_transfer uuid DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_entries
        (id, wallet, value, currency, entry_type, state, author, idem_key, related_kind, related_ref)
    VALUES (p_id, p_wallet, p_value, p_currency, p_type, 'COMPLETED', p_author, p_key,
        CASE WHEN p_transfer IS NOT NULL THEN 'transfer' END, p_transfer::text);
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'DUPLICATE_TRANSACTION';
END $$;

CREATE FUNCTION project(p_wallets uuid[], p_values bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved record;
    remaining bigint;
BEGIN
    FOR moved IN SELECT * FROM unnest(p_wallets, p_values) AS m (wallet, value) ORDER BY wallet LOOP
        UPDATE balances SET held = held + moved.value, changed_at = clock_timestamp()
        WHERE wallet = moved.wallet RETURNING held INTO remaining;
        IF remaining < 0 THEN
            RAISE EXCEPTION 'INSUFFICIENT_BALANCE';
        END IF;
    END LOOP;
    FOR moved IN
        SELECT wallets.owner, wallets.currency, m.value
        FROM unnest(p_wallets, p_values) AS m (wallet, value)
        INNER JOIN wallets ON wallets.id = m.wallet
        ORDER BY wallets.owner, wallets.currency
    LOOP
        UPDATE member_balances SET shown = shown + moved.value
        WHERE member = moved.owner AND currency = moved.currency;
    END LOOP;
END $$;

CREATE FUNCTION create_transaction(
    p_wallet uuid, p_amount bigint, p_currency text, p_type text, p_author text, p_key text DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    created uuid := gen_random_uuid();
BEGIN
    IF COALESCE(p_amount, 0) = 0 THEN
        RAISE EXCEPTION 'INVALID_AMOUNT';
    END IF;
    PERFORM lock_wallets(ARRAY[p_wallet], p_currency);
    PERFORM post_entry(created, p_wallet, p_amount, p_currency, p_type, p_author, p_key);
    PERFORM project(ARRAY[p_wallet], ARRAY[p_amount]);
    RETURN created;
END $$;

CREATE FUNCTION transfer(
    p_from uuid, p_to uuid, p_amount bigint, p_currency text, p_author text, p_key text DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    debit uuid := gen_random_uuid();
BEGIN
    IF COALESCE(p_amount, 0) <= 0 THEN
        RAISE EXCEPTION 'INVALID_AMOUNT';
    END IF;
    PERFORM lock_wallets(ARRAY[p_from, p_to], p_currency);
    PERFORM post_entry(debit, p_from, -p_amount, p_currency, 'TRANSFER', p_author, p_key, debit);
    PERFORM post_entry(
        gen_random_uuid(), p_to, p_amount, p_currency, 'TRANSFER', p_author, p_key || '-credit', debit
    );
    PERFORM project(ARRAY[p_from, p_to], ARRAY[-p_amount, p_amount]);
    RETURN debit;
END $$;

-- What the auditor may do in this database, and nobody else but the superuser anything.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'auditor') THEN
        CREATE ROLE auditor LOGIN;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO auditor', current_database());
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO auditor;
