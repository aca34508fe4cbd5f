-- Writes a scan down and, if the door's decision was VALID, lets the ticket in: first use wins.
-- `wanted` carries the caller's key, what the door decided and what it would show.
CREATE FUNCTION record_scan(wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_ticket uuid := (wanted ->> 'ticket_id')::uuid;
    answer text := wanted ->> 'outcome';
    t timestamptz;
    next_version integer;
    kept record;
    entered record;
    reply jsonb;
BEGIN
    -- The key comes first: the same scan sent twice waits here for the first one's commit.
    INSERT INTO idempotency (principal, route, key, request_hash)
    VALUES (wanted ->> 'principal', wanted ->> 'route', wanted ->> 'key',
            decode(wanted ->> 'digest', 'hex'))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT request_hash, body INTO kept FROM idempotency
        WHERE principal = wanted ->> 'principal' AND route = wanted ->> 'route'
          AND key = wanted ->> 'key';
        IF kept.request_hash = decode(wanted ->> 'digest', 'hex') AND kept.body IS NOT NULL THEN
            RETURN jsonb_build_object('reply', convert_from(kept.body, 'UTF8'), 'is_replayed', true);
        END IF;
        RETURN '{"refusal": "IdempotencyKeyReused"}'::jsonb;
    END IF;

    t := clock_timestamp();
    IF answer = 'VALID' THEN
        UPDATE ticket SET status = 'ADMITTED', version = version + 1
        WHERE id = this_ticket AND status = 'ISSUED' RETURNING version INTO next_version;
        IF FOUND THEN
            INSERT INTO admission (ticket_id, scan_id, door, subject, admitted_at)
            VALUES (this_ticket, (wanted ->> 'scan_id')::uuid, wanted ->> 'door',
                    wanted ->> 'principal', t);
            INSERT INTO ticket_event (ticket_id, version, status, actor, at, facts)
            VALUES (this_ticket, next_version, 'ADMITTED', wanted ->> 'principal', t,
                    jsonb_build_object('scan', wanted ->> 'scan_id', 'door', wanted ->> 'door'));
        ELSE  -- another door or a refund was faster than this one
            SELECT CASE status WHEN 'REVOKED' THEN 'REVOKED' ELSE 'DUPLICATE' END INTO answer
            FROM ticket WHERE id = this_ticket;
        END IF;
    END IF;

    INSERT INTO scan (id, cinema_id, ticket_id, subject, door, outcome, scanned_at)
    VALUES ((wanted ->> 'scan_id')::uuid, (wanted ->> 'cinema_id')::uuid, this_ticket,
            wanted ->> 'principal', wanted ->> 'door', answer, t);

    IF answer IN ('VALID', 'DUPLICATE') THEN
        SELECT admitted_at, door INTO entered FROM admission WHERE ticket_id = this_ticket;
        reply := jsonb_build_object('admitted_at', entered.admitted_at, 'admitted_door', entered.door);
    ELSE
        reply := '{"admitted_at": null, "admitted_door": null}'::jsonb;
    END IF;
    reply := (wanted -> 'shown') || reply || jsonb_build_object('outcome', answer);
    UPDATE idempotency SET status = 200, body = convert_to(reply::text, 'UTF8')
    WHERE principal = wanted ->> 'principal' AND route = wanted ->> 'route'
      AND key = wanted ->> 'key';
    RETURN jsonb_build_object('reply', reply::text, 'is_replayed', false, 'outcome', answer);
END $$;
