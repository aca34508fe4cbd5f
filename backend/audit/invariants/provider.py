"""The card provider: each of its sessions is one attempt, in the same state, proven by a fetch.

The provider's objects are read in the simulator's own tables; a cinema on the real provider has
none, and then only our own side is judged.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.merging import merged
from backend.audit.sources import Row

_OPEN_AT_MOST = timedelta(minutes=15)
_ENDED = frozenset({"CAPTURED", "CANCELED", "FAILED"})
_SYNC = "Let payment look again (open the order's page); what stays is for a person to mend."
_PROVIDED: LiteralString = """
    SELECT s.body ->> 'client_reference_id' AS reference, s.id AS session_id, s.status,
           i.id AS intent_id, i.status AS intent_status,
           greatest(s.created, (SELECT max(c.created) FROM charge c WHERE c.payment_intent = i.id),
                    (SELECT max(t.created) FROM charge c
                     JOIN balance_transaction t ON t.source = c.id WHERE c.payment_intent = i.id)
                   ) AS changed
    FROM checkout_session s LEFT JOIN payment_intent i ON i.id = s.payment_intent
    WHERE s.body ->> 'client_reference_id' ~ '^[0-9a-f-]{36}\\.[0-9]+$'
    ORDER BY s.body ->> 'client_reference_id' COLLATE "C", s.seq
"""
# A stray is known at the provider by the reference of the attempt that it was mistaken for.
_ATTEMPTS: LiteralString = """
    SELECT CASE WHEN is_stray THEN request ->> 'client_reference_id'
                ELSE order_id::text || '.' || attempt END COLLATE "C" AS reference,
           state, session_id, intent_id, review, is_stray, made_at, changed_at
    FROM attempt WHERE provider = 'stripe' ORDER BY 1
"""
# For every change: what was before, and the fetch that is said to prove it.
_CHANGES: LiteralString = """
    change AS (
        SELECT e.order_id, e.attempt, e.version, e.state, e.at, e.fetch_id, a.session_id,
               lag(e.state) OVER (PARTITION BY e.order_id, e.attempt ORDER BY e.version) AS before,
               f.id AS known_fetch_id, f.facts ->> 'state' AS fetched,
               f.order_id = e.order_id AND f.attempt = e.attempt AS is_own
        FROM attempt_event e
        JOIN attempt a ON a.order_id = e.order_id AND a.attempt = e.attempt
        LEFT JOIN provider_fetch f ON f.id = e.fetch_id
    ), rank (state, rank) AS (
        VALUES ('CREATED', 0), ('UNKNOWN', 0), ('AT_PROVIDER', 1), ('AUTHORISED', 2),
               ('CAPTURING', 3), ('CAPTURED', 4), ('CANCELED', 4), ('FAILED', 4)
    )
