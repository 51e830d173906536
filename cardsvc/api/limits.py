"""Rate limits of one process: who asks too often waits, and nobody else is locked out."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST_KEYS = 20_000


class Limiter:
    """Counts what each key did in a sliding window."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str, most: int, within: timedelta, now: datetime) -> bool:
        """Whether `key` may do it once more, which is then counted; at most `most` times `within` the window."""
        with self._lock:
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and now - times[0] >= within:
                times.popleft()
            if len(self._times) > MOST_KEYS:
                self._times.popitem(last=False)
            if len(times) >= most:
                return False
            times.append(now)
            return True

    def forget(self, key: str) -> None:
        """Start anew for a key that has shown that it may."""
        with self._lock:
            self._times.pop(key, None)
