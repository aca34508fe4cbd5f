"""What can be wrong with payments."""

from backend.contracts.problems import BadRequest, Missing, Refused


class AttemptMissing(Missing):
    """There is no such payment attempt."""

    detail = "There is no such payment. Open the order again."


class AttemptOpen(Refused):
    """The order has another open attempt."""

    detail = "Another payment for this order is still open. Finish or cancel that one first."


class WebhookRefused(BadRequest):
    """The signature is wrong, too old, or made with another secret."""

    detail = "The signature of this webhook is not good."
