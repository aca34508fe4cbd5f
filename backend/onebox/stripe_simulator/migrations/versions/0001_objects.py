"""The provider's objects, its events and their deliveries, idempotency keys and what is due.

Each object is kept as the body that the API shows; the columns beside it are drawn from the body,
so that the two cannot differ and the database itself can refuse impossible money.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

OBJECTS = """
CREATE FUNCTION keep_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = ANY (TG_ARGV) AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION '% cannot leave %', OLD.id, OLD.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE payment_method (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED
);

CREATE TABLE checkout_session (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    hidden jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    status text NOT NULL GENERATED ALWAYS AS (body->>'status') STORED
        CHECK (status IN ('open', 'complete', 'expired')),
    payment_intent text UNIQUE GENERATED ALWAYS AS (body->>'payment_intent') STORED
);
CREATE INDEX ON checkout_session (created, seq);
CREATE TRIGGER final BEFORE UPDATE ON checkout_session
    FOR EACH ROW EXECUTE FUNCTION keep_final('complete', 'expired');

CREATE TABLE payment_intent (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    status text NOT NULL GENERATED ALWAYS AS (body->>'status') STORED
        CHECK (status IN ('requires_payment_method', 'requires_confirmation', 'requires_action',
                          'processing', 'requires_capture', 'canceled', 'succeeded')),
    amount bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount')::bigint) STORED
        CHECK (amount > 0),
    amount_received bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount_received')::bigint) STORED
        CHECK (amount_received BETWEEN 0 AND amount),
    CHECK ((status = 'succeeded') = (amount_received > 0))
);
CREATE INDEX ON payment_intent (created, seq);
CREATE TRIGGER final BEFORE UPDATE ON payment_intent
    FOR EACH ROW EXECUTE FUNCTION keep_final('succeeded', 'canceled');

CREATE TABLE charge (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    payment_intent text NOT NULL GENERATED ALWAYS AS (body->>'payment_intent') STORED
        REFERENCES payment_intent,
    status text NOT NULL GENERATED ALWAYS AS (body->>'status') STORED,
    amount bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount')::bigint) STORED,
    amount_captured bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount_captured')::bigint) STORED
        CHECK (amount_captured BETWEEN 0 AND amount),
    amount_refunded bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount_refunded')::bigint) STORED
        CHECK (amount_refunded BETWEEN 0 AND amount)
);
CREATE INDEX ON charge (payment_intent);
CREATE INDEX ON charge (created, seq);
CREATE UNIQUE INDEX charge_once ON charge (payment_intent) WHERE status = 'succeeded';

CREATE TABLE refund (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    charge text NOT NULL GENERATED ALWAYS AS (body->>'charge') STORED REFERENCES charge,
    payment_intent text NOT NULL GENERATED ALWAYS AS (body->>'payment_intent') STORED,
    amount bigint NOT NULL GENERATED ALWAYS AS ((body->>'amount')::bigint) STORED
        CHECK (amount > 0)
);
CREATE INDEX ON refund (charge);
CREATE INDEX ON refund (payment_intent);
CREATE INDEX ON refund (created, seq);

CREATE TABLE dispute (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    charge text NOT NULL UNIQUE GENERATED ALWAYS AS (body->>'charge') STORED REFERENCES charge,
    payment_intent text NOT NULL GENERATED ALWAYS AS (body->>'payment_intent') STORED
);

CREATE TABLE balance_transaction (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    source text NOT NULL GENERATED ALWAYS AS (body->>'source') STORED,
    type text NOT NULL GENERATED ALWAYS AS (body->>'type') STORED,
    currency text NOT NULL GENERATED ALWAYS AS (body->>'currency') STORED,
    net bigint NOT NULL GENERATED ALWAYS AS ((body->>'net')::bigint) STORED,
    available_on bigint NOT NULL GENERATED ALWAYS AS ((body->>'available_on')::bigint) STORED,
    CHECK (net = (body->>'amount')::bigint - (body->>'fee')::bigint)
);
CREATE INDEX ON balance_transaction (source);
CREATE INDEX ON balance_transaction (created, seq);
"""

EVENTS = """
CREATE TABLE event (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created bigint NOT NULL GENERATED ALWAYS AS ((body->>'created')::bigint) STORED,
    type text NOT NULL GENERATED ALWAYS AS (body->>'type') STORED
);
CREATE INDEX ON event (created, seq);
CREATE INDEX ON event (type, seq);

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL REFERENCES event,
    url text NOT NULL,
    state text NOT NULL DEFAULT 'PENDING'
        CHECK (state IN ('PENDING', 'HELD', 'DELIVERED', 'GIVEN_UP')),
    attempt integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    last_answer text,
    settled_at timestamptz
);
CREATE INDEX ON delivery (event_id);
CREATE INDEX ON delivery (next_at) WHERE state = 'PENDING';

CREATE TABLE idempotency_key (
    key text PRIMARY KEY,
    path text NOT NULL,
    params_hash bytea NOT NULL,
    status integer NOT NULL,
    body text NOT NULL,
    request_id text NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX ON idempotency_key (made_at);

CREATE TABLE due (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    due_at timestamptz NOT NULL,
    action text NOT NULL,
    object_id text NOT NULL
);
CREATE INDEX ON due (due_at);

-- The faults that are switched on; one row at most.
CREATE TABLE fault_set (
    is_on boolean PRIMARY KEY DEFAULT true CHECK (is_on),
    body jsonb NOT NULL
);
"""


def upgrade() -> None:
    op.execute(OBJECTS)
    op.execute(EVENTS)
