"""What new intents, sessions, refunds and disputes look like; pure."""

from backend.onebox.stripe_simulator.objects import Body, new_id


def words(text: str) -> list[str]:
    """Return the words: long lists of names read better as a sentence."""
    return text.split()


_INTENT_NULLS = words(
    "application application_fee_amount automatic_payment_methods canceled_at cancellation_reason "
    "customer customer_account description excluded_payment_method_types last_payment_error "
    "latest_charge next_action on_behalf_of payment_details payment_method "
    "payment_method_configuration_details payment_record processing receipt_email review "
    "setup_future_usage shipping source statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)
_INTENT_PARAMS = words(
    "automatic_payment_methods description receipt_email statement_descriptor "
    "statement_descriptor_suffix"
)
_SESSION_NULLS = words(
    "after_expiration allow_promotion_codes allowed_payment_method_types "
    "billing_address_collection branding_settings cancel_url client_reference_id client_secret "
    "collected_information consent consent_collection currency_conversion customer "
    "customer_account customer_details customer_email discounts excluded_payment_method_types "
    "integration_identifier invoice locale managed_payments name_collection optional_items "
    "origin_context payment_intent payment_link payment_method_configuration_details permissions "
    "phone_number_collection recovered_from redirect_on_completion return_url "
    "saved_payment_method_options setup_intent shipping_address_collection shipping_cost "
    "submit_type subscription tax_id_collection wallet_options"
)
_SESSION_PARAMS = words(
    "adaptive_pricing allowed_payment_method_types billing_address_collection cancel_url "
    "client_reference_id customer_creation customer_email integration_identifier locale "
    "origin_context submit_type success_url"
)


def kept(metadata: dict[str, str]) -> dict[str, str]:
    """Return the notes that are not empty: an empty one means to remove it."""
    return {name: value for name, value in metadata.items() if value != ""}


def intent_body(params: Body, *, amount: int, currency: str, now: int) -> Body:
    """Return an intent that waits for a way to pay."""
    identity = new_id("pi")
    body = dict.fromkeys(_INTENT_NULLS) | {
        "id": identity,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": new_id(f"{identity}_secret"),
        "confirmation_method": "automatic",
        "created": now,
        "currency": currency,
        "livemode": False,
        "metadata": kept(params.get("metadata", {})),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }
    return body | {name: params[name] for name in _INTENT_PARAMS if name in params}


def session_body(params: Body, *, total: int, currency: str, now: int) -> Body:
    """Return an open session; the caller adds its address and its end."""
    body = dict.fromkeys(_SESSION_NULLS) | {
        "id": new_id("cs_test", 58),
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_creation": "if_required",
        "invoice_creation": {"enabled": False, "invoice_data": {}},
        "livemode": False,
        "metadata": kept(params.get("metadata", {})),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }
    return body | {name: params[name] for name in _SESSION_PARAMS if name in params}


def line_body(line: Body, now: int) -> Body:
    """Return one line of a session, with the price that was made for it."""
    price = line["price_data"]
    amount = price["unit_amount"] * line["quantity"]
    currency = price["currency"].lower()
    product = price["product_data"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": product["name"],
        "metadata": kept(line.get("metadata", {})),
        "price": {
            "id": new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": now,
            "currency": currency,
            "livemode": False,
            "metadata": {},
            "product": new_id("prod", 14),
            "recurring": None,
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": line["quantity"],
    }


def refund_body(charge: Body, amount: int, now: int) -> Body:
    """Return a refund that is done; the caller adds the movement of money, if there was one."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "description": None,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "failure_balance_transaction": None,
        "failure_reason": None,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def dispute_body(charge: Body, now: int) -> Body:
    """Return a dispute that waits for the cinema's answer."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + 9 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    }
