"""Runs the load generator and reads the clocks of the measured processes around its sending."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.cpu import Cpu, Meter
from bench.load.child import child
from bench.load.plans import Plan, Sent, save


@dataclass(frozen=True, slots=True)
class Measured:
    """What was sent, and the CPU seconds that the measured processes spent meanwhile."""

    sent: Sent
    cpu: Cpu

    @property
    def per_request(self) -> Cpu:
        """CPU milliseconds a request."""
        return self.cpu.per(max(1, self.sent.done))


def measure(meter: Meter, plan: Plan, requests: Iterable[bytes]) -> Measured:
    """Send the requests by the plan; raises RuntimeError when the generator fails."""
    with tempfile.TemporaryDirectory(prefix="moviemesh-load-") as folder:
        path = Path(folder) / "requests"
        save(path, requests)
        with child("bench.load", replace(plan, requests=str(path)).written()) as generator:
            before = meter.read()
            sent = Sent.read(generator.go())
            return Measured(sent, meter.read() - before)
