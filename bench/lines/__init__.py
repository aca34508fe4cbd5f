"""One module for each line of the table."""

from collections.abc import Callable, Mapping

from bench.amounts import Amounts
from bench.lines import a_orders, c_seat_maps, k_purchases
from bench.results import Outcome
from bench.stage.cinema import Stage

Line = Callable[[Stage, Amounts], Outcome]
LINES: Mapping[str, Line] = {"a": a_orders.run, "c": c_seat_maps.run, "k": k_purchases.run}
