CREATE TABLE cinema (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    zone text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    languages text[] NOT NULL,
    seller jsonb NOT NULL,
    day_change_hour smallint NOT NULL CHECK (day_change_hour BETWEEN 0 AND 12),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE film (
    id uuid PRIMARY KEY,
    cinema_id uuid NOT NULL REFERENCES cinema,
    slug text NOT NULL,
    title jsonb NOT NULL,
    original_title text NOT NULL,
    synopsis jsonb NOT NULL,
    year smallint NOT NULL,
    runtime_minutes smallint NOT NULL CHECK (runtime_minutes > 0),
    certificate text NOT NULL,
    directors text[] NOT NULL,
    cast_members text[] NOT NULL,
    countries text[] NOT NULL,
    spoken_languages text[] NOT NULL,
    genres text[] NOT NULL,
    release_date date,
    distributor text,
    archived_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (cinema_id, slug)
);

CREATE TABLE film_poster (
    film_id uuid PRIMARY KEY REFERENCES film,
    version text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL
);

-- room.id is unique over all cinemas: the overlap constraint makes a range of it.
CREATE TABLE room (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id uuid NOT NULL UNIQUE,
    cinema_id uuid NOT NULL REFERENCES cinema,
    name text NOT NULL,
    cleaning_minutes smallint NOT NULL CHECK (cleaning_minutes >= 0),
    layout_id integer,
    archived_at timestamptz,
    UNIQUE (cinema_id, name)
);

-- Layouts never change: saving a room again makes its next version.
CREATE TABLE layout (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id integer NOT NULL REFERENCES room,
    version integer NOT NULL,
    capacity smallint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (room_id, version),
    UNIQUE (room_id, id)
);
ALTER TABLE room ADD FOREIGN KEY (id, layout_id) REFERENCES layout (room_id, id);

CREATE TABLE layout_seat (
    layout_id integer NOT NULL REFERENCES layout,
    seat_id smallint NOT NULL CHECK (seat_id > 0),
    ordinal smallint NOT NULL,
    row_label text NOT NULL,
    seat_label text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('standard', 'premium', 'sofa', 'wheelchair', 'companion')),
    x real NOT NULL,
    y real NOT NULL,
    block smallint NOT NULL,
    position smallint NOT NULL,
    pair smallint,
    is_broken boolean NOT NULL,
    PRIMARY KEY (layout_id, seat_id),
    UNIQUE (layout_id, ordinal),
    UNIQUE (layout_id, row_label, seat_label)
);

CREATE TABLE ticket_type (
    cinema_id uuid NOT NULL REFERENCES cinema,
    code text NOT NULL,
    name jsonb NOT NULL,
    note jsonb NOT NULL,
    rule text NOT NULL CHECK (rule IN ('none', 'child', 'student', 'senior', 'carer')),
    position smallint NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (cinema_id, code)
);

CREATE TABLE price_card (
    id uuid PRIMARY KEY,
    cinema_id uuid NOT NULL REFERENCES cinema,
    name text NOT NULL,
    version_id bigint,
    archived_at timestamptz,
    UNIQUE (cinema_id, name)
);

-- Prices never change in place: an order line points to the version that priced it.
CREATE TABLE price_card_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    price_card_id uuid NOT NULL REFERENCES price_card,
    version integer NOT NULL,
    rules jsonb NOT NULL,
    fee_minor integer NOT NULL CHECK (fee_minor >= 0),
    tax_rate_bp integer NOT NULL CHECK (tax_rate_bp BETWEEN 0 AND 10000),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (price_card_id, version),
    UNIQUE (price_card_id, id)
);
ALTER TABLE price_card ADD FOREIGN KEY (id, version_id) REFERENCES price_card_version (price_card_id, id);

CREATE TABLE screening (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id uuid NOT NULL UNIQUE,
    cinema_id uuid NOT NULL REFERENCES cinema,
    film_id uuid NOT NULL REFERENCES film,
    room_id integer NOT NULL,
    layout_id integer NOT NULL,
    price_card_id uuid NOT NULL REFERENCES price_card,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    occupied tstzrange NOT NULL,
    business_day date NOT NULL,
    format text NOT NULL,
    spoken_language text NOT NULL,
    subtitles text NOT NULL,
    trailers_minutes smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'on_sale', 'closed', 'cancelling', 'cancelled')),
    sale_opens_at timestamptz NOT NULL,
    sale_closes_at timestamptz NOT NULL,
    -- Where in the log of its seats somebody ended the sale: no hold may come after.
    closed_version bigint,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (id, layout_id),
    UNIQUE (id, cinema_id),
    FOREIGN KEY (room_id, layout_id) REFERENCES layout (room_id, id),
    -- A range of one number stands in for btree_gist, which an embedded server may not have.
    CONSTRAINT screening_overlap EXCLUDE USING gist (
        int4range(room_id, room_id, '[]') WITH &&, occupied WITH &&
    ) WHERE (state <> 'cancelled')
);
CREATE INDEX screening_day ON screening (cinema_id, business_day);
CREATE INDEX screening_film ON screening (film_id, starts_at);

-- The lock of a screening's seats, and the version of its map.
CREATE TABLE screening_seats (
    screening_id bigint PRIMARY KEY REFERENCES screening,
    version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- At most one row: how often anything of the catalogue changed. Whoever keeps prices, films or
-- screenings in memory reads this number to know whether they still hold.
CREATE TABLE catalogue (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION catalogue_version() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT version FROM catalogue), 0)
$$;

CREATE FUNCTION catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue AS c (version) VALUES (1)
    ON CONFLICT (is_only) DO UPDATE SET version = c.version + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON cinema
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON film
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON film_poster
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON room
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON ticket_type
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON price_card
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
CREATE TRIGGER changes_catalogue AFTER INSERT OR UPDATE OR DELETE ON screening
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed();
