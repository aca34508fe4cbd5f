-- The first use of a ticket. The primary key decides between doors.
CREATE TABLE admission (
    ticket_id uuid PRIMARY KEY REFERENCES ticket,
    scan_id uuid NOT NULL UNIQUE,
    door text NOT NULL,
    subject text NOT NULL,
    admitted_at timestamptz NOT NULL
);

-- Every scan, whatever came of it. The ticket's id is what the code said, known here or not. The
-- cinema is read by the statement that writes the scan, and none is ever deleted: a foreign key
-- would lock its one row for every scan.
CREATE TABLE scan (
    id uuid PRIMARY KEY,
    cinema_id uuid NOT NULL,
    ticket_id uuid,
    subject text NOT NULL,
    door text NOT NULL,
    -- For which screenings the door was open; none: it was the cinema's own entrance.
    screening_keys bigint[] NOT NULL DEFAULT '{}',
    outcome text NOT NULL,
    scanned_at timestamptz NOT NULL
);
CREATE INDEX scan_age ON scan (scanned_at);
CREATE INDEX scan_ticket ON scan (ticket_id) WHERE ticket_id IS NOT NULL;
