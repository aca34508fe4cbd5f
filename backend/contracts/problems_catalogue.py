"""What can be wrong with cinemas, films, rooms, prices and screenings."""

from backend.contracts.problems import Malformed, Missing, Refused


class CinemaMissing(Missing):
    """There is no such cinema."""

    detail = "There is no such cinema. Check the address."


class FilmMissing(Missing):
    """There is no such film."""

    detail = "There is no such film here. Look at the programme for what is on."


class RoomMissing(Missing):
    """There is no such room."""

    detail = "This cinema has no such room. Choose one of its rooms."


class PriceCardMissing(Missing):
    """There is no such price card."""

    detail = "This cinema has no such price card. Choose one of its price cards."


class PosterMissing(Missing):
    """The film has no poster."""

    detail = "This film has no poster yet."


class PosterRefused(Malformed):
    """The picture is not one that we serve."""

    detail = (
        "Send the poster as a PNG, JPEG or WebP picture, or as a plain SVG drawing, up to 1 MB."
    )


class ScreeningOverlap(Refused):
    """Another screening is in the room at that time."""

    detail = "Another screening occupies this room at that time. Choose another time or room."


class TimeMissing(Malformed):
    """The local time does not exist on that day."""

    detail = "This time does not exist on that day: the clocks go forward. Choose another time."


class TimeTwice(Malformed):
    """The local time occurs twice on that day."""

    detail = "This time occurs twice on that day: the clocks go back. Give it with its offset."


class ZoneUnknown(Malformed):
    """There is no such time zone."""

    detail = "There is no such time zone. Use a name such as Europe/Bucharest."


class PriceTooLow(Malformed):
    """A price is between nothing and what the card provider accepts."""

    detail = "A price must be 0 or at least the smallest amount that cards can pay. Raise it."


class LayoutWrong(Malformed):
    """Two seats share a number or a place, or a pair names no seat."""

    detail = "Each seat needs its own number and label, and a pair must name a seat of the room."
