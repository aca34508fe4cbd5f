-- An order as Python has priced it. `n` is its place in the batch. The reply is in two parts: the
-- time of placing, by this clock, belongs between them.
CREATE TYPE wanted_order AS (
    n smallint, id uuid, reference text, principal text, route text, key text, digest text,
    screening bigint, cinema uuid, buyer text, channel text, language text, email text,
    currency text, price_version bigint, total_minor integer, fee_minor integer,
    tax_minor integer, seats smallint[], carers_apart smallint, hold_s integer,
    extensions smallint, code_hash text, reply_head text, reply_tail text
);

-- A line of one of them, with what of its order its rows repeat.
CREATE TYPE wanted_line AS (
    n smallint, order_id uuid, screening bigint, layout integer, hold_s integer,
    line_no smallint, seat smallint, row_label text, seat_label text, seat_kind text,
    ticket_type text, ticket_type_name text, price_minor integer, fee_minor integer,
    gross_minor integer, tax_rate_bp integer, tax_minor integer
);

-- Places a batch of orders of different buyers, by some statements for all of them; see docs/seats.md.
-- Returns when it was, the new version of each screening's map, and by `n` what was not placed: a
-- refusal is an answer, never an exception, so a batch survives it. Two orders of a batch must not
-- share a buyer, key or seat: that is an error, and Python sends each alone.
--
-- The screenings' rows are locked first, in id order; then the buyers, in theirs. What follows
-- reads with later snapshots, so it sees whatever the locks waited for. Plans are made once, maybe
-- for empty tables: they may use nothing but indexes.
CREATE FUNCTION place_orders(wanted_orders json, wanted_lines json) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
DECLARE
    batch wanted_order[];
    live wanted_order[];
    wanted wanted_line[];
    answers jsonb;
    versions jsonb := '{}';
    repeated bigint;
    t timestamptz;
BEGIN
    SELECT array_agg(w) INTO batch
    FROM json_populate_recordset(NULL::wanted_order, wanted_orders) AS w;

    PERFORM 1 FROM screening_seats WHERE screening_id IN (SELECT screening FROM unnest(batch))
    ORDER BY screening_id FOR UPDATE;
    PERFORM pg_advisory_xact_lock(buyer_lock) FROM (
        SELECT DISTINCT buyer_lock(buyer) FROM unnest(batch) WHERE buyer IS NOT NULL ORDER BY 1
    ) AS buyers;
    t := clock_timestamp();

    SELECT array_agg(j.w) FILTER (WHERE j.answer IS NULL),
           coalesce(jsonb_object_agg((j.w).n, j.answer) FILTER (WHERE j.answer IS NOT NULL), '{}'),
           count((j.w).buyer) - count(DISTINCT (j.w).buyer)
    INTO live, answers, repeated
    FROM (SELECT w, CASE
            WHEN k.key IS NOT NULL THEN stored_reply(k, w.digest, t)
            WHEN s.state <> 'on_sale' OR t >= s.sale_closes_at THEN '{"refusal": "SaleClosed"}'
            -- Only the till may still settle what is over.
            WHEN w.buyer IS NOT NULL AND t >= s.ends_at THEN '{"refusal": "SaleClosed"}'
            WHEN t < s.sale_opens_at THEN '{"refusal": "SaleNotOpen"}'
            WHEN c.version_id <> w.price_version THEN '{"refusal": "PriceChanged"}'
            ELSE coalesce(
                CASE WHEN EXISTS (SELECT FROM orders AS o WHERE o.owner = w.buyer)
                    THEN buyer_refusal(w.buyer, w.screening, cardinality(w.seats), t) END,
                CASE WHEN w.carers_apart > 0
                    AND w.carers_apart > places_for_carers(w.buyer, w.screening, t, NULL)
                    THEN '{"refusal": "CarerAlone"}'::jsonb END)
        END AS answer
        FROM unnest(batch) AS w
        JOIN screening AS s ON s.id = w.screening
        JOIN price_card AS c ON c.id = s.price_card_id
        LEFT JOIN idempotency AS k
            ON k.principal = w.principal AND k.route = w.route AND k.key = w.key
    ) AS j;
    IF repeated > 0 THEN
        RAISE EXCEPTION 'a buyer is twice in a batch' USING ERRCODE = 'cardinality_violation';
    END IF;

    SELECT array_agg(l) INTO wanted
    FROM json_populate_recordset(NULL::wanted_line, wanted_lines) AS l
    WHERE NOT answers ? l.n::text;
    answers := answers || taken_seats(wanted, t);
    IF answers <> '{}' THEN
        SELECT array_agg(w) INTO live FROM unnest(live) AS w WHERE NOT answers ? w.n::text;
    END IF;
    answers := answers || keep_replies(live, t);
    IF answers <> '{}' THEN
        SELECT array_agg(w) INTO live FROM unnest(live) AS w WHERE NOT answers ? w.n::text;
        SELECT array_agg(l) INTO wanted FROM unnest(wanted) AS l WHERE NOT answers ? l.n::text;
    END IF;
    IF live IS NOT NULL THEN
        versions := write_orders(live, wanted, t);
    END IF;
    RETURN jsonb_build_object('at', t, 'versions', versions, 'answers', answers);
