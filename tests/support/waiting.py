"""Waiting for what another thread or process brings about in its own time."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], what: str = "it did not happen") -> None:
    """Wait until something holds; it has long, as this machine may be at other work. `what` is said where it fails."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)
