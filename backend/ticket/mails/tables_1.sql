-- What a buyer is to be told: the intent is committed first, then sent, then its result noted.
CREATE TABLE mail (
    order_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('tickets', 'lapsed', 'refunded')),
    revision smallint NOT NULL,
    cause text NOT NULL,
    recipient text NOT NULL,
    facts jsonb NOT NULL,
    status text NOT NULL DEFAULT 'DUE' CHECK (status IN ('DUE', 'SENT', 'FAILED', 'DROPPED')),
    tries smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    problem text CHECK (problem IN ('retrying', 'refused', 'given_up')),
    error text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at timestamptz CHECK ((sent_at IS NOT NULL) = (status = 'SENT')),
    PRIMARY KEY (order_id, kind, revision),
    UNIQUE (order_id, kind, cause)
);
CREATE INDEX mail_due ON mail (due_at) WHERE status = 'DUE';
