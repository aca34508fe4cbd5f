-- Every key that ever signed a ticket; the private halves are in the settings alone.
CREATE TABLE ticket_key (
    id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
