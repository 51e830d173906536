"""A party outside that is asked by tests: awaited for long, and not at all for long where it means to be slow."""

from collections.abc import Callable
from typing import Any

from cardsvc.receiver import Receiver, receiver

LONG_S = 60.0
GIVEN_UP_S = 0.4


def patient(
    url: str, secret: bytes, is_slow: Callable[[], bool], given_up_s: float = GIVEN_UP_S, patience_s: float = LONG_S
) -> Receiver:
    """A receiver whose answer may take its time on a machine at other work.

    While `is_slow` says that the other side means not to answer, it is given up after `given_up_s`.
    """
    to = receiver(url, secret, patience_s=patience_s)

    def await_less(request: Any) -> None:
        if is_slow():
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), given_up_s)

    to.client.event_hooks = {"request": [await_less]}
    return to
