"""Bugs planted on purpose, each a small exact edit, and the scenario that must catch it.

If one is not caught, the suite has a hole there. `settings` are for the cinema under test;
`signs` are the invariants of which one must be named, where a test may fail otherwise too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Edit:
    """A text of one file that becomes another; it must be there exactly once."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong after the edits, and which tests must then fail."""

    name: str
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    signs: tuple[str, ...] = ()


def _of(file: str, test: str) -> str:
    return f"tests/faults/{file}::{test}"


_CLEAN = _of("test_clean_run.py", "test_a_sale_without_faults_leaves_nothing_to_find")
_RIVALS = _of("test_rivals.py", "test_one_of_fifty_buyers_gets_the_seat")
_LATE = _of("test_late_payments.py", "test_seats_whose_hold_is_over_are_sold_once")
_STOPS = _of("test_database_stops.py", "test_nothing_acknowledged_is_lost_when_postgresql_stops")
_KILLS = _of("test_kills.py", "test_purchases_survive_kills_of_the_process")
_CUTS = _of("test_cuts.py", "test_request_whose_answer_was_cut_acts_once")
_SHUFFLED = _of("test_messages.py", "test_messages_that_come_three_times_and_shuffled_act_once")
_POISON = _of("test_messages.py", "test_messages_that_nobody_can_take_are_kept_and_the_others_flow")
_CLOCKS = _of("test_clocks.py", "test_wrong_clocks_sell_no_seat_twice_and_end_no_hold_early")
_TOKENS = _of("abuse/test_tokens.py", "test_no_bad_token_opens_any_operation")
_DOORS = _of("doors/test_forged_codes.py", "test_forged_codes_open_no_door")
_NIGHTS = _of("test_programmes.py", "test_cleaning_time_and_nights_of_the_clock_change")
_PLACE = "backend/movies/orders/place_orders_1.sql"
_TABLES = "backend/movies/orders/tables_1.sql"
_PAYMENTS = "backend/movies/orders/payments.py"

