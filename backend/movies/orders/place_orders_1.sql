-- Places a batch of orders: one result for each, in the batch's order; see docs on seats.
--
-- The screenings' rows are locked first, in id order; then the buyers, in theirs. What follows
-- reads with later snapshots, so it sees whatever the locks waited for. A refusal is a result,
-- never an exception, so a batch survives it.
CREATE FUNCTION place_orders(batch jsonb) RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wanted jsonb;
    results jsonb := '[]'::jsonb;
    t timestamptz;
BEGIN
    PERFORM 1 FROM screening_seats
    WHERE screening_id IN (SELECT (o ->> 'screening')::bigint FROM jsonb_array_elements(batch) AS o)
    ORDER BY screening_id FOR UPDATE;

    PERFORM pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(o ->> 'buyer', 1) AS key
        FROM jsonb_array_elements(batch) AS o WHERE o ->> 'buyer' IS NOT NULL ORDER BY 1
    ) AS buyers;

    t := clock_timestamp();
    FOR wanted IN SELECT o FROM jsonb_array_elements(batch) WITH ORDINALITY AS b (o, n) ORDER BY n
    LOOP
        results := results || place_order(wanted, t);
    END LOOP;
    RETURN results;
END $$;

-- Places one order under the locks of place_orders; returns the reply or a refusal.
CREATE FUNCTION place_order(wanted jsonb, t timestamptz) RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_screening bigint := (wanted ->> 'screening')::bigint;
    this_order uuid := (wanted ->> 'id')::uuid;
    this_seats smallint[] := ARRAY(SELECT (l ->> 'seat')::smallint
                                   FROM jsonb_array_elements(wanted -> 'lines') AS l);
    hold interval := make_interval(secs => (wanted ->> 'hold_s')::integer);
    shown record;
    kept record;
    refusal jsonb;
    reply text;
    map_version bigint;
    step integer := 0;
    lapsed record;
    claimed integer;
