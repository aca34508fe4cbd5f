"""`python -m bench.load`: reads a plan, connects, says that it is ready, waits for a line, sends.

The pause lets the one who measures read the clocks of the server between connecting and sending.
"""

import asyncio
import gc
import sys

import uvloop

from bench.load.plans import Plan
from bench.load.sending import Sending


async def carry_out(plan: Plan) -> str:
    """Send, and return the report."""
    sending = Sending(plan)
    await sending.connect()
    print("ready", flush=True)  # noqa: T201 -- the line that the measurer waits for
    sys.stdin.readline()
    # The requests are many and stay: looking through them again and again would cost the machine.
    gc.freeze()
    gc.disable()
    return (await sending.send()).written()


def main() -> None:
    """Carry out the plan of the first line."""
    plan = Plan.read(sys.stdin.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(runner.run(carry_out(plan)), flush=True)  # noqa: T201 -- the report


if __name__ == "__main__":
    main()
