"""Readers, soft and real: the same card, the same events, the same faults."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardsvc.core.card.errors import CardGone
from cardsvc.core.card.script import run
from cardsvc.core.virtual_card.misbehaving import Fault as CardFault
from cardsvc.core.virtual_card.misbehaving import Misbehaving
from cardsvc.virtual_reader.stack import PcscStack, free_port
from cardsvc.virtual_reader.vpcd import CardInField
from terminal.readers.reader import CardIn, CardMute, CardOut, Event, Fault, Reader, ReaderBack, ReaderFault, ReaderLost
from terminal.readers.soft import SoftReader
from tests.core.card.desk import bound, look, tap


def next_event(reader: Reader, wanted: type[Event], seconds: float = 60.0) -> Event:
    until = time.monotonic() + seconds
    seen = []
    while time.monotonic() < until:
        event = reader.wait(0.2)
        if isinstance(event, wanted):
            return event
        if event is not None:
            seen.append(event)
    raise AssertionError(f"no {wanted} within {seconds} s; saw {seen}")


def test_a_soft_reader_reports_card_in_and_out_and_carries_a_tap() -> None:
    reader, card = SoftReader(), bound(1)
    reader.present(card)
    assert reader.wait(0) == CardIn(card.atr)

    run(tap(1, 2), reader.transmit)

    reader.remove()
    assert reader.wait(0) == CardOut()
    with pytest.raises(CardGone):
        reader.transmit(b"\xff\xca\x00\x00\x00")


def test_a_soft_reader_can_be_pulled_out_and_comes_back_with_its_card() -> None:
    reader, card = SoftReader(), bound(1)
    reader.present(card)
    reader.unplug()
    assert [reader.wait(0), reader.wait(0)] == [CardIn(card.atr), ReaderLost(Fault.UNPLUGGED)]
    with pytest.raises(ReaderFault):
        reader.transmit(b"\xff\xca\x00\x00\x00")

    reader.plug_in()

    assert [reader.wait(0), reader.wait(0)] == [ReaderBack(), CardIn(card.atr)]


def test_a_mute_card_on_a_soft_reader_is_mute() -> None:
    reader = SoftReader()
    reader.present(Misbehaving(bound(1), {0: CardFault.MUTE}))

    with pytest.raises(CardMute):
        reader.transmit(b"\xff\xca\x00\x00\x00")


@pytest.fixture
def stack() -> Iterator[PcscStack]:
    with PcscStack("Station", free_port()) as running:
        yield running


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from terminal.readers.pcsc import PcscReader
reader = PcscReader(sys.argv[1])
for line in sys.stdin:
    word, *rest = line.split()
    try:
        if word == "wait":
            print(repr(reader.wait(float(rest[0]))), flush=True)
        elif word == "name":
            print(reader.name, flush=True)
        else:
            print(reader.transmit(bytes.fromhex(rest[0])).hex() or "-", flush=True)
    except Exception as error:
        print("!" + type(error).__name__ + " " + str(error), flush=True)
"""


