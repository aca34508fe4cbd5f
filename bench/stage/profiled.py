"""The onebox with a sampler: `python -m bench.stage.profiled FOLDER`; SIGUSR1 prints a profile."""

import json
import os
import signal

from bench.stage.sampler import Sampler
from tests.support.onebox import main as run_onebox


def main() -> None:
    """Open the cinema and look at what it does."""
    sampler = Sampler()
    sampler.start()
    signal.signal(
        signal.SIGUSR1, lambda *_: os.write(1, f"{json.dumps(sampler.take())}\n".encode())
    )
    run_onebox()


if __name__ == "__main__":
    main()
