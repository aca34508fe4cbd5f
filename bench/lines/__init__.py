"""One module for each line of the table."""

from collections.abc import Callable, Mapping

from bench.amounts import Amounts
from bench.lines import (
    a_orders,
    b_single_orders,
    c_seat_maps,
    d_programmes,
    e_admissions,
    f_open_maps,
    g_documents,
    h_tickets_ready,
    i_sell_outs,
    j_start,
    k_purchases,
    l_statements,
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
    "f": f_open_maps.run,
    "g": g_documents.run,
    "h": h_tickets_ready.run,
    "i": i_sell_outs.run,
    "j": j_start.run,
    "k": k_purchases.run,
    "l": l_statements.run,
}
