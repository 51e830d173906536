"""What lies on a station's readers, as one field: the one thread that owns them looks at each in turn."""

from collections.abc import Sequence

from terminal.readers.reader import CardIn, CardOut, Event, Fault, Reader, ReaderBack, ReaderLost


class Field:
    """One or several readers. `at` is the reader that is talked to; `staff_at` is where a staff card lies."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = tuple(readers)
        self._lying: dict[int, bytes] = {}
        self._faults: dict[int, Fault] = {}
        self._turn = 0
        self.at = 0
        self.staff_at: int | None = None

    @property
    def atr(self) -> bytes:
        """The answer to reset of the card that is talked to; empty when none lies there."""
        return self._lying.get(self.at, b"")

    @property
    def crowded(self) -> bool:
        """Whether more than one card lies on the readers, whoever's they are."""
        return len(self._lying) > 1

    @property
    def cards(self) -> tuple[int, ...]:
        """The readers with a card that is not known as one of staff."""
        return tuple(at for at in sorted(self._lying) if at != self.staff_at)

    @property
    def fault(self) -> Fault | None:
        """Why a reader cannot serve; None when all can."""
        return next(iter(self._faults.values()), None)

    def wait(self, timeout_s: float) -> tuple[int, Event] | None:
        """The next thing that happens, and at which reader; None when nothing did within `timeout_s` seconds.

        Raises CardMute and ReaderFault as the readers do; the next reader has its turn then.
        """
        for _ in self._readers:
            at, self._turn = self._turn, (self._turn + 1) % len(self._readers)
            event = self._readers[at].wait(timeout_s / len(self._readers))
            if event is not None:
                self._keep(at, event)
                return at, event
        return None

    def _keep(self, at: int, event: Event) -> None:
        match event:
            case CardIn(atr):
                self._lying[at] = atr
            case CardOut():
                self._lying.pop(at, None)
            case ReaderLost(fault):
                self._lying.pop(at, None)
                self._faults[at] = fault
            case ReaderBack():
                self._faults.pop(at, None)

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU with the card at `at`. Raises CardGone, CardMute or ReaderFault."""
        return self._readers[self.at].transmit(apdu)

    def close(self) -> None:
        """Let go of all of them."""
        for reader in self._readers:
            reader.close()