BEGIN
    SELECT request_hash, status, body INTO kept FROM idempotency
    WHERE principal = wanted ->> 'principal' AND route = wanted ->> 'route' AND key = wanted ->> 'key';
    IF FOUND THEN
        RETURN stored_reply(kept.request_hash, kept.status, kept.body, wanted);
    END IF;

    SELECT s.state, s.layout_id, s.sale_opens_at, s.sale_closes_at, s.ends_at, c.version_id INTO shown
    FROM screening s JOIN price_card c ON c.id = s.price_card_id WHERE s.id = this_screening;
    refusal := CASE
        WHEN shown.state <> 'on_sale' OR t >= shown.sale_closes_at THEN '{"refusal": "SaleClosed"}'
        -- Only the till may still settle what is over.
        WHEN wanted ->> 'buyer' IS NOT NULL AND t >= shown.ends_at THEN '{"refusal": "SaleClosed"}'
        WHEN t < shown.sale_opens_at THEN '{"refusal": "SaleNotOpen"}'
        WHEN shown.version_id <> (wanted ->> 'price_version')::bigint THEN '{"refusal": "PriceChanged"}'
    END;
    refusal := coalesce(refusal, buyer_refusal(wanted ->> 'buyer', this_screening,
                                               cardinality(this_seats), t));
    IF refusal IS NULL AND (wanted ->> 'carers_apart')::integer
        > places_for_carers(wanted ->> 'buyer', this_screening, t, NULL) THEN
        refusal := '{"refusal": "CarerAlone"}';
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;

    reply := (wanted -> 'reply') || jsonb_build_object('placed_at', t);
    INSERT INTO idempotency (principal, route, key, request_hash, status, body)
    VALUES (wanted ->> 'principal', wanted ->> 'route', wanted ->> 'key',
            decode(wanted ->> 'digest', 'hex'), 201, convert_to(reply, 'UTF8'))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN  -- the same key came at once for another screening, and its commit won
        SELECT request_hash, status, body INTO kept FROM idempotency
        WHERE principal = wanted ->> 'principal' AND route = wanted ->> 'route'
          AND key = wanted ->> 'key';
        RETURN stored_reply(kept.request_hash, kept.status, kept.body, wanted);
    END IF;

    UPDATE screening_seats SET version = version + 1 WHERE screening_id = this_screening
    RETURNING version INTO map_version;

    -- The buyer's own lapsed hold ends too: paid later it would go past the ten seats.
    FOR lapsed IN
        SELECT order_id FROM seat_claim
        WHERE screening_id = this_screening AND seat_id = ANY (this_seats)
          AND state = 'HELD' AND expires_at <= t
        UNION SELECT id FROM orders
        WHERE buyer = wanted ->> 'buyer' AND screening_id = this_screening
          AND state = 'HELD' AND expires_at <= t
        ORDER BY 1
    LOOP
        PERFORM expire_order(lapsed.order_id, this_screening, map_version, step, t, 'TAKE_OVER');
        step := step + 1;
    END LOOP;

    INSERT INTO seat_claim (screening_id, seat_id, layout_id, order_id, line_no, state, expires_at)
    SELECT this_screening, (l ->> 'seat')::smallint, shown.layout_id, this_order,
           (l ->> 'line_no')::smallint, 'HELD', t + hold
    FROM jsonb_array_elements(wanted -> 'lines') AS l
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    IF claimed < cardinality(this_seats) THEN
        DELETE FROM seat_claim WHERE screening_id = this_screening AND order_id = this_order;
        DELETE FROM idempotency WHERE principal = wanted ->> 'principal'
          AND route = wanted ->> 'route' AND key = wanted ->> 'key';
        RETURN jsonb_build_object('refusal', 'SeatTaken', 'seats', ARRAY(
            SELECT seat_id FROM seat_claim
            WHERE screening_id = this_screening AND seat_id = ANY (this_seats) ORDER BY seat_id));
    END IF;

    INSERT INTO orders (id, reference, cinema_id, screening_id, owner, buyer, channel, state,
        language, email, currency, total_minor, fee_minor, tax_minor, price_version_id, seats,
        hold_s, extensions_left, expires_at, code_hash, placed_at, changed_at)
    VALUES (this_order, wanted ->> 'reference', (wanted ->> 'cinema')::uuid, this_screening,
        wanted ->> 'principal', wanted ->> 'buyer', wanted ->> 'channel', 'HELD',
        wanted ->> 'language', wanted ->> 'email', wanted ->> 'currency',
        (wanted ->> 'total_minor')::integer, (wanted ->> 'fee_minor')::integer,
        (wanted ->> 'tax_minor')::integer, (wanted ->> 'price_version')::bigint,
        cardinality(this_seats), (wanted ->> 'hold_s')::integer, (wanted ->> 'extensions')::smallint,
        t + hold, wanted ->> 'code_hash', t, t);

    INSERT INTO order_line (order_id, line_no, seat_id, row_label, seat_label, seat_kind,
        ticket_type, ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp, tax_minor)
    SELECT this_order, l.line_no, l.seat, l.row_label, l.seat_label, l.seat_kind, l.ticket_type,
           l.ticket_type_name, l.price_minor, l.fee_minor, l.gross_minor, l.tax_rate_bp, l.tax_minor
    FROM jsonb_to_recordset(wanted -> 'lines') AS l (line_no smallint, seat smallint,
        row_label text, seat_label text, seat_kind text, ticket_type text, ticket_type_name text,
        price_minor integer, fee_minor integer, gross_minor integer, tax_rate_bp integer,
        tax_minor integer);

    INSERT INTO order_event (order_id, version, state, actor, at)
    VALUES (this_order, 1, 'HELD', wanted ->> 'principal', t);
    INSERT INTO seat_event (screening_id, version, step, kind, order_id, seats, expires_at, at)
    VALUES (this_screening, map_version, step, 'HOLD', this_order, this_seats, t + hold, t);

    RETURN jsonb_build_object('reply', reply, 'map_version', map_version);
END $$;

