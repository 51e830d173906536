"""A station's clocks and chance: the only place of the terminal that asks the operating system for them."""

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clocks(Protocol):
    """What a station knows of time."""

    boot_id: str

    def now(self) -> datetime: ...

    def steady_ms(self) -> int: ...


class SystemClocks:
    """The operating system's: wall time only claimed, steady time counting suspend, one id for each boot."""

    def __init__(self) -> None:
        kernel = Path("/proc/sys/kernel/random/boot_id")
        self.boot_id = kernel.read_text().strip().replace("-", "") if kernel.exists() else secrets.token_hex(16)

    def now(self) -> datetime:
        """Wall time, UTC."""
        return datetime.now(UTC)

    def steady_ms(self) -> int:
        """Milliseconds since boot, suspend included."""
        return int(time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) * 1000)


def chance(length: int) -> bytes:
    """The operating system's randomness."""
    return secrets.token_bytes(length)
