"""A reader in the same process: for training, for machines without PC/SC, and for tests of what a reader can do."""

import queue
import threading
from typing import Protocol

from cardsvc.core.card.errors import CardGone
from cardsvc.core.virtual_card.misbehaving import Mute
from terminal.readers.reader import CardIn, CardMute, CardOut, Event, Fault, ReaderBack, ReaderFault, ReaderLost


class Card(Protocol):
    """Whatever answers APDUs."""

    @property
    def atr(self) -> bytes: ...

    def transmit(self, apdu: bytes) -> bytes: ...

    def field_off(self) -> None: ...


class SoftReader:
    """A reader whose cards are objects; `present`, `remove`, `unplug` and `plug_in` may come from any thread."""

    def __init__(self, name: str = "soft") -> None:
        self.name = name
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._card: Card | None = None
        self._there = True
        self._lock = threading.Lock()

    def present(self, card: Card) -> None:
        """Lay a card on the reader."""
        with self._lock:
            self._card = card
            if self._there:
                self._events.put(CardIn(card.atr))

    def remove(self) -> None:
        """Take the card away."""
        with self._lock:
            if self._card is not None:
                self._card.field_off()
                self._card = None
                self._events.put(CardOut())

    def unplug(self, fault: Fault = Fault.UNPLUGGED) -> None:
        """Pull the reader out."""
        with self._lock:
            self._there = False
            if self._card is not None:
                self._card.field_off()
            self._events.put(ReaderLost(fault))

    def plug_in(self) -> None:
        """Put the reader back; a card that lies on it is seen anew."""
        with self._lock:
            self._there = True
            self._events.put(ReaderBack())
            if self._card is not None:
                self._events.put(CardIn(self._card.atr))

    def wait(self, timeout_s: float) -> Event | None:
        """The next thing that happens."""
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU."""
        with self._lock:
            if not self._there:
                raise ReaderFault(Fault.UNPLUGGED)
            if self._card is None:
                raise CardGone("no card on the reader")
            try:
                return self._card.transmit(apdu)
            except Mute:
                raise CardMute("no answer within the deadline") from None

    def close(self) -> None:
        """Nothing to let go of."""