END $$;

-- Returns the key of the lock of what a buyer has; taken after the locks of screenings.
CREATE FUNCTION buyer_lock(who text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended(who, 1)
$$;

-- Returns by `n` the seats of lines that somebody else has; a hold whose time is over has none.
CREATE FUNCTION taken_seats(wanted wanted_line[], t timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$  -- not in SQL: such a function would be planned at each call
DECLARE
    taken jsonb;
BEGIN
    SELECT jsonb_object_agg(n, jsonb_build_object('refusal', 'SeatTaken', 'seats', seats))
    INTO taken FROM (
        SELECT l.n, jsonb_agg(l.seat ORDER BY l.seat) AS seats
        FROM unnest(wanted) AS l
        JOIN seat_claim AS c ON c.screening_id = l.screening AND c.seat_id = l.seat
        WHERE NOT (c.state = 'HELD' AND c.expires_at <= t) GROUP BY l.n
    ) AS lost;
    RETURN coalesce(taken, '{}');
END $$;

-- Writes the reply of each order under its key; returns by `n` what another process, with the same
-- key at the same time, was answered before.
CREATE FUNCTION keep_replies(live wanted_order[], t timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    at text := to_jsonb(t) #>> '{}';
    written integer;
BEGIN
    INSERT INTO idempotency (principal, route, key, request_hash, status, body, made_at)
    SELECT principal, route, key, decode(digest, 'hex'), 201,
           convert_to(reply_head || at || reply_tail, 'UTF8'), t
    FROM unnest(live) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF live IS NULL OR written = cardinality(live) THEN
        RETURN '{}';
    END IF;
    RETURN (
        SELECT jsonb_object_agg(w.n, stored_reply(k, w.digest, t))
        FROM unnest(live) AS w
        JOIN idempotency AS k ON k.principal = w.principal AND k.route = w.route AND k.key = w.key
        -- A reply names its order: one of another order is not ours.
        WHERE k.body IS DISTINCT FROM convert_to(w.reply_head || at || w.reply_tail, 'UTF8')
    );
END $$;

-- Claims the seats and writes orders, lines and logs; returns the new version of each map.
CREATE FUNCTION write_orders(live wanted_order[], wanted wanted_line[], t timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    versions jsonb;
    step integer;
    claimed integer;
BEGIN
    WITH changed AS (
        UPDATE screening_seats SET version = version + 1
        WHERE screening_id IN (SELECT screening FROM unnest(live)) RETURNING screening_id, version
    ) SELECT jsonb_object_agg(screening_id, version) INTO versions FROM changed;
    step := end_lapsed(live, wanted, versions, t);

    INSERT INTO seat_claim (screening_id, seat_id, layout_id, order_id, line_no, state, expires_at)
    SELECT screening, seat, layout, order_id, line_no, 'HELD', t + make_interval(secs => hold_s)
    FROM unnest(wanted) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    IF claimed < cardinality(wanted) THEN
        RAISE EXCEPTION 'a seat is twice in a batch, or was claimed without the lock'
            USING ERRCODE = 'cardinality_violation';
    END IF;

    INSERT INTO orders (id, reference, cinema_id, screening_id, owner, buyer, channel, state,
        language, email, currency, total_minor, fee_minor, tax_minor, price_version_id, seats,
        hold_s, extensions_left, expires_at, code_hash, placed_at, changed_at)
    SELECT id, reference, cinema, screening, principal, buyer, channel, 'HELD',
        language, email, currency, total_minor, fee_minor, tax_minor, price_version,
        cardinality(seats), hold_s, extensions, t + make_interval(secs => hold_s), code_hash, t, t
    FROM unnest(live);

    INSERT INTO order_line (order_id, line_no, seat_id, row_label, seat_label, seat_kind,
        ticket_type, ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp, tax_minor)
    SELECT order_id, line_no, seat, row_label, seat_label, seat_kind,
        ticket_type, ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp, tax_minor
    FROM unnest(wanted);

    INSERT INTO order_event (order_id, version, state, actor, at)
    SELECT id, 1, 'HELD', principal, t FROM unnest(live);

    INSERT INTO seat_event (screening_id, version, step, kind, order_id, seats, expires_at, at)
    SELECT screening, (versions ->> screening::text)::bigint, step + n, 'HOLD', id, seats,
           t + make_interval(secs => hold_s), t
    FROM unnest(live);
    RETURN versions;
END $$;

-- Ends whole holds whose time is over: those that touch a wanted seat, and the buyers' own of the
-- same screening, which paid later would go past the ten seats. Returns how many log steps it took.
CREATE FUNCTION end_lapsed(live wanted_order[], wanted wanted_line[], versions jsonb, t timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    lapsed record;
    step integer := 0;
BEGIN
    FOR lapsed IN
        SELECT c.order_id, c.screening_id FROM unnest(wanted) AS l
        JOIN seat_claim AS c ON c.screening_id = l.screening AND c.seat_id = l.seat
        UNION SELECT o.id, o.screening_id FROM unnest(live) AS w
        JOIN orders AS o ON o.owner = w.buyer AND o.screening_id = w.screening
            AND o.buyer IS NOT NULL AND o.state = 'HELD' AND o.expires_at <= t
        ORDER BY 1
    LOOP
        PERFORM expire_order(lapsed.order_id, lapsed.screening_id,
                             (versions ->> lapsed.screening_id::text)::bigint, step, t, 'TAKE_OVER');
        step := step + 1;
    END LOOP;
    RETURN step;
END $$;

-- Replays a stored reply with its age, or refuses the key of another request.
CREATE FUNCTION stored_reply(kept idempotency, digest text, t timestamptz) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN kept.request_hash = decode(digest, 'hex') AND kept.body IS NOT NULL
        THEN jsonb_build_object('reply', convert_from(kept.body, 'UTF8'), 'status', kept.status,
                                'age_s', extract(epoch FROM t - kept.made_at))
        ELSE '{"refusal": "IdempotencyKeyReused"}'::jsonb END
$$;

-- Counts the seats of a screening that a buyer holds, pays for or has bought, but for one order.
CREATE FUNCTION seats_of_buyer(who text, this_screening bigint, t timestamptz, but_for uuid)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM orders o JOIN order_line l ON l.order_id = o.id
    WHERE o.owner = who AND o.buyer IS NOT NULL AND o.screening_id = this_screening AND o.id IS DISTINCT FROM but_for
      AND l.state <> 'REFUNDED'
      AND (o.state IN ('PAYING', 'CONFIRMING', 'PAID', 'ISSUED', 'REFUNDING', 'PART_REFUNDED', 'REVIEW')
           OR o.state = 'HELD' AND o.expires_at > t)
$$;

-- Returns a buyer's live hold, or the order that becomes one again when its payment is closed.
CREATE FUNCTION live_hold(who text, t timestamptz, but_for uuid) RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT min(id::text)::uuid FROM orders
    WHERE owner = who AND buyer IS NOT NULL AND id IS DISTINCT FROM but_for
      AND (state = 'HELD' AND expires_at > t OR state = 'PAYING' AND closing = 'buyer')
$$;

-- Returns why a buyer may not hold so many more seats of a screening, or null. Three holds that ran
-- out unpaid within an hour are followed by a pause, which begins anew with each further one.
CREATE FUNCTION buyer_refusal(who text, this_screening bigint, wanted integer, t timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    has record;
    seats bigint;
BEGIN
    IF who IS NULL THEN
        RETURN NULL;  -- staff sales know only the ten seats of an order
    END IF;
    SELECT live_hold(who, t, NULL) AS live_hold,
           count(*) FILTER (WHERE lapsed_at > t - interval '1 hour') AS lapsed,
           max(lapsed_at) AS lapsed_at
    INTO has FROM (
        SELECT id, state, expires_at, CASE
            WHEN state = 'EXPIRED' THEN coalesce(expires_at, changed_at)  -- a payment has no end
            WHEN state = 'HELD' AND expires_at <= t THEN expires_at  -- not reaped yet
        END AS lapsed_at FROM orders WHERE owner = who AND buyer IS NOT NULL
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
        WHERE o.owner = who AND o.buyer IS NOT NULL AND o.screening_id = this_screening
          AND o.id IS DISTINCT FROM but_not
          AND o.state NOT IN ('EXPIRED', 'CANCELLED', 'REFUNDED')
          AND NOT (o.state = 'HELD' AND o.expires_at <= t)
        GROUP BY o.id
    ) AS mine
$$;

-- Ends a hold whose time is over: its seats are free, its log says why. Needs the screening's lock.
CREATE FUNCTION expire_order(this_order uuid, this_screening bigint, map_version bigint,
                             step integer, t timestamptz, reason text) RETURNS void
LANGUAGE plpgsql AS $$
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
