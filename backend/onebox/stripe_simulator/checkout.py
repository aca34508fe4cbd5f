"""What a buyer does to a session: looks at it, pays with a test card, answers a challenge.

Safe against second tabs and late clicks: each step locks the session and looks where it stands.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.onebox.stripe_simulator import confirmation, events, objects, sessions
from backend.onebox.stripe_simulator.bodies import intent_body
from backend.onebox.stripe_simulator.cards import Card, billing, method_body
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Work


class Standing(StrEnum):
    """Where a session stands for its buyer."""

    OPEN = "open"
    CHALLENGED = "challenged"
    WAITING = "waiting"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Visit:
    """A session as its buyer meets it."""

    session: Body
    hidden: Body
    intent: Body | None
    standing: Standing

    @property
    def lines(self) -> list[Body]:
        lines: list[Body] = self.hidden["lines"]
        return lines

    @property
    def decline(self) -> str | None:
        """The reason of the last refusal, while it still is the last word."""
        error = None if self.intent is None else self.intent["last_payment_error"]
        return error["decline_code"] if error else None


async def visit(work: Work, identity: str) -> Visit:
    """Return the session; one whose time is over is expired on the way."""
    session, hidden = await sessions.locked(work, identity)
    intent = await _intent(work, session)
    if session["status"] == "open" and session["expires_at"] <= work.now:
        await sessions.end(work, session)
    return Visit(session, hidden, intent, _standing(session, intent))


async def pay(work: Work, identity: str, card: Card, email: str | None) -> Visit:
    """Pay an open session with a card; any other session is left as it is."""
    found = await visit(work, identity)
    if found.standing not in (Standing.OPEN, Standing.CHALLENGED):
        return found
    session = found.session
    email = session["customer_email"] or email
    intent = found.intent or await _begun(work, session, found.hidden)
    session["customer_details"] = billing(email) | {"tax_exempt": "none", "tax_ids": []}
    await objects.save(work.connection, Kind.SESSION, session)
    method = method_body(card, work.now, email=email)
    await objects.insert(work.connection, Kind.METHOD, method)
    await confirmation.pay(work, intent, method, next_action=_challenge(work, intent))
    await sessions.follow(work, session, intent)
    return Visit(session, found.hidden, intent, _standing(session, intent))


async def answer_challenge(
    work: Work, intent_id: str, *, approves: bool
) -> tuple[Body | None, Body]:
    """Approve or fail a challenge that is open; return the session, if any, and the intent."""
    session, intent = await sessions.locked_intent(work, intent_id)
    if intent["status"] == "requires_action":
        if approves:
            await confirmation.settle(work, intent)
            await sessions.follow(work, session, intent)
        else:
            await confirmation.fail_challenge(work, intent)
    return session, intent


def success_address(session: Body) -> str:
    """Return where a buyer goes who has paid."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])


async def _intent(work: Work, session: Body) -> Body | None:
    if session["payment_intent"] is None:
        return None
    return await objects.fetch(work.connection, Kind.INTENT, session["payment_intent"], lock=True)


async def _begun(work: Work, session: Body, hidden: Body) -> Body:
    """Make the session's intent: not before the buyer confirms."""
    intent = intent_body(
        hidden["intent"],
        amount=session["amount_total"],
        currency=session["currency"],
        now=work.now,
    )
    await objects.insert(work.connection, Kind.INTENT, intent)
    session["payment_intent"] = intent["id"]
    await events.emit(work, "payment_intent.created", intent)
    return intent


def _challenge(work: Work, intent: Body) -> Body:
    address = f"{work.settings.public_url}/c/challenge/{intent['id']}"
    return {
        "redirect_to_url": {"return_url": None, "url": address},
        "type": "redirect_to_url",
    }


def _standing(session: Body, intent: Body | None) -> Standing:
    if session["status"] == "complete":
        return Standing.COMPLETE
    if session["status"] == "expired":
        return Standing.EXPIRED
    if intent is not None and intent["status"] == "processing":
        return Standing.WAITING
    if intent is not None and intent["status"] == "requires_action":
        return Standing.CHALLENGED
    return Standing.OPEN