BUGS: tuple[Bug, ...] = (
    Bug(
        "a seat without its unique key and its lock",
        (
            Edit(_TABLES, "    PRIMARY KEY (screening_id, seat_id),\n", ""),
            Edit(
                _TABLES,
                "REFERENCES layout_seat (layout_id, seat_id)\n);\n",
                "REFERENCES layout_seat (layout_id, seat_id)\n);\n"
                "CREATE INDEX ON seat_claim (screening_id, seat_id);\n",
            ),
            Edit(_PLACE, "    ORDER BY screening_id FOR UPDATE;\n", "    ORDER BY screening_id;\n"),
        ),
        (_RIVALS,),
        {"MM_MOVIES_ORDERS_PER_BATCH": "1"},
    ),
    Bug(
        "a skipped inbox",
        (
            Edit(
                "backend/kit/messaging/inbox.py",
                '"INSERT INTO inbox (consumer, message_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"',
                '"SELECT %s::text, %s::uuid"',
            ),
        ),
        (_CLEAN,),
        signs=("I13", "I14"),
    ),
    Bug(
        "seats taken over during payment",
        (
            Edit(
                _PLACE,
                "        WHERE NOT (c.state = 'HELD' AND c.expires_at <= t) GROUP BY l.n\n",
                "        WHERE NOT (c.state = 'PAYING' OR c.expires_at <= t) GROUP BY l.n\n",
            ),
            Edit(
                _PLACE,
                "    WHERE id = this_order AND state = 'HELD' RETURNING version, expires_at",
                "    WHERE id = this_order AND state IN ('HELD', 'PAYING')"
                " RETURNING version, expires_at",
            ),
        ),
        (_LATE,),
        signs=("I6",),
    ),
    Bug(
        "a hold that ends in part",
        (
            Edit(
                _PLACE,
                "        DELETE FROM seat_claim WHERE screening_id = this_screening"
                " AND order_id = this_order\n        RETURNING seat_id\n",
                "        DELETE FROM seat_claim AS c WHERE c.screening_id = this_screening"
                " AND c.order_id = this_order\n        AND c.seat_id = (SELECT min(o.seat_id)"
                " FROM seat_claim AS o WHERE o.order_id = this_order) RETURNING seat_id\n",
            ),
        ),
        (_LATE,),
        signs=("I3", "I5"),
    ),
    Bug(
        "a webhook believed without fetching",
        (
            Edit(
                "backend/payment/webhooks/service.py",
                "            await checkouts.sync_attempt(parts, *key)\n",
                "            if any(e.type == 'checkout.session.completed' for e in events):\n"
                "                from backend.contracts.payments import AttemptState\n"
                "                from backend.payment.checkouts import telling\n"
                "                async with parts.database.transaction() as connection:\n"
                "                    told = await attempts.lock(connection, *key)\n"
                "                    told = await attempts.change(\n"
                "                        connection, told, AttemptState.AUTHORISED, fetch_id=None\n"
                "                    )\n"
                "                    await telling.tell(connection, told)\n"
                "            else:\n"
                "                await checkouts.sync_attempt(parts, *key)\n",
            ),
        ),
        (_CLEAN,),
        signs=("I11",),
    ),
    Bug(
        "orders open to everybody",
        (
            Edit(
                "backend/movies/orders/service.py",
                '    return bool(row["owner"] == principal.subject)'
                ' or principal.is_staff_at(row["cinema_slug"])\n',
                "    return True\n",
            ),
        ),
        (_CLEAN,),
    ),
    Bug(
        "a token for another audience accepted",
        (
            Edit(
                "backend/kit/tokens/verifier.py",
                "            self._trust.audience in _audiences(claims)\n"
                "            and until > now\n",
                "            until > now\n",
            ),
        ),
        (_TOKENS,),
    ),
    Bug(
        "a code read in any script, so one ticket has many texts",
        (
            Edit(
                "ticketcode/moviemesh_ticketcode/mm1.py",
                "    if len(text) != DIGITS or not text.isascii() or not text.isdigit():\n",
                "    text = text.strip()\n    if len(text) != DIGITS or not text.isdigit():\n",
            ),
        ),
        (_DOORS,),
    ),
    Bug(
        "the money taken before the seats are sold",
        (
            Edit(
                _PAYMENTS,
                "        if step is Step.SELL_AND_CAPTURE:\n"
                '            await sell(connection, held, order, before=("PAYING",))\n',
                "        if step is Step.SELL_AND_CAPTURE:\n",
            ),
        ),
        (_CLEAN,),
    ),
    Bug(
        "messages marked as sent before they are",
        (
            Edit(
                "backend/kit/messaging/outbox.py",
                "        receipts = await self._broker.publish([_envelope(row) for row in rows])\n",
                "        async with self._database.connection() as connection:\n"
                '            await connection.execute(_SENT, ([row["seq"] for row in rows],))\n'
                "        receipts = await self._broker.publish([_envelope(row) for row in rows])\n",
            ),
        ),
        (
            _STOPS,
            _KILLS,
        ),
    ),
    Bug(
        "a key that is not kept with its order",
        (
            Edit(
                _PLACE,
                "    INSERT INTO idempotency (principal, route, key, request_hash, status, body,"
                " made_at)\n",
                "    RETURN '{}';\n"
                "    INSERT INTO idempotency (principal, route, key, request_hash, status, body,"
                " made_at)\n",
            ),
        ),
        (_CUTS,),
    ),
    Bug(
        "a refund of more than its lines",
        (
            Edit(
                "backend/movies/orders/refunds.py",
                '    amount = sum(line["gross_minor"] for line in order.lines'
                ' if line["line_no"] in live)\n',
                '    amount = order.row["total_minor"]\n',
            ),
        ),
        (_CLEAN,),
        signs=("I8",),
    ),
    Bug(
        "seats freed before their tickets are revoked",
        (
            Edit(
                "backend/movies/orders/refunds.py",
                "    await ask_revoke(connection, order, this)\n\n\nasync def ask_revoke(",
                "    await ask_revoke(connection, order, this)\n"
                "    held, _ = await lock_both(connection, order.id)\n"
                "    await _leave(\n"
                '        connection, held, order, numbers=sorted(order.seats()), become="free"\n'
                "    )\n\n\nasync def ask_revoke(",
            ),
        ),
        (_SHUFFLED,),
    ),
    Bug(
        "holds timed by another clock than the one that ends them",
        (
            Edit(
                _PLACE,
                "    t := clock_timestamp();\n",
                "    t := pg_catalog.clock_timestamp();\n",
            ),
        ),
        (_CLOCKS,),
    ),
    Bug(
        "a capture that no ledger knows",
        (
            Edit(
                "backend/payment/checkouts/learning.py",
                "        await ledger.book_capture(connection, attempt, facts.captured_minor)\n",
                "",
            ),
        ),
        (_CLEAN,),
        signs=("I29",),
    ),
    Bug(
        "messages that nobody hears thrown away",
        (
            Edit(
                "backend/kit/messaging/in_process.py",
                "        return ACCEPTED if hearers else UNHEARD\n",
                "        return ACCEPTED\n",
            ),
        ),
        (_POISON,),
    ),
    Bug(
        "a room that nobody cleans",
        (
            Edit(
                "backend/movies/screenings/repository.py",
                'busy_until = screening["ends_at"] + timedelta('
                'minutes=screening.pop("cleaning_minutes"))\n',
                'busy_until = screening["ends_at"] + timedelta('
                'minutes=0 * screening.pop("cleaning_minutes"))\n',
            ),
        ),
        (_NIGHTS,),
    ),
)
