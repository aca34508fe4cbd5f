CREATE TABLE attempt (
    order_id uuid NOT NULL,
    attempt smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('CREATED', 'AT_PROVIDER', 'AUTHORISED', 'CAPTURING',
        'CAPTURED', 'CANCELED', 'FAILED', 'UNKNOWN')),
    version integer NOT NULL DEFAULT 1,
    provider text NOT NULL DEFAULT 'stripe',
    session_id text UNIQUE,
    intent_id text UNIQUE,
    charge_id text UNIQUE,
    url text,
    currency text NOT NULL,
    amount_minor integer NOT NULL CHECK (amount_minor > 0),
    -- The exact request: a retry under the same key must carry the identical body.
    request jsonb NOT NULL,
    captured_minor integer NOT NULL DEFAULT 0,
    refunded_minor integer NOT NULL DEFAULT 0 CHECK (refunded_minor <= captured_minor),
    wants_close text CHECK (wants_close IN ('buyer', 'deadline', 'void')),
    failure text,
    review text,
    is_disputed boolean NOT NULL DEFAULT false,
    -- Refunds were asked for or seen: from then on each look reads them all.
    is_refunded boolean NOT NULL DEFAULT false,
    -- The provider has it and nobody here began it: it is ended, or its money goes back.
    is_stray boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When somebody looks at it next; null: it is over, or a person must look.
    due_at timestamptz DEFAULT clock_timestamp(),
    looks integer NOT NULL DEFAULT 0,
    -- The provider keeps an error of its own with the key: the call's next key is another one.
    key_turn smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (order_id, attempt)
);
CREATE UNIQUE INDEX attempt_open ON attempt (order_id)
    WHERE state NOT IN ('CAPTURED', 'CANCELED', 'FAILED') AND NOT is_stray;
CREATE INDEX attempt_stray ON attempt (order_id, attempt) WHERE is_stray;
CREATE INDEX attempt_due ON attempt (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX attempt_made ON attempt (made_at);

CREATE TABLE provider_fetch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id uuid NOT NULL,
    attempt smallint NOT NULL,
    facts jsonb NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (order_id, attempt) REFERENCES attempt
);
CREATE INDEX provider_fetch_attempt ON provider_fetch (order_id, attempt, id);

-- Each change of an attempt, and the fetch that proved it (none: our own doing).
CREATE TABLE attempt_event (
    order_id uuid NOT NULL,
    attempt smallint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    fetch_id bigint REFERENCES provider_fetch,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (order_id, attempt, version)
);

CREATE TABLE refund (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    attempt smallint NOT NULL,
    amount_minor integer NOT NULL CHECK (amount_minor > 0),
    state text NOT NULL CHECK (state IN ('REQUESTED', 'PENDING', 'SUCCEEDED', 'FAILED')),
    origin text NOT NULL CHECK (origin IN ('us', 'dashboard')),
    reason text NOT NULL,
    provider_id text UNIQUE,
    failure text,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    key_turn smallint NOT NULL DEFAULT 1,
    FOREIGN KEY (order_id, attempt) REFERENCES attempt
);
CREATE INDEX refund_attempt ON refund (order_id, attempt);
CREATE INDEX refund_due ON refund (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE webhook_event (
    id text PRIMARY KEY,
    type text NOT NULL,
    session_id text,
    intent_id text,
    -- What the object says that it is for: order.attempt. A hint where to look, nothing more.
    reference text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    handled_at timestamptz,
    due_at timestamptz DEFAULT clock_timestamp(),
    tries integer NOT NULL DEFAULT 0
);
CREATE INDEX webhook_event_due ON webhook_event (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_event_waiting ON webhook_event (reference) WHERE handled_at IS NULL;

CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('capture', 'refund', 'dispute', 'fee')),
    natural_key text NOT NULL UNIQUE,
    order_id uuid NOT NULL,
    attempt smallint NOT NULL,
    currency text NOT NULL,
    -- What comes back has a row of its own: a refund that failed after it had succeeded, a dispute
    -- that was won, the fee of either.
    amount_minor integer NOT NULL CHECK (amount_minor >= 0 OR kind <> 'capture'),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ledger_order ON ledger (order_id);
CREATE INDEX ledger_at ON ledger (at);

CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays();

CREATE TABLE recon_diff (
    kind text NOT NULL,
    subject text NOT NULL,
    facts jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    PRIMARY KEY (kind, subject)
);
