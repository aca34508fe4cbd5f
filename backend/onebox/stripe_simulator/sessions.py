"""Checkout Sessions: a price list with an end, paid on the hosted page.

A session has no intent before the buyer confirms. Locks: the session first, then its intent.
"""

import re
from urllib.parse import urlsplit

from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from backend.onebox.stripe_simulator import confirmation, events, money, objects
from backend.onebox.stripe_simulator.bodies import line_body, session_body
from backend.onebox.stripe_simulator.errors import missing, no_such, wrong
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Ask, Work

SHORTEST_S = 30 * 60
LONGEST_S = 24 * 60 * 60
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")

_INSERT = """
WITH made AS (
    INSERT INTO checkout_session (id, body, hidden) VALUES (%(id)s, %(body)s, %(hidden)s)
)
INSERT INTO due (due_at, action, object_id)
VALUES (to_timestamp(%(ends)s), 'expire', %(id)s)
"""
_LOCK = "SELECT body, hidden FROM checkout_session WHERE id = %s FOR UPDATE"
_LOCK_BY_INTENT = "SELECT body FROM checkout_session WHERE payment_intent = %s FOR UPDATE"


async def create(work: Work, ask: Ask) -> Body:
    params = ask.params
    currency, total = _priced(params)
    ends = _ends(params, work.now)
    for name in ("success_url", "cancel_url"):
        if name in params:
            _check_url(params[name], name)
    if "customer_email" in params and not is_email(params["customer_email"]):
        address = params["customer_email"]
        raise wrong(f"Invalid email address: {address}", "email_invalid", "customer_email")
    body = session_body(params, total=total, currency=currency, now=work.now)
    body |= {"expires_at": ends, "url": f"{work.settings.public_url}/c/pay/{body['id']}"}
    hidden = {
        "intent": params.get("payment_intent_data", {}),
        "lines": [line_body(line, work.now) for line in params["line_items"]],
    }
    values = {"id": body["id"], "body": Jsonb(body), "hidden": Jsonb(hidden), "ends": ends}
    await work.connection.execute(_INSERT, values)
    return body


def _priced(params: Body) -> tuple[str, int]:
    lines = params["line_items"]
    if not lines:
        raise missing("line_items")
    currencies = {
        money.currency(line["price_data"]["currency"], f"line_items[{place}][price_data][currency]")
        for place, line in enumerate(lines)
    }
    if "currency" in params:
        currencies.add(money.currency(params["currency"], "currency"))
    if len(currencies) > 1:
        raise wrong("All line items must have the same currency.", None, "line_items")
    currency = currencies.pop()
    total = sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines)
    money.check_amount(total, currency, "line_items")
    return currency, total


def _ends(params: Body, now: int) -> int:
    ends: int = params.get("expires_at", now + LONGEST_S)
    if ends < now + SHORTEST_S:
        raise wrong(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            None,
            "expires_at",
        )
    if ends > now + LONGEST_S:
        raise wrong(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            None,
            "expires_at",
        )
    return ends


def _check_url(value: str, param: str) -> None:
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(sign in value for sign in " \r\n\t\"'<>"):
        raise wrong(f"Not a valid URL: {value}", "url_invalid", param)


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


async def locked(work: Work, identity: str) -> tuple[Body, Body]:
    """Return a session and what it hides (its lines, its intent's parameters), locked."""
    objects.check_identity(Kind.SESSION, identity, "session")
    row = await (await work.connection.execute(_LOCK, (identity,))).fetchone()
    if row is None:
        raise no_such("checkout.session", identity, "session")
    return row["body"], row["hidden"]


async def locked_intent(work: Work, identity: str) -> tuple[Body | None, Body]:
    """Return an intent and the session that it came from, both locked."""
    objects.check_identity(Kind.INTENT, identity, "intent")
    row = await (await work.connection.execute(_LOCK_BY_INTENT, (identity,))).fetchone()
    intent = await objects.fetch(work.connection, Kind.INTENT, identity, param="intent", lock=True)
    return (None if row is None else row["body"]), intent


async def follow(work: Work, session: Body | None, intent: Body) -> None:
    """Bring a session to where its intent is: authorised completes it, taken makes it paid."""
    if session is None or intent["status"] not in ("requires_capture", "succeeded"):
        return
    was_open = session["status"] == "open"
    is_paid = intent["status"] == "succeeded"
    session |= {
        "payment_status": "paid" if is_paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    await objects.save(work.connection, Kind.SESSION, session)
    if was_open:
        await events.emit(work, "checkout.session.completed", session)


async def expire(work: Work, ask: Ask) -> Body:
    session, _hidden = await locked(work, ask.identity)
    if session["status"] != "open":
        raise wrong(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}.",
            None,
            "session",
        )
    if not await end(work, session):
        raise wrong(
            "This Checkout Session cannot be expired while its payment is processing.",
            None,
            "session",
        )
    return session


async def end(work: Work, session: Body) -> bool:
    """Expire a locked open session with its intent; False while the bank has not answered."""
    if session["payment_intent"] is not None:
        intent = await objects.fetch(
            work.connection, Kind.INTENT, session["payment_intent"], lock=True
        )
        if intent["status"] == "processing":
            return False
        await confirmation.cancel(work, intent, "expired")
    session |= {"status": "expired", "url": None}
    await objects.save(work.connection, Kind.SESSION, session)
    await events.emit(work, "checkout.session.expired", session)
    return True


async def retrieve(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.SESSION, ask.identity, param="session")


async def list_all(work: Work, ask: Ask) -> Body:
    extra = []
    if "customer_details" in ask.params:
        condition = SQL("body->'customer_details'->>'email' = %s")
        extra.append((condition, ask.params["customer_details"]["email"]))
    return await objects.page(
        work.connection,
        Kind.SESSION,
        ask.params,
        url="/v1/checkout/sessions",
        where=("payment_intent", "status"),
        extra=tuple(extra),
    )


async def lines(work: Work, identity: str) -> list[Body]:
    """Return what a session sells."""
    objects.check_identity(Kind.SESSION, identity, "session")
    cursor = await work.connection.execute(
        "SELECT hidden->'lines' AS lines FROM checkout_session WHERE id = %s", (identity,)
    )
    row = await cursor.fetchone()
    if row is None:
        raise no_such("checkout.session", identity, "session")
    found: list[Body] = row["lines"]
    return found


async def list_lines(work: Work, ask: Ask) -> Body:
    every = await lines(work, ask.identity)
    first = 0
    if "starting_after" in ask.params:
        places = [line["id"] for line in every]
        if ask.params["starting_after"] not in places:
            raise no_such("line item", ask.params["starting_after"], "starting_after")
        first = places.index(ask.params["starting_after"]) + 1
    limit = min(ask.params.get("limit", 10), 100)
    return objects.listing(
        every[first : first + limit],
        f"/v1/checkout/sessions/{ask.identity}/line_items",
        has_more=len(every) > first + limit,
    )
