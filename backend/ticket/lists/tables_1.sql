-- Where a ticket leads after the cinema moved it; this wins over what is printed.
CREATE TABLE relocation (
    ticket_id uuid PRIMARY KEY REFERENCES ticket,
    cinema_id uuid NOT NULL REFERENCES cinema,
    screening_key bigint NOT NULL,
    seat smallint NOT NULL,
    row_label text NOT NULL,
    seat_label text NOT NULL,
    room_name text NOT NULL,
    version integer NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX relocation_cinema ON relocation (cinema_id);
