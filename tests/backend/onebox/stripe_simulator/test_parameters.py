"""The table of parameters is the SDK's: nothing forgotten, nothing invented; nor in the answers."""

from typing import Any

import pytest
import stripe
import stripe.params
import stripe.params.checkout

from backend.onebox.stripe_simulator import bodies, cards, shapes
from backend.onebox.stripe_simulator.operations import OPERATIONS, Operation
from backend.onebox.stripe_simulator.shapes import Many, Shape

OPTIONS = set(stripe.RequestOptions.__annotations__)


def sdk_class(name: str) -> Any:
    place, _, last = name.rpartition(".")
    return getattr(stripe.params.checkout if place else stripe.params, last)


def compare(shape: Shape, params: Any, module: Any) -> None:
    assert set(shape.fields) | shape.unbuilt == set(params.__annotations__) - OPTIONS
    assert not set(shape.fields) & shape.unbuilt
    for name, check in shape.fields.items():
        inner = check.of if isinstance(check, Many) else check
        if isinstance(inner, Shape):
            compare(inner, getattr(module, nested(params, name)), module)


def nested(params: Any, name: str) -> str:
    last = "".join(part.capitalize() for part in name.split("_"))
    found: str = params.__name__ + last
    return found.removesuffix("s") if name.endswith("items") else found


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_operation_knows_every_parameter_of_the_sdk(operation: Operation):
    module = stripe.params.checkout if "." in operation.sdk else stripe.params

    compare(operation.shape, sdk_class(operation.sdk), module)


def test_required_parameters_of_the_sdk_are_required_here():
    for operation in OPERATIONS:
        assert sdk_class(operation.sdk).__required_keys__ <= set(operation.shape.required)


METHOD = cards.method_body(cards.CARDS[0], 0)
# Given by the caller, or left out by the provider, too, where the feature is not used.
MADE_LATER = {
    "checkout.session": {"expires_at", "line_items", "presentment_details", "success_url", "url"},
    "payment_intent": {"hooks", "managed_payments", "presentment_details"},
    "refund": {"instructions_email", "next_action", "presentment_details"},
    "dispute": {"intended_submission_method"},
}
CHARGE = {
    "id": "ch_1",
    "amount_captured": 5,
    "amount_refunded": 0,
    "currency": "ron",
    "payment_intent": "pi_1",
    "payment_method": "pm_1",
    "payment_method_details": {"card": {"brand": "visa"}},
}


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        (stripe.PaymentIntent, bodies.intent_body({}, amount=5, currency="ron", now=0)),
        (stripe.checkout.Session, bodies.session_body({}, total=5, currency="ron", now=0)),
        (stripe.Refund, bodies.refund_body(CHARGE, 5, 0)),
        (stripe.Dispute, bodies.dispute_body(CHARGE, 0)),
    ],
)
def test_new_objects_have_every_field_that_the_sdk_reads(resource: Any, body: dict[str, Any]):
    wanted = set(resource.__annotations__) - {"OBJECT_NAME"}

    assert wanted - set(body) == MADE_LATER[body["object"]]


def test_moment_reads_bounds_and_exact_times():
    assert shapes.Moment().read("5", "created") == {"gte": 5, "lte": 5}
    assert shapes.Moment().read({"gt": "5", "lte": "9"}, "created") == {"gt": 5, "lte": 9}
