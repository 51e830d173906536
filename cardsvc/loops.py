"""What a running service does by itself, in threads that can be stopped: one loop for each duty."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

LOG = logging.getLogger("cardsvc.loops")


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is done again and again; a fault of one turn does not end it."""

    name: str
    every_s: float
    act: Callable[[], object]


@contextmanager
def running(duties: list[Duty]) -> Iterator[None]:
    """Do the duties until the block ends; each finishes the turn that it is in."""
    stopped = threading.Event()
    threads = [threading.Thread(target=_turns, args=(one, stopped), name=one.name, daemon=True) for one in duties]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(15)


def _turns(duty: Duty, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            duty.act()
        except Exception as error:
            # The database may be away for a while; the next turn finds everything where this one left it. Only the
            # kind of the fault is said: its words may quote a row.
            LOG.error("%s failed: %s", duty.name, type(error).__name__)
        stopped.wait(duty.every_s)