class FarReader:
    """A PcscReader in a process of its own, because pcsclite reads its daemon's address once a process."""

    name = "far"

    def __init__(self, socket_path: str, wanted: str = "") -> None:
        program = PROGRAM.format(root=str(Path.cwd()))
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, wanted],
            env={**os.environ, "PCSCLITE_CSOCK_NAME": socket_path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def wait(self, timeout_s: float) -> Event | None:
        names = {
            "CardIn": CardIn,
            "CardOut": CardOut,
            "ReaderLost": ReaderLost,
            "ReaderBack": ReaderBack,
            "Fault": Fault,
        }
        answer = self.ask(f"wait {timeout_s}")
        answer = answer.replace("<", "").replace(">", "").split(":")[0] if "Fault" in answer else answer
        if answer.startswith("ReaderLost"):
            fault = next(one for one in Fault if one.name in answer)
            return ReaderLost(fault)
        event: Event | None = eval(answer, names)
        return event

    def transmit(self, apdu: bytes) -> bytes:
        answer = self.ask(f"send {apdu.hex()}")
        if answer.startswith("!CardGone"):
            raise CardGone(answer)
        if answer.startswith("!CardMute"):
            raise CardMute(answer)
        if answer.startswith("!ReaderFault"):
            raise ReaderFault(Fault(answer.split()[-1]))
        return b"" if answer == "-" else bytes.fromhex(answer)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


@pytest.fixture
def far_reader(stack: PcscStack) -> Iterator[FarReader]:
    reader = FarReader(stack.socket_path)
    yield reader
    reader.close()


@pytest.mark.pcsc
def test_a_tap_goes_through_the_real_daemon(stack: PcscStack, far_reader: FarReader) -> None:
    card = bound(1)
    in_field = CardInField(card, stack.port)
    assert next_event(far_reader, CardIn) == CardIn(card.atr)

    run(tap(1, 2), far_reader.transmit)

    assert look(far_reader, 1).state.counter == 2  # type: ignore[union-attr]
    in_field.remove()
    assert isinstance(next_event(far_reader, CardOut), CardOut)


@pytest.mark.pcsc
def test_a_card_pulled_during_the_tap_is_gone_and_the_next_one_is_served(
    stack: PcscStack, far_reader: FarReader
) -> None:
    for at in (2, 6, 9):
        card = bound(1)
        in_field = CardInField(Misbehaving(card, {at: CardFault.GONE_BEFORE}), stack.port)
        next_event(far_reader, CardIn)
        with pytest.raises(CardGone):
            run(tap(1, 2), far_reader.transmit)
        in_field.join()
        next_event(far_reader, CardOut)
        assert look(card, 1).state.counter == 1  # type: ignore[union-attr]


@pytest.mark.pcsc
def test_a_killed_daemon_is_reported_and_the_reader_comes_back_by_itself(
    stack: PcscStack, far_reader: FarReader
) -> None:
    far_reader.wait(0.1)
    stack.kill()
    assert next_event(far_reader, ReaderLost) == ReaderLost(Fault.NO_DAEMON)

    stack.start()

    assert next_event(far_reader, ReaderBack) == ReaderBack()
    in_field = CardInField(bound(1), stack.port)
    assert isinstance(next_event(far_reader, CardIn), CardIn)
    in_field.remove()


@pytest.mark.pcsc
def test_no_daemon_at_all_is_said_once_and_nothing_crashes(tmp_path_factory: pytest.TempPathFactory) -> None:
    reader = FarReader(str(tmp_path_factory.mktemp("none") / "pcscd.comm"))

    assert reader.wait(0.1) == ReaderLost(Fault.NO_DAEMON)
    assert reader.wait(0.1) is None
    reader.close()


@pytest.mark.pcsc
def test_two_daemons_do_not_share_a_fate(stack: PcscStack, far_reader: FarReader) -> None:
    with PcscStack("Second", free_port()) as second:
        other = FarReader(second.socket_path)
        CardInField(bound(2), second.port)
        next_event(other, CardIn)
        stack.kill()
        assert look(other, 2).identity is not None
        other.close()


def client(stack: PcscStack, *command: str) -> str:
    env = {**os.environ, "PCSCLITE_CSOCK_NAME": stack.socket_path}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def retry(act: Callable[[], str], wanted: str) -> str:
    seen = ""
    end = time.monotonic() + 60
    while wanted not in seen and time.monotonic() < end:
        seen = act()
        time.sleep(0.05)
    return seen


@pytest.mark.pcsc
def test_real_clients_accept_an_issued_card(stack: PcscStack) -> None:
    in_field = CardInField(bound(1), stack.port)

    listing = retry(lambda: client(stack, "opensc-tool", "-l"), "Yes")
    atr = retry(lambda: client(stack, "opensc-tool", "-a"), "3b:81:80:01:80:80")
    readers = retry(lambda: client(stack, "pcsc_scan", "-r"), "Station")
    uid = retry(lambda: client(stack, "opensc-tool", "-s", "FF:CA:00:00:00"), "04 01 03 04 05 06 07")

    assert "Station" in listing
    assert "Yes" in listing
    assert "3b:81:80:01:80:80" in atr
    assert "Station" in readers
    assert "04 01 03 04 05 06 07" in uid
    assert "3B 81 80 01 80 80" in retry(lambda: client(stack, "timeout", "3", "pcsc_scan", "-c"), "3B 81 80 01 80 80")
    in_field.remove()
