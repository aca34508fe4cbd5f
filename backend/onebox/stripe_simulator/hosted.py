"""The hosted page: plain forms, a button per test card, and a page that plays the buyer's bank."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.kit.database import Database
from backend.onebox.stripe_simulator import checkout, objects
from backend.onebox.stripe_simulator.cards import BY_NAME, CARDS
from backend.onebox.stripe_simulator.checkout import Standing, Visit
from backend.onebox.stripe_simulator.deliveries import Bell
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.pages import Pages
from backend.onebox.stripe_simulator.sessions import is_email
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from backend.onebox.stripe_simulator.work import Work

FIRST_CARDS = 5
LONGEST_FORM = 10_000


class Hosted:
    """The pages that a buyer meets."""

    def __init__(
        self, settings: SimulatorSettings, database: Database, bell: Bell, pages: Pages
    ) -> None:
        self._settings = settings
        self._database = database
        self._bell = bell
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route("/c/pay/{identity}", self.show, methods=["GET"]),
            Route("/c/pay/{identity}", self.pay, methods=["POST"]),
            Route("/c/challenge/{identity}", self.show_challenge, methods=["GET"]),
            Route("/c/challenge/{identity}", self.answer_challenge, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        try:
            async with self._work() as work:
                visit = await checkout.visit(work, request.path_params["identity"])
        except StripeError:
            return self._missing(request)
        if visit.standing is Standing.COMPLETE:
            return RedirectResponse(checkout.success_address(visit.session), 303)
        return self._page(request, visit)

    async def pay(self, request: Request) -> Response:
        identity = request.path_params["identity"]
        form = await _form(request)
        address = f"{self._settings.public_url}/c/pay/{identity}"
        if form.get("card") == "abandon":
            return RedirectResponse(f"{address}?abandoned=1", 303)
        card = BY_NAME.get(form.get("card", ""))
        if card is None:
            return RedirectResponse(address, 303)
        email = form.get("email", "").strip()
        if email and not is_email(email):
            return RedirectResponse(f"{address}?email=wrong", 303)
        try:
            async with self._work() as work:
                visit = await checkout.pay(work, identity, card, email or None)
        except StripeError:
            return self._missing(request)
        if visit.standing is Standing.COMPLETE:
            return RedirectResponse(checkout.success_address(visit.session), 303)
        if visit.standing is Standing.CHALLENGED and visit.intent is not None:
            address = f"{self._settings.public_url}/c/challenge/{visit.intent['id']}"
        return RedirectResponse(address, 303)

    async def show_challenge(self, request: Request) -> Response:
        try:
            session, intent = await self._challenged(request.path_params["identity"])
        except StripeError:
            return self._missing(request)
        if intent["status"] != "requires_action":
            return RedirectResponse(self._after_challenge(session, intent), 303)
        targets = [session["success_url"]] if session else []
        targets += _return_urls(intent)
        return self._pages.page(
            request,
            "challenge.html",
            locale=session["locale"] if session else None,
            form_targets=targets,
            intent=intent,
        )

    async def answer_challenge(self, request: Request) -> Response:
        form = await _form(request)
        identity = request.path_params["identity"]
        if form.get("answer") not in ("approve", "fail"):
            return RedirectResponse(f"{self._settings.public_url}/c/challenge/{identity}", 303)
        try:
            # The way back is on the intent only until the challenge is answered.
            _session, before = await self._challenged(identity)
            async with self._work() as work:
                session, intent = await checkout.answer_challenge(
                    work, identity, approves=form["answer"] == "approve"
                )
        except StripeError:
            return self._missing(request)
        return RedirectResponse(self._after_challenge(session, intent, before), 303)

    @asynccontextmanager
    async def _work(self) -> AsyncIterator[Work]:
        async with self._database.transaction() as connection:
            work = Work(connection, self._settings, self._settings.clock())
            yield work
        if work.emitted:
            self._bell.ring()

    async def _challenged(self, identity: str) -> tuple[Body | None, Body]:
        async with self._database.connection() as connection:
            intent = await objects.fetch(connection, Kind.INTENT, identity)
            cursor = await connection.execute(
                "SELECT body FROM checkout_session WHERE payment_intent = %s", (identity,)
            )
            row = await cursor.fetchone()
        return (None if row is None else row["body"]), intent

    def _after_challenge(
        self, session: Body | None, intent: Body, before: Body | None = None
    ) -> str:
        if session is not None:
            if session["status"] == "complete":
                return checkout.success_address(session)
            return f"{self._settings.public_url}/c/pay/{session['id']}"
        urls = _return_urls(before or intent)
        if not urls:
            return self._settings.public_url
        is_good = intent["status"] in ("requires_capture", "succeeded")
        parts = urlsplit(urls[0])
        added = urlencode(
            {
                "payment_intent": intent["id"],
                "payment_intent_client_secret": intent["client_secret"],
                "redirect_status": "succeeded" if is_good else "failed",
            }
        )
        query = f"{parts.query}&{added}" if parts.query else added
        return urlunsplit(parts._replace(query=query))

    def _page(self, request: Request, visit: Visit) -> Response:
        session = visit.session
        template = {
            Standing.EXPIRED: "expired.html",
            Standing.WAITING: "waiting.html",
        }.get(visit.standing, "pay.html")
        seconds_left = session["expires_at"] - int(self._settings.clock().timestamp())
        return self._pages.page(
            request,
            template,
            locale=session["locale"],
            form_targets=[session["success_url"]],
            visit=visit,
            cards=CARDS[:FIRST_CARDS],
            more_cards=CARDS[FIRST_CARDS:],
            seconds_left=max(0, seconds_left),
            is_abandoned=request.query_params.get("abandoned") == "1",
            is_email_wrong=request.query_params.get("email") == "wrong",
        )

    def _missing(self, request: Request) -> Response:
        return self._pages.page(request, "missing.html", status=404)


def _return_urls(intent: Body) -> list[str]:
    action = intent["next_action"] or {}
    url = action.get("redirect_to_url", {}).get("return_url")
    return [url] if url else []


async def _form(request: Request) -> dict[str, str]:
    """Return the form's fields; what is too long or no form counts as empty."""
    encoded = bytearray()
    async for chunk in request.stream():
        encoded += chunk
        if len(encoded) > LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(encoded.decode(), errors="strict", max_num_fields=10))
    except ValueError:
        return {}
