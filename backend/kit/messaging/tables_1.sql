CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    type text NOT NULL,
    aggregate_id uuid NOT NULL,
    version integer NOT NULL,
    trace_id text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);
CREATE INDEX outbox_due ON outbox (not_before) WHERE published_at IS NULL;

CREATE TABLE inbox (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, message_id)
);
-- Only the hourly tidying looks by age; a range for each block costs the writers nothing.
CREATE INDEX inbox_age ON inbox USING brin (received_at);

CREATE TABLE inbox_failure (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    tries smallint NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text NOT NULL,
    PRIMARY KEY (consumer, message_id)
);

CREATE TABLE dead_letter (
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    envelope jsonb NOT NULL,
    error text NOT NULL,
    tries smallint NOT NULL,
    died_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_at timestamptz,
    PRIMARY KEY (consumer, message_id)
);

CREATE TABLE idempotency (
    principal text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    body bytea,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, route, key)
);
-- Only the hourly tidying looks by age; a range for each block costs the writers nothing.
CREATE INDEX idempotency_age ON idempotency USING brin (made_at);
