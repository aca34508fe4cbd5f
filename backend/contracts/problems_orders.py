"""What can be wrong with seats and orders."""

from backend.contracts.problems import Gone, Malformed, Missing, Refused, TooMany


class SeatTaken(Refused):
    """Somebody else has these seats; `seats` names them. Another try may end differently."""

    detail = "These seats have just been taken. Choose others on the map."


class SeatUnknown(Malformed):
    """This room has no such seat; `seats` lists them."""

    detail = "This room has no such seat. Choose seats of this screening's map."


class SeatTwice(Malformed):
    """The same seat stands in the order twice."""

    detail = "The same seat was chosen twice. Choose each seat once."


class SeatBroken(Refused):
    """The seat is out of use."""

    detail = "This seat is out of use. Choose another one."


class LoneSeat(Refused):
    """The choice would leave one seat alone; `seats` lists them."""

    detail = "Your choice leaves a single seat alone. Move one seat over, or take it as well."


class TooManySeats(Refused):
    """The buyer has ten seats of this screening; `seats_left` says how many are still free."""

    detail = "One person can have at most 10 seats of a screening. Choose fewer seats."


class HoldElsewhere(Refused):
    """The buyer already holds seats; `order_id` names that order."""

    detail = "You already hold seats in another order. Finish it or let it go first."


class BuyerPaused(TooMany):
    """Three holds ran out unpaid; `retry_after_s` says when the buyer may hold seats again."""

    detail = "Three of your reservations ran out unpaid. Wait a few minutes, then try again."


class ScreeningMissing(Missing):
    """There is no such screening."""

    detail = "There is no such screening. Choose one from the programme."


class SaleClosed(Refused):
    """The screening is past, cancelled, closed, or its sale has ended."""

    detail = "Tickets for this screening are no longer sold. Choose another screening."


class SaleNotOpen(Refused):
    """The sale has not begun."""

    detail = "Tickets for this screening are not on sale yet. Come back when the sale opens."


class PriceChanged(Refused):
    """The price card changed meanwhile; another try sees the new prices."""

    detail = "The prices have just changed. Look at the new prices and choose again."


class TicketTypeUnknown(Malformed):
    """This screening does not sell this ticket type for this seat."""

    detail = "This ticket type is not sold for this seat. Choose one of the types offered."


class CarerAlone(Refused):
    """A carer's free ticket needs a wheelchair place of the same buyer at the screening."""

    detail = "A carer's ticket goes with a wheelchair place of yours. Add one to the order first."


class OrderMissing(Missing):
    """There is no such order, or it is not the caller's."""

    detail = "There is no such order here, or it is not yours. Use the link from your mail."


class HoldExpired(Gone):
    """The hold is over and its seats went to others or are free again."""

    detail = "Your reservation has run out. Choose your seats again."


class OrderOver(Refused):
    """The order's state does not allow this."""

    detail = "This order cannot be changed any more. Open it to see where it stands."


class EmailNeeded(Malformed):
    """A guest's tickets need an address to go to."""

    detail = "Enter an e-mail address: your tickets are sent to it."


class NoExtensionLeft(Refused):
    """A hold can be extended twice."""

    detail = "The time was already extended twice. Pay now, or choose your seats again later."


class PaymentUnderWay(Refused):
    """The payment page is open; it has to be closed first."""

    detail = "A payment is under way for these seats. Cancel it there first, or finish it."


class LineMissing(Malformed):
    """The order has no such line, or it is not LIVE."""

    detail = "This order has no such ticket, or it was refunded already. Look at the order again."
