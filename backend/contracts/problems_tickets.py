"""What can be wrong with tickets, their mails and the door."""

from backend.contracts.problems import Missing, Refused


class TicketsMissing(Missing):
    """The order has no tickets yet, or it is not the caller's."""

    detail = "There are no tickets here yet, or they are not yours. Use the link from your mail."


class CinemaMissing(Missing):
    """No ticket was ever sold for this cinema, or it does not exist."""

    detail = "No tickets are known for this cinema. Check which cinema the door belongs to."


class MailNeedsAddress(Refused):
    """The order was sold without an e-mail address."""

    detail = "This order has no e-mail address. Print the tickets instead."
