"""Readers of the real PC/SC stack by name and serial number, and back under another index."""

from collections.abc import Iterator

import pytest

from cardsvc.virtual_reader.stack import PcscStack, free_port
from cardsvc.virtual_reader.vpcd import CardInField
from terminal.readers.reader import CardIn, Fault, ReaderBack, ReaderLost
from tests.core.card.desk import bound, look
from tests.terminal.readers.test_readers import FarReader, next_event

SERIAL = "RR554-001122"


@pytest.fixture
def stack() -> Iterator[PcscStack]:
    with PcscStack(f"Desk Reader ({SERIAL})", free_port()) as running:
        yield running


@pytest.mark.pcsc
@pytest.mark.parametrize("wanted", [SERIAL, "Desk Reader"])
def test_a_reader_is_found_by_its_serial_number_or_name(stack: PcscStack, wanted: str) -> None:
    reader = FarReader(stack.socket_path, wanted)
    in_field = CardInField(bound(1), stack.port)

    next_event(reader, CardIn)

    assert SERIAL in reader.ask("name")
    assert look(reader, 1).identity is not None
    in_field.remove()
    reader.close()


@pytest.mark.pcsc
def test_another_serial_number_is_not_there(stack: PcscStack) -> None:
    reader = FarReader(stack.socket_path, "RR554-999999")
    assert reader.wait(0.1) == ReaderLost(Fault.NO_READER)
    reader.close()


@pytest.mark.pcsc
def test_a_reader_that_had_another_index_before_is_found_now_and_after_it_was_away(stack: PcscStack) -> None:
    """The virtual driver gives every reader the index 00, so the name of before is the one that differs."""
    reader = FarReader(stack.socket_path, f"Desk Reader ({SERIAL}) 01 00")
    reader.wait(0.1)
    assert reader.ask("name") == f"Desk Reader ({SERIAL}) 00 00"
    stack.kill()
    assert next_event(reader, ReaderLost) == ReaderLost(Fault.NO_DAEMON)

    stack.start()

    assert next_event(reader, ReaderBack) == ReaderBack()
    in_field = CardInField(bound(1), stack.port)
    assert isinstance(next_event(reader, CardIn), CardIn)
    in_field.remove()
    reader.close()


@pytest.mark.pcsc
def test_two_slots_of_one_device_are_two_readers(stack: PcscStack) -> None:
    first, second = (FarReader(stack.socket_path, f"({SERIAL}) 00 0{slot}") for slot in (0, 1))
    in_field = CardInField(bound(1), stack.port + 1)

    assert isinstance(next_event(second, CardIn), CardIn)
    assert first.wait(0.2) is None
    assert look(second, 1).identity is not None
    in_field.remove()
    first.close()
    second.close()
