"""Which documents there are."""

from typing import Literal

Document = Literal["tickets", "receipt"]
