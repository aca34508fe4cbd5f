"""The operator's page: the newest sessions, intents, refunds and deliveries at a glance."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.kit.database import Database
from backend.onebox.stripe_simulator.pages import Pages
from backend.onebox.stripe_simulator.settings import SimulatorSettings

_NEWEST = 25

# Addresses and e-mails of buyers stay out: the page is for watching, not for looking people up.
_SESSIONS = """
SELECT id, created, status, body->>'client_reference_id' AS reference,
       (body->>'amount_total')::bigint AS amount, body->>'currency' AS currency,
       body->>'payment_status' AS paid
FROM checkout_session ORDER BY seq DESC LIMIT %s
"""
_INTENTS = """
SELECT id, created, status, amount, body->>'currency' AS currency,
       body->'last_payment_error'->>'decline_code' AS reason
FROM payment_intent ORDER BY seq DESC LIMIT %s
"""
_REFUNDS = """
SELECT id, created, body->>'status' AS status, amount, body->>'currency' AS currency,
       payment_intent
FROM refund ORDER BY seq DESC LIMIT %s
"""
_DELIVERIES = """
SELECT event.type, event.id, event.created, delivery.url, delivery.state AS status,
       delivery.attempt, delivery.last_answer
FROM delivery JOIN event ON event.id = delivery.event_id
ORDER BY delivery.id DESC LIMIT %s
"""


class Inspection:
    """Reads only."""

    def __init__(self, settings: SimulatorSettings, database: Database, pages: Pages) -> None:
        self._settings = settings
        self._database = database
        self._pages = pages

    def routes(self) -> list[Route]:
        if not self._settings.shows_inspection:
            return []
        return [Route("/", self.show), Route("/favicon.ico", _no_icon)]

    async def show(self, request: Request) -> Response:
        found = {}
        async with self._database.connection() as connection:
            for name, query in (
                ("sessions", _SESSIONS),
                ("intents", _INTENTS),
                ("refunds", _REFUNDS),
                ("deliveries", _DELIVERIES),
            ):
                cursor = await connection.execute(query, (_NEWEST,))
                found[name] = await cursor.fetchall()
        return self._pages.page(request, "inspection.html", found=found)


async def _no_icon(_request: Request) -> Response:
    return Response(status_code=204)
