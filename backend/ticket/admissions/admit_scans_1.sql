-- Answers scans, each with all that belongs to it in this one call: who may scan here, whether the
-- same request was answered before, the door's decision, and what is written down. First use wins.
-- `wanted` is an array of scans; a scan whose code could not be believed carries its `unread`
-- outcome. The decision is that of moviemesh_ticketcode.door; a test compares them case by case.
CREATE FUNCTION admit_scans(wanted jsonb)
RETURNS TABLE (number integer, answer text, decided text, is_replayed boolean, refusal text)
LANGUAGE plpgsql AS $$
DECLARE
    given record;
    known record;
    next_version integer;
    entered_at timestamptz;
    entered_door text;
    t timestamptz;
BEGIN
    FOR given IN
        SELECT w.* FROM jsonb_to_recordset(wanted) AS w (
            number integer, principal text, route text, key text, digest text, is_everywhere boolean,
            slugs text[], scan_id uuid, cinema_id uuid, ticket_id uuid, unread text, door text,
            screening_keys bigint[])
        -- Always in the same order, so that two batches never wait for each other.
        ORDER BY w.ticket_id, w.number
    LOOP
        number := given.number;
        answer := NULL;
        decided := NULL;
        is_replayed := false;
        refusal := NULL;

        -- Of another cinema's ticket nothing is learnt but that it is wrong.
        SELECT c.slug, i.request_hash, i.body, t.id, t.cinema_id = c.id AS is_here, t.status,
               t.not_before_at, t.not_after_at,
               coalesce(r.screening_key, t.screening_key) AS screening_key,
               coalesce(r.row_label, l.row_label) AS row_label,
               coalesce(r.seat_label, l.seat_label) AS seat_label, l.seat_kind, l.ticket_type_name,
               coalesce(r.room_name, o.room_name) AS room_name, o.film_title, o.starts_at, o.zone,
               a.admitted_at, a.door AS admitted_door
        INTO known
        FROM cinema c
        LEFT JOIN idempotency i
            ON i.principal = given.principal AND i.route = given.route AND i.key = given.key
        LEFT JOIN ticket t ON t.id = given.ticket_id
        LEFT JOIN paid_line l
            ON l.order_id = t.order_id AND l.line_no = t.line_no AND t.cinema_id = c.id
        LEFT JOIN paid_order o ON o.id = l.order_id
        LEFT JOIN relocation r ON r.ticket_id = t.id AND t.cinema_id = c.id
        LEFT JOIN admission a ON a.ticket_id = t.id AND t.cinema_id = c.id
        WHERE c.id = given.cinema_id;

        IF NOT FOUND THEN
            refusal := 'CinemaMissing';
        ELSIF NOT given.is_everywhere AND known.slug <> ALL (given.slugs) THEN
            refusal := 'Denied';
        ELSIF known.request_hash IS NOT NULL THEN
            IF known.request_hash = decode(given.digest, 'hex') AND known.body IS NOT NULL THEN
                answer := convert_from(known.body, 'UTF8');
                is_replayed := true;
            ELSE
                refusal := 'IdempotencyKeyReused';
            END IF;
        END IF;
        IF refusal IS NOT NULL OR is_replayed THEN
            RETURN NEXT;
            CONTINUE;
        END IF;

        t := clock_timestamp();
        entered_at := known.admitted_at;
        entered_door := known.admitted_door;
        decided := CASE
            WHEN given.unread IS NOT NULL THEN given.unread
            WHEN known.id IS NULL THEN 'NOT_ISSUED'
            WHEN known.is_here AND known.status = 'REVOKED' THEN 'REVOKED'
            -- A door that names no screenings is the cinema's own entrance.
            WHEN NOT known.is_here OR (cardinality(given.screening_keys) > 0
                 AND known.screening_key <> ALL (given.screening_keys)) THEN 'WRONG_SCREENING'
            WHEN entered_at IS NOT NULL THEN 'DUPLICATE'
            WHEN t < known.not_before_at THEN 'TOO_EARLY'
            WHEN t > known.not_after_at THEN 'ENDED'
            ELSE 'VALID' END;

        IF decided = 'VALID' THEN
            UPDATE ticket SET status = 'ADMITTED', version = version + 1
            WHERE id = known.id AND status = 'ISSUED' RETURNING version INTO next_version;
            IF FOUND THEN
                entered_at := t;
                entered_door := given.door;
                INSERT INTO admission (ticket_id, scan_id, door, subject, admitted_at)
                VALUES (known.id, given.scan_id, given.door, given.principal, t);
                INSERT INTO ticket_event (ticket_id, version, status, actor, at, facts)
                VALUES (known.id, next_version, 'ADMITTED', given.principal, t,
                        jsonb_build_object('scan', given.scan_id, 'door', given.door));
            ELSE  -- another door or a refund was faster than this one
                SELECT CASE k.status WHEN 'REVOKED' THEN 'REVOKED' ELSE 'DUPLICATE' END,
                       a.admitted_at, a.door
                INTO decided, entered_at, entered_door
                FROM ticket k LEFT JOIN admission a ON a.ticket_id = k.id WHERE k.id = known.id;
            END IF;
        END IF;

        INSERT INTO scan (id, cinema_id, ticket_id, subject, door, screening_keys, outcome,
                          scanned_at)
        VALUES (given.scan_id, given.cinema_id, given.ticket_id, given.principal, given.door,
                given.screening_keys, decided, t);
        IF decided NOT IN ('VALID', 'DUPLICATE') THEN
            entered_at := NULL;
            entered_door := NULL;
        END IF;
        answer := json_build_object(
            'outcome', decided, 'ticket_id', CASE WHEN known.is_here THEN known.id END,
            'row', known.row_label, 'label', known.seat_label, 'seat_kind', known.seat_kind,
            'ticket_type_name', known.ticket_type_name, 'room_name', known.room_name,
            'film_title', known.film_title, 'starts_at', known.starts_at, 'zone', known.zone,
            'admitted_at', entered_at, 'admitted_door', entered_door);

        INSERT INTO idempotency (principal, route, key, request_hash, status, body)
        VALUES (given.principal, given.route, given.key, decode(given.digest, 'hex'), 200,
                convert_to(answer, 'UTF8'))
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            -- The same request is answered elsewhere now: undo all, and find its answer.
            RAISE serialization_failure USING MESSAGE = 'the same scan was sent twice at once';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