"""


async def _sessions(look: Look, tally: Tally) -> None:
    pairs = merged(
        look["payment"].stream(_ATTEMPTS), look["simulator"].stream(_PROVIDED), "reference"
    )
    async for pair in pairs:
        tally.rows_checked += 1
        row = {
            "reference": pair.key,
            "attempts": [each["state"] for each in pair.left],
            "sessions": [
                (each["session_id"], each["status"], each["intent_status"]) for each in pair.right
            ],
        }
        changes = [("payment", each["changed_at"]) for each in pair.left]
        changes += [
            ("simulator", datetime.fromtimestamp(each["changed"], UTC)) for each in pair.right
        ]
        what = _difference(pair.left, pair.right) or _unended(look, pair.left)
        if what is not None and not tally.spared(is_young=look.is_young(*changes)):
            tally.found(f"Attempt {pair.key}: {what}.", row, _SYNC)


def _difference(attempts: list[Row], sessions: list[Row]) -> str | None:
    """Say how the attempts of a reference and what the provider has of it differ."""
    for stray in [each for each in attempts if each["is_stray"]]:
        own = [each for each in sessions if each["session_id"] == stray["session_id"]]
        what = _unlike(stray, own[0]) if own else "a stray of it is not the provider's"
        if what is not None:
            return what
        attempts = [each for each in attempts if each is not stray]
        sessions = [each for each in sessions if each is not own[0]]
    return _one_to_one(attempts, sessions) if attempts or sessions else None


def _one_to_one(attempts: list[Row], sessions: list[Row]) -> str | None:
    if len(attempts) != 1:
        return f"the provider has a session, and there are {len(attempts)} attempts"
    [attempt] = attempts
    if attempt["review"] is not None:
        return None  # a person looks at it already
    if len(sessions) > 1:
        return f"the provider has {len(sessions)} sessions"
    return _unlike(attempt, sessions[0]) if sessions else _without_session(attempt)


def _without_session(attempt: Row) -> str | None:
    if attempt["session_id"] is not None:
        return "its session is not the provider's"
    # What was never answered, or refused, has none.
    is_unopened = attempt["state"] in {"CREATED", "UNKNOWN", "FAILED"}
    return None if is_unopened else f"it is {attempt['state']} without a session"


def _unlike(attempt: Row, session: Row) -> str | None:
    if attempt["session_id"] != session["session_id"]:
        return "it names another session than the provider does"
    if attempt["intent_id"] not in {None, session["intent_id"]}:
        return "it names another payment than the provider does"
    if attempt["state"] not in _states(session):
        return f"it is {attempt['state']}, and the provider shows {_told(session)}"
    return None


def _states(session: Row) -> frozenset[str]:
    """Return the states that an attempt may have when the provider shows this."""
    match session["intent_status"]:
        case "succeeded":
            return frozenset({"CAPTURED"})
        case "requires_capture":
            return frozenset({"AUTHORISED", "CAPTURING"})
        case "canceled":
            return frozenset({"CANCELED", "FAILED"})
    return frozenset({"CANCELED"} if session["status"] == "expired" else {"AT_PROVIDER"})


def _told(session: Row) -> str:
    return f"{session['status']} and {session['intent_status'] or 'no payment'}"


def _unended(look: Look, attempts: list[Row]) -> str | None:
    for attempt in attempts:
        age = look["payment"].at - attempt["made_at"]
        is_over = attempt["state"] in _ENDED or attempt["review"] is not None
        if not is_over and age > _OPEN_AT_MOST:
            return f"it is {attempt['state']} for {int(age.total_seconds() // 60)} minutes"
    return None


_fetches = by_rules(
    (Count("payment", "SELECT count(*) FROM attempt_event"),),
    (
        Rule(
            "payment",
            "Webhook {id} was accepted {times} times.",
            "SELECT id, count(*) AS times FROM webhook_event GROUP BY id HAVING count(*) > 1",
            "Its index is broken: rebuild it, and let nobody act on an event twice.",
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} became {state} without a fetch that shows it.",
            """
            SELECT order_id, attempt, version, before, state, fetch_id, fetched, at FROM change
            WHERE state IS DISTINCT FROM before AND CASE
                WHEN state IN ('CREATED', 'UNKNOWN', 'CAPTURING') THEN false
                -- Refused, or proven never to have reached the provider.
                WHEN state = 'FAILED' AND fetch_id IS NULL THEN session_id IS NOT NULL
                -- A reservation that ended by itself shows as cancelled.
                WHEN state = 'FAILED' THEN fetched NOT IN ('FAILED', 'CANCELED')
                ELSE fetched IS DISTINCT FROM state END
            """,
            "A state was believed without asking the provider: look at the payment there.",
            given=_CHANGES,
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} leans on a fetch that is not its own.",
            """
            SELECT order_id, attempt, version, state, fetch_id, at FROM change
            WHERE fetch_id IS NOT NULL AND is_own IS NOT TRUE
            """,
            "Look at the payment at the provider, and mend the row by hand.",
            given=_CHANGES,
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} went back from {before} to {state}.",
            """
            SELECT order_id, attempt, version, before, c.state, at FROM change c
            JOIN rank AS was ON was.state = c.before JOIN rank AS became ON became.state = c.state
            WHERE became.rank < was.rank OR was.rank = 4 AND c.state <> c.before
            """,
            "Look at the payment at the provider; what it shows is true.",
            given=_CHANGES,
        ),
    ),
)


async def _events(look: Look, tally: Tally) -> None:
    """I11: states were fetched, and every event that was accepted is one of the provider's."""
    await _fetches(look, tally)
    if not look.has("simulator"):
        return
    accepted = look["payment"].stream('SELECT id, type FROM webhook_event ORDER BY id COLLATE "C"')
    made = _made(look)
    async for pair in merged(accepted, made, "id"):
        tally.rows_checked += len(pair.left)
        if pair.left and not pair.right:
            what = f"Webhook {pair.key} was accepted, and the provider never made it."
            tally.found(what, pair.left[0], "Change the webhook secret: somebody knows it.")


def _made(look: Look) -> AsyncIterator[Row]:
    return look["simulator"].stream('SELECT id FROM event ORDER BY id COLLATE "C"')


INVARIANTS = (
    Invariant(
        "I7",
        "Each session at the provider is one attempt, in the same state, and none stays open",
        ("payment", "simulator"),
        _sessions,
    ),
    Invariant(
        "I11",
        "Webhooks count once, and every state of an attempt was fetched and never goes back",
        ("payment",),
        _events,
        also=("simulator",),
    ),
)
