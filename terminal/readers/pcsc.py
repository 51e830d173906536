"""A real reader through PC/SC: the only import of smartcard.

One context per reader and thread, made anew after the daemon died: `SCardIsValidContext` says yes to a dead one.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from smartcard import scard

from cardsvc.core.card.errors import CardGone
from terminal.readers.reader import (
    DEADLINE_S,
    CardIn,
    CardMute,
    CardOut,
    Event,
    Fault,
    ReaderBack,
    ReaderFault,
    ReaderLost,
    choose,
)

T = TypeVar("T")

GONE = frozenset(
    {
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_COMM_ERROR,
    }
)
"""PC/SC reports a card pulled mid-command as "not transacted", not as "no card"; all of them mean: the card is gone."""
NO_DAEMON = frozenset({scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_F_INTERNAL_ERROR})
PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
RETRY_S = 0.5


class PcscReader:
    """The reader whose name or serial number contains `wanted` (empty: the first one).

    `taken` is shared by the readers of one station, so that no two of them are the same.
    """

    def __init__(self, wanted: str, taken: set[str] | None = None) -> None:
        self.name = wanted
        self._wanted = wanted
        self._taken = taken if taken is not None else set()
        self._context: Any = None
        self._reader = ""
        self._state: Any = scard.SCARD_STATE_UNAWARE
        self._card: Any = None
        self._protocol = scard.SCARD_PROTOCOL_T1
        self._lost = False
        self._present = False
        self._hung: threading.Thread | None = None

    def wait(self, timeout_s: float) -> Event | None:
        """The next thing that happens; a daemon that hangs is a lost reader."""
        try:
            return self._next(timeout_s)
        except (CardMute, ReaderFault):
            self._lost = True
            return ReaderLost(Fault.HUNG)

    def _next(self, timeout_s: float) -> Event | None:
        if self._context is None:
            found = self._connect()
            if found is not None:
                if not self._lost:
                    self._lost = True
                    return ReaderLost(found)
                time.sleep(min(timeout_s, RETRY_S))
                return None
            if self._lost:
                self._lost = False
                return ReaderBack()
        return self._look(timeout_s)

    def _connect(self) -> Fault | None:
        """A new context and the reader's full name; a fault when either is not to be had.

        While a call still hangs no other is made, so that a daemon that hangs for days costs one thread.
        """
        if self._hung is not None and self._hung.is_alive():
            return Fault.HUNG
        result, context = self._watched(
            lambda: scard.SCardEstablishContext(scard.SCARD_SCOPE_USER),
            undo=lambda made: scard.SCardReleaseContext(made[1]),
        )
        if result != scard.SCARD_S_SUCCESS:
            return Fault.NO_DAEMON
        result, readers = self._watched(
            lambda: scard.SCardListReaders(context, []), undo=lambda _: scard.SCardReleaseContext(context)
        )
        free = [name for name in readers if name not in self._taken] if result == scard.SCARD_S_SUCCESS else []
        found = choose(free, self._wanted)
        if found is None:
            scard.SCardReleaseContext(context)
            return Fault.NO_DAEMON if result in NO_DAEMON else Fault.NO_READER
        self._taken.add(found)
        self._context, self._reader, self.name = context, found, found
        self._state, self._present = scard.SCARD_STATE_UNAWARE, False
        return None

    def _look(self, timeout_s: float) -> Event | None:
        wait_ms = max(1, int(timeout_s * 1000))
        asked = [(self._reader, self._state)]
        result, states = self._watched(
            lambda: scard.SCardGetStatusChange(self._context, wait_ms, asked), timeout_s + DEADLINE_S
        )
        if result == scard.SCARD_E_TIMEOUT:
            return None
        if result != scard.SCARD_S_SUCCESS:
            return self._lose(Fault.NO_DAEMON if result in NO_DAEMON else Fault.UNPLUGGED)
        _, event, atr = states[0]
        self._state = event
        if event & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            return self._lose(Fault.UNPLUGGED)
        present = bool(event & scard.SCARD_STATE_PRESENT) and not event & scard.SCARD_STATE_MUTE
        if present == self._present:
            return None
        self._present = present
        self._disconnect()
        return CardIn(bytes(atr)) if present else CardOut()

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU."""
        if self._context is None:
            raise ReaderFault(Fault.UNPLUGGED)
        if self._card is None:
            result, card, protocol = self._watched(
                lambda: scard.SCardConnect(self._context, self._reader, scard.SCARD_SHARE_SHARED, PROTOCOLS)
            )
            self._check(result)
            self._card, self._protocol = card, protocol
        header = scard.SCARD_PCI_T0 if self._protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        result, answer = self._watched(lambda: scard.SCardTransmit(self._card, header, list(apdu)))
        self._check(result)
        return bytes(byte & 0xFF for byte in answer)

    def _check(self, result: int) -> None:
        if result == scard.SCARD_S_SUCCESS:
            return
        self._disconnect()
        if result in GONE:
            raise CardGone(scard.SCardGetErrorMessage(result))
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise ReaderFault(Fault.BUSY)
        fault = Fault.NO_DAEMON if result in NO_DAEMON else Fault.UNPLUGGED
        self._lose(fault)
        raise ReaderFault(fault)

    def _lose(self, fault: Fault) -> ReaderLost:
        """Let go of everything; the next `wait` makes a new context."""
        self._disconnect()
        self._taken.discard(self._reader)
        context, self._context, self._lost, self._present = self._context, None, True, False
        if context is not None:
            scard.SCardReleaseContext(context)
        return ReaderLost(fault)

    def _disconnect(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)

    def _watched(
        self, call: Callable[[], T], deadline_s: float = DEADLINE_S, undo: Callable[[T], object] | None = None
    ) -> T:
        """Run a PC/SC call with a deadline; a hung one is left behind, and lets go of its context when it returns.

        `undo` lets go of what the call has made instead. Raises CardMute while a card is connected, else ReaderFault.
        """
        box: list[T] = []
        left, context = threading.Event(), self._context

        def act() -> None:
            made = call()
            box.append(made)
            if left.is_set():
                scard.SCardReleaseContext(context) if undo is None else undo(made)

        caller = threading.Thread(target=act, daemon=True, name="pcsc-call")
        caller.start()
        caller.join(deadline_s)
        if box:
            return box[0]
        left.set()
        mute = self._card is not None
        self._taken.discard(self._reader)
        self._hung, self._card, self._context, self._lost, self._present = caller, None, None, False, False
        if mute:
            raise CardMute("no answer within the deadline")
        raise ReaderFault(Fault.HUNG)

    def close(self) -> None:
        """Let go of the reader."""
        if self._context is not None:
            self._lose(Fault.UNPLUGGED)
