"""What each call takes: a table of shapes, compared with the provider's SDK by a test.

Names under `unbuilt` are the SDK's too; the simulator refuses them instead of ignoring them.
"""

from collections.abc import Mapping

from backend.onebox.stripe_simulator.shapes import (
    Check,
    Choice,
    Flag,
    Many,
    Metadata,
    Moment,
    Shape,
    Text,
    Whole,
)

_EXPAND: Mapping[str, Check] = {"expand": Many(Text())}
_PAGING: Mapping[str, Check] = {
    "limit": Whole(1),
    "starting_after": Text(),
    "ending_before": Text(),
}
_CAPTURE = Choice(("automatic", "automatic_async", "manual"))
_CARD_ONLY = Many(Choice(("card",)))
_LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt "
    "nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RETRIEVE = Shape(_EXPAND)
INTENT_RETRIEVE = Shape({**_EXPAND, "client_secret": Text()})

_STATEMENT: Mapping[str, Check] = {
    "statement_descriptor": Text(22),
    "statement_descriptor_suffix": Text(22),
}
_INTENT_WORDS: Mapping[str, Check] = {
    "capture_method": _CAPTURE,
    "description": Text(1_000),
    "metadata": Metadata(),
    "receipt_email": Text(512),
    **_STATEMENT,
}
INTENT_CREATE = Shape(
    {
        **_EXPAND,
        **_INTENT_WORDS,
        "allowed_payment_method_types": _CARD_ONLY,
        "amount": Whole(),
        "automatic_payment_methods": Shape(
            {"enabled": Flag(), "allow_redirects": Choice(("always", "never"))}, ("enabled",)
        ),
        "confirm": Flag(),
        "currency": Text(),
        "payment_method": Text(),
        "return_url": Text(),
    },
    required=("amount", "currency"),
    unbuilt=_names(
        "amount_details application_fee_amount confirmation_method confirmation_token customer "
        "customer_account error_on_requires_action excluded_payment_method_types hooks mandate "
        "mandate_data off_session on_behalf_of payment_details payment_method_configuration "
        "payment_method_data payment_method_options radar_options setup_future_usage shipping "
        "transfer_data transfer_group use_stripe_sdk"
    ),
)
INTENT_CONFIRM = Shape(
    {
        **_EXPAND,
        "allowed_payment_method_types": _CARD_ONLY,
        "capture_method": _CAPTURE,
        "payment_method": Text(),
        "receipt_email": Text(512),
        "return_url": Text(),
    },
    unbuilt=_names(
        "amount_details amount_to_confirm confirmation_token error_on_requires_action "
        "excluded_payment_method_types hooks mandate mandate_data off_session payment_details "
        "payment_method_data payment_method_options radar_options setup_future_usage shipping "
        "use_stripe_sdk"
    ),
)
INTENT_CAPTURE = Shape(
    {
        **_EXPAND,
        **_STATEMENT,
        "amount_to_capture": Whole(1),
        "final_capture": Flag(),
        "metadata": Metadata(),
    },
    unbuilt=_names("amount_details application_fee_amount hooks payment_details transfer_data"),
)
INTENT_CANCEL = Shape(
    {
        **_EXPAND,
        "cancellation_reason": Choice(
            ("abandoned", "duplicate", "fraudulent", "requested_by_customer")
        ),
    }
)
INTENT_LIST = Shape(
    {**_EXPAND, **_PAGING, "created": Moment()},
    unbuilt=_names("customer customer_account"),
)
CHARGE_LIST = Shape(
    {**_EXPAND, **_PAGING, "created": Moment(), "payment_intent": Text()},
    unbuilt=_names("customer transfer_group"),
)
REFUND_CREATE = Shape(
    {
        **_EXPAND,
        "amount": Whole(1),
        "charge": Text(),
        "metadata": Metadata(),
        "payment_intent": Text(),
        "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
    },
    unbuilt=_names(
        "currency customer instructions_email origin refund_application_fee reverse_transfer"
    ),
)
BY_CHARGE_LIST = Shape(
    {**_EXPAND, **_PAGING, "created": Moment(), "charge": Text(), "payment_intent": Text()}
)
TRANSACTION_LIST = Shape(
    {
        **_EXPAND,
        **_PAGING,
        "created": Moment(),
        "currency": Text(),
        "source": Text(),
        "type": Text(),
    },
    unbuilt=_names("payout"),
)
EVENT_LIST = Shape(
    {
        **_EXPAND,
        **_PAGING,
        "created": Moment(),
        "delivery_success": Flag(),
        "type": Text(),
        "types": Many(Text(), 20),
    }
)

_PRODUCT = Shape(
    {
        "description": Text(40_000),
        "images": Many(Text(), 8),
        "metadata": Metadata(),
        "name": Text(1_500),
    },
    required=("name",),
    unbuilt=_names("tax_code tax_details unit_label"),
)
_PRICE = Shape(
    {
        "currency": Text(),
        "product_data": _PRODUCT,
        "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
        "unit_amount": Whole(),
    },
    required=("currency", "product_data", "unit_amount"),
    unbuilt=_names("product recurring unit_amount_decimal"),
)
_LINE = Shape(
    {"metadata": Metadata(), "price_data": _PRICE, "quantity": Whole(1)},
    required=("price_data", "quantity"),
    unbuilt=_names("adjustable_quantity price tax_rates"),
)
_INTENT_DATA = Shape(
    _INTENT_WORDS,
    unbuilt=_names(
        "application_fee_amount on_behalf_of setup_future_usage shipping transfer_data "
        "transfer_group"
    ),
)
SESSION_CREATE = Shape(
    {
        **_EXPAND,
        "adaptive_pricing": Shape({"enabled": Flag()}),
        "allowed_payment_method_types": _CARD_ONLY,
        "billing_address_collection": Choice(("auto",), ("required",)),
        "cancel_url": Text(),
        "client_reference_id": Text(200),
        "currency": Text(),
        "customer_creation": Choice(("if_required",), ("always",)),
        "customer_email": Text(800),
        "expires_at": Whole(),
        "integration_identifier": Text(),
        "line_items": Many(_LINE),
        "locale": Choice(tuple(_LOCALES.split())),
        "metadata": Metadata(),
        "mode": Choice(("payment",), ("setup", "subscription")),
        "origin_context": Choice(("web", "mobile_app")),
        "payment_intent_data": _INTENT_DATA,
        "submit_type": Choice(("auto", "book", "donate", "pay")),
        "success_url": Text(),
        "ui_mode": Choice(("hosted_page",), ("elements", "embedded_page", "form")),
    },
    required=("mode", "line_items", "success_url"),
    unbuilt=_names(
        "after_expiration allow_promotion_codes automatic_tax branding_settings "
        "consent_collection custom_fields custom_text customer customer_account customer_update "
        "discounts excluded_payment_method_types invoice_creation managed_payments "
        "name_collection optional_items payment_method_collection payment_method_configuration "
        "payment_method_data payment_method_options permissions phone_number_collection "
        "redirect_on_completion return_url saved_payment_method_options setup_intent_data "
        "shipping_address_collection shipping_options subscription_data tax_id_collection "
        "wallet_options"
    ),
)
SESSION_LIST = Shape(
    {
        **_EXPAND,
        **_PAGING,
        "created": Moment(),
        "customer_details": Shape({"email": Text()}, ("email",)),
        "payment_intent": Text(),
        "status": Choice(("open", "complete", "expired")),
    },
    unbuilt=_names("customer customer_account payment_link subscription"),
)
LINE_LIST = Shape({**_EXPAND, **_PAGING})
