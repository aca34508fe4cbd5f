"""What can be wrong with tickets, their mails and the door."""

from backend.contracts.problems import Missing, Refused


class TicketsMissing(Missing):
    """The order has no tickets yet, or it is not the caller's."""

    detail = "There are no tickets here yet, or they are not yours. Use the link from your mail."


class MailNeedsAddress(Refused):
    """The order was sold without an e-mail address."""

    detail = "This order has no e-mail address. Print the tickets instead."
