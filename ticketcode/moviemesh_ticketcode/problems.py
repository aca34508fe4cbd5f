"""What can be wrong with a code before anybody looks the ticket up."""


class CodeProblem(Exception):  # noqa: N818 -- the base of facts
    """The base of what reading a code can raise."""


class Malformed(CodeProblem):
    """The text is not a ticket code at all."""


class UnknownKey(CodeProblem):
    """The code names a key that is not on the list."""


class Forged(CodeProblem):
    """The signature does not belong to the fields."""


class ListRefused(CodeProblem):
    """A signed list is not whole, not ours, or not in our form."""
