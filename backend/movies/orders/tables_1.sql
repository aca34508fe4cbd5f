CREATE TABLE orders (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    cinema_id uuid NOT NULL,
    screening_id bigint NOT NULL,
    owner text NOT NULL,
    -- Whose caps count: the owner's, or nobody's for a sale at the till.
    buyer text CHECK (buyer = owner),
    channel text NOT NULL CHECK (channel IN ('web', 'kiosk', 'staff')),
    state text NOT NULL CHECK (state IN (
        'HELD', 'PAYING', 'CONFIRMING', 'PAID', 'ISSUED', 'EXPIRED', 'CANCELLED',
        'REFUNDING', 'REFUNDED', 'PART_REFUNDED', 'REVIEW'
    )),
    version integer NOT NULL DEFAULT 1,
    language text NOT NULL,
    email text,
    currency text NOT NULL,
    total_minor integer NOT NULL CHECK (total_minor >= 0),
    fee_minor integer NOT NULL CHECK (fee_minor >= 0),
    tax_minor integer NOT NULL CHECK (tax_minor >= 0),
    price_version_id bigint NOT NULL REFERENCES price_card_version,
    seats smallint NOT NULL CHECK (seats BETWEEN 1 AND 10),
    hold_s integer NOT NULL CHECK (hold_s > 0),
    extensions_left smallint NOT NULL CHECK (extensions_left >= 0),
    expires_at timestamptz,
    attempt smallint NOT NULL DEFAULT 0,
    closing text CHECK (closing IN ('buyer', 'deadline', 'void')),
    code_hash text NOT NULL,
    placed_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    paid_at timestamptz,
    emitted_at timestamptz,
    FOREIGN KEY (screening_id, cinema_id) REFERENCES screening (id, cinema_id)
);
-- A person's orders, and what a buyer has already: nobody buys so often that the screening matters.
CREATE INDEX orders_owner ON orders (owner, placed_at DESC);
-- What the tidying rounds look for.
CREATE INDEX orders_open ON orders (state, expires_at)
    WHERE state IN ('HELD', 'PAYING', 'CONFIRMING', 'PAID', 'REFUNDING', 'PART_REFUNDED');

CREATE TABLE order_line (
    order_id uuid NOT NULL REFERENCES orders,
    line_no smallint NOT NULL CHECK (line_no BETWEEN 1 AND 10),
    seat_id smallint NOT NULL,
    row_label text NOT NULL,
    seat_label text NOT NULL,
    seat_kind text NOT NULL,
    ticket_type text NOT NULL,
    ticket_type_name text NOT NULL,
    price_minor integer NOT NULL CHECK (price_minor >= 0),
    fee_minor integer NOT NULL CHECK (fee_minor >= 0),
    gross_minor integer NOT NULL CHECK (gross_minor = price_minor + fee_minor),
    tax_rate_bp integer NOT NULL,
    tax_minor integer NOT NULL,
    state text NOT NULL DEFAULT 'LIVE' CHECK (state IN ('LIVE', 'REFUNDING', 'REFUNDED')),
    ticket_id uuid,
    was_admitted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (order_id, line_no)
);

-- One row per change of an order, written with it.
CREATE TABLE order_event (
    order_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    facts jsonb,
    PRIMARY KEY (order_id, version)
);

CREATE TABLE order_attempt (
    order_id uuid NOT NULL REFERENCES orders,
    attempt smallint NOT NULL,
    state text NOT NULL CHECK (state IN
        ('OPENING', 'OPEN', 'AUTHORISED', 'CAPTURED', 'CLOSED', 'FAILED')),
    seen_version integer NOT NULL DEFAULT 0,
    amount_minor integer NOT NULL,
    url text,
    hold_left_s real NOT NULL,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, attempt)
);

CREATE TABLE order_refund (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    attempt smallint NOT NULL,
    lines smallint[] NOT NULL,
    amount_minor integer NOT NULL CHECK (amount_minor >= 0),
    seats text NOT NULL CHECK (seats IN ('free', 'keep')),
    state text NOT NULL CHECK (state IN ('REVOKING', 'REQUESTED', 'DONE', 'FAILED')),
    origin text NOT NULL CHECK (origin IN ('us', 'dashboard')),
    actor text NOT NULL,
    reason text NOT NULL,
    made_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at timestamptz
);
CREATE INDEX order_refund_order ON order_refund (order_id);

-- No row = the seat is free. The two foreign keys tie a seat to its screening's own room.
CREATE TABLE seat_claim (
    screening_id bigint NOT NULL,
    seat_id smallint NOT NULL,
    layout_id integer NOT NULL,
    order_id uuid NOT NULL,
    line_no smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('HELD', 'PAYING', 'SOLD', 'BLOCKED')),
    expires_at timestamptz,
    PRIMARY KEY (screening_id, seat_id),
    FOREIGN KEY (screening_id, layout_id) REFERENCES screening (id, layout_id),
    FOREIGN KEY (layout_id, seat_id) REFERENCES layout_seat (layout_id, seat_id)
);

-- One row per change of seats; `version` is the screening's, so it is the order of the log.
CREATE TABLE seat_event (
    screening_id bigint NOT NULL,
    version bigint NOT NULL,
    step smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('HOLD', 'PAY', 'SELL', 'RELEASE', 'EXPIRE', 'TAKE_OVER', 'EXTEND', 'REOPEN', 'BLOCK')),
    order_id uuid NOT NULL,
    seats smallint[] NOT NULL,
    expires_at timestamptz,
    at timestamptz NOT NULL,
    PRIMARY KEY (screening_id, version, step)
);

CREATE TABLE recon_diff (
    kind text NOT NULL,
    subject text NOT NULL,
    facts jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    PRIMARY KEY (kind, subject)
);
