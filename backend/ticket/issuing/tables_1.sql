-- What ticket knows of a cinema: learnt from paid orders, with the versions of its lists.
CREATE TABLE cinema (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    revocation_version integer NOT NULL DEFAULT 0,
    relocation_version integer NOT NULL DEFAULT 0
);

-- A paid order as it was told. order_version is movies'; version counts the changes of its tickets.
CREATE TABLE paid_order (
    id uuid PRIMARY KEY,
    order_version integer NOT NULL,
    version integer NOT NULL DEFAULT 0,
    reference text NOT NULL,
    owner text NOT NULL,
    code_hash text NOT NULL,
    channel text NOT NULL,
    language text NOT NULL,
    email text,
    cinema_id uuid NOT NULL REFERENCES cinema,
    seller_name text NOT NULL,
    seller_address text NOT NULL,
    seller_tax_id text NOT NULL,
    zone text NOT NULL,
    currency text NOT NULL,
    total_minor integer NOT NULL CHECK (total_minor >= 0),
    screening_id uuid NOT NULL,
    screening_key bigint NOT NULL,
    film_title text NOT NULL,
    certificate text NOT NULL,
    room_name text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    paid_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE paid_line (
    order_id uuid NOT NULL REFERENCES paid_order,
    line_no smallint NOT NULL,
    seat smallint NOT NULL,
    row_label text NOT NULL,
    seat_label text NOT NULL,
    seat_kind text NOT NULL,
    ticket_type text NOT NULL,
    ticket_type_name text NOT NULL,
    price_minor integer NOT NULL,
    fee_minor integer NOT NULL,
    gross_minor integer NOT NULL,
    tax_rate_bp integer NOT NULL,
    tax_minor integer NOT NULL,
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE ticket (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_no smallint NOT NULL,
    cinema_id uuid NOT NULL REFERENCES cinema,
    screening_key bigint NOT NULL,
    seat smallint NOT NULL,
    category smallint NOT NULL,
    key_id smallint NOT NULL REFERENCES ticket_key,
    not_before_at timestamptz NOT NULL,
    not_after_at timestamptz NOT NULL,
    code text NOT NULL CHECK (code ~ '^[0-9]{244}$'),
    status text NOT NULL DEFAULT 'ISSUED' CHECK (status IN ('ISSUED', 'ADMITTED', 'REVOKED')),
    version integer NOT NULL DEFAULT 1,
    revocation_version integer CHECK ((revocation_version IS NOT NULL) = (status = 'REVOKED')),
    issued_at timestamptz NOT NULL,
    UNIQUE (order_id, line_no),
    FOREIGN KEY (order_id, line_no) REFERENCES paid_line
-- Room on each page: a ticket that is let in changes no index, if its new row fits beside the old.
) WITH (fillfactor = 80);
-- The second witness: a seat is sold once, whatever another service believes. A ticket that is not
-- revoked is issued or admitted; the index asks for this and not for the status, which changes
-- at the door.
CREATE UNIQUE INDEX ticket_seat_once ON ticket (screening_key, seat)
    WHERE revocation_version IS NULL;
CREATE INDEX ticket_revoked ON ticket (cinema_id) WHERE revocation_version IS NOT NULL;
CREATE INDEX ticket_key_end ON ticket (key_id, not_after_at);

-- One row per change of a ticket, written with it.
CREATE TABLE ticket_event (
    ticket_id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    facts jsonb,
    PRIMARY KEY (ticket_id, version)
);

-- Lines that a refund took back, also those whose ticket was never made: none will be.
CREATE TABLE revoked_line (
    order_id uuid NOT NULL,
    line_no smallint NOT NULL,
    refund_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('revoked', 'admitted')),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (order_id, line_no)
);
