"""One module for each line of the table."""

from collections.abc import Callable, Mapping

from bench.amounts import Amounts
from bench.lines import (
    a_orders,
    b_single_orders,
    c_seat_maps,
    d_programmes,
    e_admissions,
    g_documents,
    i_sell_outs,
    k_purchases,
)
from bench.results import Outcome
from bench.stage.cinema import Stage

Line = Callable[[Stage, Amounts], Outcome]
LINES: Mapping[str, Line] = {
    "a": a_orders.run,
    "b": b_single_orders.run,
    "c": c_seat_maps.run,
    "d": d_programmes.run,
    "e": e_admissions.run,
    "g": g_documents.run,
    "i": i_sell_outs.run,
    "k": k_purchases.run,
}
