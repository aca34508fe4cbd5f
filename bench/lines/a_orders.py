"""a: orders of two seats over the public API, 32 clients, against the plain statement."""

from dataclasses import dataclass
from statistics import median

from bench.amounts import Amounts
from bench.limit import sample, statement, wal
from bench.limit.pgbench import CLIENTS, NUMBERED, Pgbench, Ran, numbers
from bench.lines.comparing import rate_against, share_of
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, target
from bench.results import Figure, Outcome, Share
from bench.spread import ratios
from bench.stage.cinema import Stage
from bench.stage.orders import Orders, place

# Rounds end by the clock, and earlier when so many are done.
_ORDERS, _EACH = 3_000, 200
_CLIENTS = 32
_PAIRS = 300
_PROOF = 4 * CLIENTS
_SCRIPT = (
    NUMBERED
    + "\\set screening :base + :number % :screenings\n"
    + "\\set pair :number / :screenings\n"
)
_TABLE_IDS = "SELECT id FROM screening WHERE public_id = ANY(%s) ORDER BY id"
_ROWS = "An order and the statement add the same rows, counted in every table: {}."
_LOG = (
    "The write-ahead log has the same records of an order and of the statement: {};"
    " bytes {} and {}."
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The statement, and the screenings that it writes to."""

    pgbench: Pgbench
    base: int
    screenings: int
    rows: dict[str, int]

    def run(self, each: int, first: int) -> Ran:
        """Run it so many times a client."""
        return self.pgbench.run(each, first=first, base=self.base, screenings=self.screenings)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Measure rounds of both in turn; raises RuntimeError when they do not write the same."""
    ours, each = amounts.scaled(_ORDERS), amounts.scaled(_EACH)
    rounds = amounts.rounds + 1
    mine = stage.screenings(_spread(rounds * ours), seats=2 * _PAIRS)
    orders = Orders(stage, mine)
    limit = limit_of(stage, _spread((rounds + 1) * numbers(each)))
    proof = _prove(stage, orders, limit)
    measured: list[Measured] = []
    ran: list[Ran] = []
    for number in range(rounds):
        measured.append(_ours(stage, orders, amounts, rows=limit.rows))
        ran.append(limit.run(each, first=_PROOF + numbers(1) + number * numbers(each)))
    return _outcome(measured[1:], ran[1:], proof)


def limit_of(stage: Stage, screenings: int) -> Limit:
    """Place two orders, read what they wrote, and make the statement of it."""
    # All in one hall: its layout is a constant of the statement.
    [first, second, *others] = stage.screenings(screenings + 2, seats=2 * _PAIRS)
    for pair in range(3):
        place(stage, first, 2 * pair + 1)
    with stage.admin("movies") as connection:
        before = sample.counted(connection)
        one = sample.take(connection, str(place(stage, first, 101)["id"]), before)
        between = sample.counted(connection)
        two = sample.take(connection, str(place(stage, second, 203)["id"]), between)
        ids = [int(row[0]) for row in connection.execute(_TABLE_IDS, (others,)).fetchall()]
    if ids != list(range(ids[0], ids[0] + len(ids))):
        raise RuntimeError("the screenings of the limit are not numbered in a row")
    script = _SCRIPT + statement.generate(one, two)
    pgbench = Pgbench(stage.server, "movies", script, stage.meter)
    return Limit(pgbench, ids[0], len(ids), sample.grown(before, between))


def _spread(orders: int) -> int:
    """Return how many screenings so many orders need, at least 64 of them."""
    return max(64, -(-orders // _PAIRS) + 1)


def _ours(stage: Stage, orders: Orders, amounts: Amounts, *, rows: dict[str, int]) -> Measured:
    plan = Plan(
        **target(stage.address("movies")),
        requests="",
        connections=_CLIENTS,
        seconds=amounts.seconds,
    )
    with stage.admin("movies") as connection:
        before = sample.counted(connection)
        measured = measure(stage.meter, plan, orders.requests(amounts.scaled(_ORDERS)))
        new = sample.grown(before, sample.counted(connection))
    wanted = {table: count * measured.sent.done for table, count in rows.items()}
    if measured.sent.statuses != {"201": measured.sent.done} or new != wanted:
        raise RuntimeError(f"orders: {measured.sent.statuses}, rows {new} instead of {wanted}")
    return measured


def _prove(stage: Stage, orders: Orders, limit: Limit) -> tuple[str, ...]:
    """Write the same number of orders both ways, one at a time, and compare what was written."""
    plan = Plan(**target(stage.address("movies")), requests="", connections=1)
    with wal.span(stage) as ours:
        measure(stage.meter, plan, orders.requests(_PROOF))
    with stage.admin("movies") as connection:
        before = sample.counted(connection)
        with wal.span(stage) as theirs:
            limit.run(_PROOF // CLIENTS - 1, first=0)
        new = sample.grown(before, sample.counted(connection))
    same = {
        kind: (round(n, 1), round(theirs.per(_PROOF)[kind], 1))
        for kind, n in ours.per(_PROOF).items()
    }
    wanted = {table: count * _PROOF for table, count in limit.rows.items()}
    if new != wanted or any(round(mine) != round(other) for mine, other in same.values()):
        raise RuntimeError(f"the statement writes {new} instead of {wanted}; log records {same}")
    told = ", ".join(f"{count} {table}" for table, count in limit.rows.items())
    records = ", ".join(f"{kind} {mine:g} and {other:g}" for kind, (mine, other) in same.items())
    return (_ROWS.format(told), _LOG.format(records, ours.bytes // _PROOF, theirs.bytes // _PROOF))


def _outcome(measured: list[Measured], ran: list[Ran], proof: tuple[str, ...]) -> Outcome:
    rates, theirs = [one.sent.rate for one in measured], [one.rate for one in ran]
    cpu, limit_ms = [one.per_request.total for one in measured], [one.database_ms for one in ran]
    figures = (
        rate_against(rates, theirs, name="rate against the statement", at_least=40, aim=70),
        Figure(
            "CPU against the statement",
            "times",
            ratios(cpu, limit_ms).rounds,
            better="less",
            at_least=2,
            aim=1.2,
        ),
        Figure("orders", "/s", tuple(rates)),
        Figure("statements", "/s", tuple(theirs)),
    )
    shares = (share_of("order", measured), Share("statement", 0.0, median(limit_ms), 0.0))
    return Outcome("a", figures, shares, proof)