-- Replays a stored reply, or refuses the key of another request.
CREATE FUNCTION stored_reply(hash bytea, status smallint, body bytea, wanted jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN hash = decode(wanted ->> 'digest', 'hex') AND body IS NOT NULL
        THEN jsonb_build_object('reply', convert_from(body, 'UTF8'), 'status', status,
                                'is_replayed', true)
        ELSE '{"refusal": "IdempotencyKeyReused"}'::jsonb END
$$;

-- Counts the seats of a screening that a buyer holds, pays for or has bought, but for one order.
CREATE FUNCTION seats_of_buyer(who text, this_screening bigint, t timestamptz, but_for uuid)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM orders o JOIN order_line l ON l.order_id = o.id
    WHERE o.buyer = who AND o.screening_id = this_screening AND o.id IS DISTINCT FROM but_for
      AND l.state <> 'REFUNDED'
      AND (o.state IN ('PAYING', 'CONFIRMING', 'PAID', 'ISSUED', 'REFUNDING', 'PART_REFUNDED', 'REVIEW')
           OR o.state = 'HELD' AND o.expires_at > t)
$$;

-- Returns why a buyer may not hold so many more seats of a screening, or null. Three holds that ran
-- out unpaid within an hour are followed by a pause, which begins anew with each further one.
CREATE FUNCTION buyer_refusal(who text, this_screening bigint, wanted integer, t timestamptz)
RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    has record;
    seats bigint;
BEGIN
    IF who IS NULL THEN
        RETURN NULL;  -- staff sales know only the ten seats of an order
    END IF;
    SELECT min(id::text) FILTER (WHERE state = 'HELD' AND expires_at > t) AS live_hold,
           count(*) FILTER (WHERE lapsed_at > t - interval '1 hour') AS lapsed,
           max(lapsed_at) AS lapsed_at
    INTO has FROM (
        SELECT id, state, expires_at, CASE
            WHEN state = 'EXPIRED' THEN coalesce(expires_at, changed_at)  -- a payment has no end
            WHEN state = 'HELD' AND expires_at <= t THEN expires_at  -- not reaped yet
        END AS lapsed_at FROM orders WHERE buyer = who
    ) AS mine;
    seats := seats_of_buyer(who, this_screening, t, NULL);
    RETURN CASE
        WHEN has.live_hold IS NOT NULL
            THEN jsonb_build_object('refusal', 'HoldElsewhere', 'order_id', has.live_hold)
        WHEN has.lapsed >= 3 AND has.lapsed_at > t - interval '10 minutes' THEN jsonb_build_object('refusal', 'BuyerPaused', 'retry_after_s',
            ceil(extract(epoch FROM has.lapsed_at + interval '10 minutes' - t)))
        WHEN seats + wanted > 10
            THEN jsonb_build_object('refusal', 'TooManySeats', 'seats_left', greatest(0, 10 - seats))
    END;
END $$;

-- Counts the wheelchair places that a buyer has tickets for, less the carers who go with them
-- already; one order is left out. A place that is not paid yet serves only its own order's carers.
-- Staff sell both in one order: they have no buyer.
CREATE FUNCTION places_for_carers(who text, this_screening bigint, t timestamptz, but_not uuid)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(CASE WHEN is_paid THEN spare ELSE least(spare, 0) END), 0)::bigint FROM (
        SELECT o.state IN ('PAID', 'ISSUED', 'PART_REFUNDED') AS is_paid,
               count(*) FILTER (WHERE l.seat_kind = 'wheelchair' AND k.rule <> 'carer')
                   - count(*) FILTER (WHERE k.rule = 'carer') AS spare
        FROM orders o
        JOIN order_line l ON l.order_id = o.id AND l.state = 'LIVE'
        JOIN ticket_type k ON k.cinema_id = o.cinema_id AND k.code = l.ticket_type
        WHERE o.buyer = who AND o.screening_id = this_screening AND o.id IS DISTINCT FROM but_not
          AND o.state NOT IN ('EXPIRED', 'CANCELLED', 'REFUNDED')
          AND NOT (o.state = 'HELD' AND o.expires_at <= t)
        GROUP BY o.id
    ) AS mine
$$;

-- Ends a hold whose time is over: its seats are free, its log says why. Needs the screening's lock.
CREATE FUNCTION expire_order(this_order uuid, this_screening bigint, map_version bigint,
                             step integer, t timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ended record;
    freed smallint[];
BEGIN
    UPDATE orders SET state = 'EXPIRED', version = version + 1, changed_at = t
    WHERE id = this_order AND state = 'HELD' RETURNING version, expires_at INTO ended;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    WITH gone AS (
        DELETE FROM seat_claim WHERE screening_id = this_screening AND order_id = this_order
        RETURNING seat_id
    ) SELECT array_agg(seat_id ORDER BY seat_id) INTO freed FROM gone;
    INSERT INTO order_event (order_id, version, state, actor, at)
    VALUES (this_order, ended.version, 'EXPIRED', 'clock', t);
    INSERT INTO seat_event (screening_id, version, step, kind, order_id, seats, expires_at, at)
    VALUES (this_screening, map_version, step, reason, this_order, coalesce(freed, '{}'),
            ended.expires_at, t);
END $$;
