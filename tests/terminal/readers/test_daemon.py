"""A PC/SC daemon killed and stopped during taps: back within five seconds, and nothing piles up in the station."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.core.card.errors import CardError
from cardsvc.core.card.script import run
from cardsvc.virtual_reader.stack import PcscStack, free_port
from cardsvc.virtual_reader.vpcd import CardInField
from terminal.readers.reader import CardIn, Fault, ReaderLost
from tests.core.card.desk import bound, look, tap
from tests.terminal.readers.test_readers import FarReader, next_event

TIMES = 20
EACH = 9
"""A day's times: each exchange of a tap once."""
BACK_WITHIN_S = 5.0


@pytest.fixture
def stack() -> Iterator[PcscStack]:
    with PcscStack("Station", free_port()) as running:
        yield running


@pytest.fixture
def reader(stack: PcscStack) -> Iterator[FarReader]:
    far = FarReader(stack.socket_path)
    yield far
    far.close()


def held(reader: FarReader) -> tuple[int, int]:
    """Open handles and threads of the process that holds the reader."""
    process = Path(f"/proc/{reader.process.pid}")
    return len(list((process / "fd").iterdir())), len(list((process / "task").iterdir()))


def served_again(stack: PcscStack, reader: FarReader) -> float:
    """How long until a card that is laid down carries a tap, counted from now."""
    began, card = time.monotonic(), bound(1)
    in_field = CardInField(card, stack.port)
    while True:
        next_event(reader, CardIn, BACK_WITHIN_S + 3)
        try:
            run(tap(1, 2), reader.transmit)
            break
        except CardError:  # what was left hanging lets go of the reader, which resets the card: it is laid down again
            assert time.monotonic() - began < BACK_WITHIN_S
            in_field.remove()
            in_field = CardInField(card, stack.port)
    took = time.monotonic() - began
    in_field.remove()
    assert look(card, 1).state.counter == 2  # type: ignore[union-attr]
    return took


def tap_until_trouble(stack: PcscStack, reader: FarReader, spoil: str, at: int) -> None:
    """A tap during which the daemon is killed or stopped, at its exchange `at`."""
    card, number = CardInField(bound(1), stack.port), 0
    next_event(reader, CardIn)

    def transmit(apdu: bytes) -> bytes:
        nonlocal number
        number += 1
        if number == at:
            getattr(stack, spoil)()
        return reader.transmit(apdu)

    with pytest.raises(CardError):
        run(tap(1, 2), transmit)
    if spoil == "kill":
        stack.start()
    else:
        stack.cont()
    card.remove()


@pytest.mark.pcsc
@pytest.mark.parametrize("spoil", ["kill", "stop"])
def test_a_daemon_that_dies_or_hangs_during_taps_is_back_in_seconds_and_nothing_piles_up(
    stack: PcscStack, reader: FarReader, spoil: str, night: bool
) -> None:
    times = TIMES if night else EACH if spoil == "kill" else 4
    served_again(stack, reader)
    tap_until_trouble(stack, reader, spoil, 3)
    served_again(stack, reader)
    before, slowest = held(reader), 0.0

    for number in range(times):
        tap_until_trouble(stack, reader, spoil, 1 + number % 9)
        slowest = max(slowest, served_again(stack, reader))

    after = held(reader)
    print(f"{spoil} {times} times: back within {slowest:.1f} s; handles and threads {before} -> {after}")
    assert slowest < BACK_WITHIN_S
    assert after[0] <= before[0] + 1
    assert after[1] <= before[1] + 1


@pytest.mark.pcsc
def test_a_daemon_that_hangs_for_long_is_named_and_costs_one_thread(stack: PcscStack, reader: FarReader) -> None:
    served_again(stack, reader)
    before = held(reader)
    stack.stop()

    assert next_event(reader, ReaderLost, 10) == ReaderLost(Fault.HUNG)
    until = time.monotonic() + 8
    while time.monotonic() < until:
        assert reader.wait(0.2) is None
    assert held(reader)[1] <= before[1] + 1

    stack.cont()
    assert served_again(stack, reader) < BACK_WITHIN_S
    assert held(reader)[0] <= before[0] + 1
