"""PaymentIntents as the API offers them: create, confirm, capture, cancel, read."""

from backend.onebox.stripe_simulator import confirmation, events, money, objects, sessions
from backend.onebox.stripe_simulator.bodies import intent_body, kept
from backend.onebox.stripe_simulator.cards import method_body, test_card
from backend.onebox.stripe_simulator.errors import StripeError, no_such, wrong, wrong_state
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Ask, Work

_BY_CHECKOUT = (
    "You cannot {verb} this PaymentIntent because it was created by a Checkout Session. "
    "To end it, expire the Checkout Session."
)


async def create(work: Work, ask: Ask) -> Body | StripeError:
    params = ask.params
    currency = money.currency(params["currency"], "currency")
    money.check_amount(params["amount"], currency, "amount")
    method = await _method(work, params)
    if params.get("confirm") and method is None:
        raise wrong(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_intent_unexpected_state",
        )
    if "return_url" in params and not params.get("confirm"):
        raise wrong("The parameter return_url cannot be passed without confirm=true.", None)
    intent = intent_body(params, amount=params["amount"], currency=currency, now=work.now)
    if method is not None:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    await objects.insert(work.connection, Kind.INTENT, intent)
    await events.emit(work, "payment_intent.created", intent)
    if params.get("confirm") and method is not None:
        return await _pay(work, intent, method, params)
    return intent


async def confirm(work: Work, ask: Ask) -> Body | StripeError:
    session, intent = await sessions.locked_intent(work, ask.identity)
    if session is not None:
        raise wrong_state(_BY_CHECKOUT.format(verb="confirm"), payment_intent=intent)
    if intent["status"] not in confirmation.WAITING:
        raise _not_possible("confirm", intent, confirmation.WAITING)
    method = await _method(work, ask.params)
    if method is None and intent["payment_method"] is not None:
        method = await objects.fetch(work.connection, Kind.METHOD, intent["payment_method"])
    if method is None:
        raise wrong_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            payment_intent=intent,
        )
    intent |= {
        name: ask.params[name] for name in ("capture_method", "receipt_email") if name in ask.params
    }
    return await _pay(work, intent, method, ask.params)


async def capture(work: Work, ask: Ask) -> Body:
    session, intent = await sessions.locked_intent(work, ask.identity)
    if intent["status"] != "requires_capture":
        raise _not_possible("capture", intent, ("requires_capture",))
    amount = ask.params.get("amount_to_capture") or intent["amount_capturable"]
    if amount > intent["amount_capturable"]:
        raise wrong(
            "The requested capture amount is greater than the authorized amount.",
            "amount_too_large",
            "amount_to_capture",
        )
    intent["metadata"] |= ask.params.get("metadata", {})
    intent["metadata"] = kept(intent["metadata"])
    await confirmation.capture(work, intent, amount)
    await sessions.follow(work, session, intent)
    return intent


async def cancel(work: Work, ask: Ask) -> Body:
    session, intent = await sessions.locked_intent(work, ask.identity)
    if session is not None and intent["status"] in confirmation.WAITING:
        raise wrong_state(_BY_CHECKOUT.format(verb="cancel"), payment_intent=intent)
    possible = (*confirmation.WAITING, "requires_capture")
    if intent["status"] not in possible:
        raise _not_possible("cancel", intent, possible)
    await confirmation.cancel(work, intent, ask.params.get("cancellation_reason"))
    return intent


async def retrieve(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.INTENT, ask.identity, param="intent")


async def list_all(work: Work, ask: Ask) -> Body:
    return await objects.page(work.connection, Kind.INTENT, ask.params, url="/v1/payment_intents")


async def retrieve_method(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.METHOD, ask.identity, param="payment_method")


async def _method(work: Work, params: Body) -> Body | None:
    """Return the way to pay that is meant; a test name makes a new one, as the provider does."""
    if "payment_method" not in params:
        return None
    name = params["payment_method"]
    if (card := test_card(name)) is not None:
        body = method_body(card, work.now, email=params.get("receipt_email"))
        return await objects.insert(work.connection, Kind.METHOD, body)
    found = await objects.find(work.connection, Kind.METHOD, name)
    if found is None:
        raise no_such("PaymentMethod", name, "payment_method")
    return found


async def _pay(work: Work, intent: Body, method: Body, params: Body) -> Body | StripeError:
    next_action: Body = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    if "return_url" in params:
        address = f"{work.settings.public_url}/c/challenge/{intent['id']}"
        next_action = {
            "redirect_to_url": {"return_url": params["return_url"], "url": address},
            "type": "redirect_to_url",
        }
    refusal = await confirmation.pay(work, intent, method, next_action=next_action)
    return refusal or intent


def _not_possible(verb: str, intent: Body, possible: tuple[str, ...]) -> StripeError:
    listed = ", ".join(possible)
    return wrong_state(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with one of the following statuses may do so: {listed}.",
        payment_intent=intent,
    )
