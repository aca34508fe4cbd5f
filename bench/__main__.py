"""`python -m bench [--only a,c] [--rounds N] [--quick]`: measures, prints, and writes the page."""

import argparse
import signal
import sys
from dataclasses import replace
from time import monotonic

from rich.console import Console

from bench import machine, results
from bench.amounts import Amounts
from bench.lines import LINES
from bench.machine import others_at_work
from bench.report import document, terminal
from bench.results import Outcome
from bench.stage.cinema import profile_of, staged


def main() -> int:
    """Measure the chosen lines; return 0 when all could be measured."""
    # What was opened is closed, however we are ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options()
    console = Console(highlight=False)
    amounts = Amounts(options.rounds or (2 if options.quick else 5), is_quick=options.quick)
    if options.page:
        document.write()
        return 0
    outcomes = _measured(console, options.only, amounts, is_profiled=options.profile)
    terminal.show(console, list(outcomes.values()))
    if options.quick or options.profile:
        console.print("A quick or profiled run is for looking only: nothing is written.")
    else:
        document.write()
        console.print(f"Written: {document.PAGE.name} and its charts.")
    return 0


def _measured(
    console: Console, lines: list[str], amounts: Amounts, *, is_profiled: bool
) -> dict[str, Outcome]:
    console.print("Opening a cinema to measure …")
    outcomes = {}
    with staged(is_profiled=is_profiled) as stage:
        about = machine.described(stage)
        for line in lines:
            began = monotonic()
            console.print(f"{line}: measuring …", end=" ")
            if is_profiled:
                profile_of(stage)
            with others_at_work() as others:
                outcome = LINES[line](stage, amounts)
            told = {**about, "others": f"{others.percent:.0f} %", "rounds": str(amounts.rounds)}
            outcomes[line] = replace(outcome, about=told)
            if is_profiled:
                terminal.show_profile(console, profile_of(stage))
            elif not amounts.is_quick:
                results.keep({line: outcomes[line]})
            console.print(f"{monotonic() - began:.0f} s, others used {others.percent:.0f} % CPU")
    return outcomes


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", type=_lines, default=list(LINES))
    parser.add_argument("--rounds", type=_rounds, default=0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    parser.add_argument("--page", action="store_true", help="write the page from what is kept")
    return parser.parse_args()


def _lines(text: str) -> list[str]:
    """Read lines such as a,c; nothing means all. Raises ArgumentTypeError."""
    wanted = [word.strip().lower() for word in text.split(",") if word.strip()]
    unknown = sorted(set(wanted) - set(LINES))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no line {', '.join(unknown)}; there are {', '.join(LINES)}"
        )
    return sorted(set(wanted)) or list(LINES)


def _rounds(text: str) -> int:
    """Read a number of rounds; nothing means as many as usual. Raises ArgumentTypeError."""
    rounds = int(text or 0)
    if not 0 <= rounds <= 50:
        raise argparse.ArgumentTypeError("give 1 to 50 rounds")
    return rounds


if __name__ == "__main__":
    sys.exit(main())
