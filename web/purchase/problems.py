"""What the purchase's pages refuse by themselves."""

from backend.contracts.problems import Malformed


class NothingChosen(Malformed):
    """The form came without a seat."""

    detail = "Choose at least one seat."


class EmailWrong(Malformed):
    """What was typed is not an e-mail address."""

    detail = "This is not an e-mail address. Check it: your tickets are sent to it."
