"""What a call can end in: the service's own problem, or no answer at all."""

from backend.contracts.problems import Unavailable


class Unreachable(Unavailable):
    """The service did not answer; whether it acted is unknown: send the same key again."""

    detail = "The cinema does not answer at the moment. Nothing was lost: try again shortly."
