"""expand[]: puts whole objects in place of the identities that an answer names."""

from backend.onebox.stripe_simulator import objects, sessions
from backend.onebox.stripe_simulator.errors import StripeError, wrong
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Work

DEEPEST = 4
_KINDS = {
    "ch": Kind.CHARGE,
    "cs": Kind.SESSION,
    "du": Kind.DISPUTE,
    "pi": Kind.INTENT,
    "pm": Kind.METHOD,
    "re": Kind.REFUND,
    "txn": Kind.TRANSACTION,
}
# What each object names and lets be expanded; null where the simulator has no such object.
_EXPANDABLE = {
    "balance_transaction": {"source"},
    "charge": {
        "application", "application_fee", "balance_transaction", "customer",
        "failure_balance_transaction", "on_behalf_of", "payment_intent", "refunds", "review",
    },
    "checkout.session": {
        "customer", "invoice", "line_items", "payment_intent", "payment_link", "setup_intent",
        "subscription",
    },
    "dispute": {"charge", "payment_intent"},
    "payment_intent": {
        "application", "customer", "latest_charge", "on_behalf_of", "payment_method", "review",
    },
    "payment_method": {"customer"},
    "refund": {
        "balance_transaction", "charge", "customer", "failure_balance_transaction",
        "payment_intent", "payment_method",
    },
}  # fmt: skip


async def expand(work: Work, body: Body, paths: list[str]) -> Body:
    """Return the body with each path expanded; raises StripeError for what cannot be."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise wrong(
                f"You cannot expand more than {DEEPEST} levels of a property ({path}).",
                None,
                "expand",
            )
        await _expand(work, body, steps, path)
    return body


async def _expand(work: Work, body: Body, steps: list[str], path: str) -> None:
    if body.get("object") == "list":
        if steps[0] != "data" or len(steps) == 1:
            raise _cannot(path)
        for each in body["data"]:
            await _expand(work, each, steps[1:], path)
        return
    name, rest = steps[0], steps[1:]
    if name not in _EXPANDABLE.get(body["object"], set()):
        raise _cannot(path)
    value = await _value(work, body, name)
    body[name] = value
    if rest and isinstance(value, dict):
        await _expand(work, value, rest, path)


async def _value(work: Work, body: Body, name: str) -> Body | str | None:
    if name == "line_items":
        every = await sessions.lines(work, body["id"])
        return objects.listing(every, f"/v1/checkout/sessions/{body['id']}/line_items")
    if name == "refunds":
        return await objects.page(
            work.connection,
            Kind.REFUND,
            {"charge": body["id"]},
            url=f"/v1/charges/{body['id']}/refunds",
            where=("charge",),
        )
    value: Body | str | None = body[name]
    if not isinstance(value, str):
        return value
    return await objects.fetch(work.connection, _KINDS[value.split("_", 1)[0]], value)


def _cannot(path: str) -> StripeError:
    return wrong(f"This property cannot be expanded ({path}).", None, "expand")
