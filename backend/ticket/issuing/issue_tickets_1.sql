-- Issues what is missing of a paid order, in one call: the order as it was told, one ticket for
-- each line that has none and was not taken back, and their log. `paid` is the message, `signed` a
-- ticket for each of its lines, made in case that it is needed. No row comes back if an earlier
-- telling of the order waits among the dead letters for a person. A seat that has a live ticket
-- already ends in the unique violation of ticket_seat_once.
CREATE FUNCTION issue_tickets(
    told_in uuid, space bigint, told_version integer, paid jsonb, signed jsonb)
RETURNS TABLE (version integer, is_first boolean, ids jsonb, issued_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    this_order uuid := (paid ->> 'order_id')::uuid;
    this_cinema uuid := (paid ->> 'cinema_id')::uuid;
    next_version integer;
    is_new boolean;
    made integer;
    t timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(this_order::text, space));
    IF EXISTS (SELECT FROM dead_letter
               WHERE consumer = 'ticket' AND replayed_at IS NULL AND message_id <> told_in
                 AND envelope ->> 'type' = 'order.paid.v1'
                 AND envelope ->> 'aggregate_id' = this_order::text) THEN
        RETURN;
    END IF;

    -- The row is only locked when something about the cinema is new.
    INSERT INTO cinema (id, slug, name)
    SELECT this_cinema, paid ->> 'cinema_slug', paid ->> 'cinema_name'
    WHERE NOT EXISTS (SELECT FROM cinema c WHERE c.id = this_cinema
                      AND c.slug = paid ->> 'cinema_slug' AND c.name = paid ->> 'cinema_name')
    ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name;

    INSERT INTO paid_order (id, order_version, reference, owner, code_hash, channel, language,
        email, cinema_id, seller_name, seller_address, seller_tax_id, zone, currency, total_minor,
        screening_id, screening_key, film_title, certificate, room_name, starts_at, ends_at, paid_at)
    SELECT this_order, told_version, p.reference, p.owner, p.code_hash, p.channel, p.language,
        p.email, this_cinema, p.seller_name, p.seller_address, p.seller_tax_id, p.zone, p.currency,
        p.total_minor, p.screening_id, p.screening_key, p.film_title, p.certificate, p.room_name,
        p.starts_at, p.ends_at, p.paid_at
    FROM jsonb_populate_record(NULL::paid_order, paid) AS p
    ON CONFLICT (id) DO NOTHING;
    is_new := FOUND;
    IF is_new THEN
        INSERT INTO paid_line (order_id, line_no, seat, row_label, seat_label, seat_kind,
            ticket_type, ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp, tax_minor)
        SELECT this_order, l.line_no, (l.seat ->> 'seat')::smallint, l.seat ->> 'row',
            l.seat ->> 'label', l.seat ->> 'kind', l.ticket_type, l.ticket_type_name, l.price_minor,
            l.fee_minor, l.gross_minor, l.tax_rate_bp, l.tax_minor
        FROM jsonb_to_recordset(paid -> 'lines') AS l (
            line_no smallint, seat jsonb, ticket_type text, ticket_type_name text,
            price_minor integer, fee_minor integer, gross_minor integer, tax_rate_bp integer,
            tax_minor integer)
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE paid_order SET version = version + 1,
                          order_version = greatest(order_version, told_version)
    WHERE id = this_order RETURNING version, clock_timestamp() INTO next_version, t;

    WITH new AS (
        INSERT INTO ticket (id, order_id, line_no, cinema_id, screening_key, seat, category, key_id,
            not_before_at, not_after_at, code, issued_at)
        SELECT s.id, this_order, s.line_no, this_cinema, (paid ->> 'screening_key')::bigint, s.seat,
            s.category, s.key_id, s.not_before_at, s.not_after_at, s.code, t
        FROM jsonb_populate_recordset(NULL::ticket, signed) AS s
        JOIN paid_line l ON l.order_id = this_order AND l.line_no = s.line_no
        WHERE NOT EXISTS (SELECT FROM ticket k WHERE k.order_id = this_order AND k.line_no = s.line_no)
          AND NOT EXISTS (SELECT FROM revoked_line r
                          WHERE r.order_id = this_order AND r.line_no = s.line_no)
        RETURNING id
    ), logged AS (
        INSERT INTO ticket_event (ticket_id, version, status, actor, at)
        SELECT id, 1, 'ISSUED', 'ticket', t FROM new
    )
    SELECT count(*) INTO made FROM new;

    RETURN QUERY
        SELECT next_version, is_new AND made > 0, jsonb_object_agg(k.line_no, k.id), max(k.issued_at)
        FROM ticket k WHERE k.order_id = this_order;
END $$;
