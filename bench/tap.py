"""Row 4: one whole tap at a station through the real PC/SC stack, against its bare exchanges and two synced inserts.

The virtual card lies in a process of its own. The bare exchanges are the same commands to a card that answers what was
recorded; the bare inserts are two rows of a journal's size, synced.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measuring import Figure, in_turns
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.virtual_card import store
from cardsvc.virtual_reader.stack import PcscStack, free_port
from terminal.readers.pcsc import PcscReader
from terminal.readers.reader import CardIn
from terminal.session import Colour
from tests.support.home import Service
from tests.terminal.rig import Bench, Home
from tests.terminal.way import TAG, before, booked, go

ROW_BYTES = 1_000
ENTERED = {
    Step.STORE: {"tag": TAG, "slot": "A-07"},
    Step.TAKE_OUT: {"tag": TAG, "reason": "preparation", "due": "2026-12-01T01:30:00+00:00"},
}


class Recording(PcscReader):
    """The real reader, which keeps what was said."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.said: list[tuple[bytes, bytes]] = []

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange, and keep both."""
        answer = super().transmit(apdu)
        self.said.append((apdu, answer))
        return answer


def tap(quick: bool) -> list[Figure]:
    """Milliseconds from the card in the field to green, without what a person enters in between."""
    rounds, count = (1, 10) if quick else (5, 60)
    with tempfile.TemporaryDirectory() as name, PcscStack("Bench", free_port()) as stack:
        os.environ["PCSCLITE_CSOCK_NAME"] = stack.socket_path
        folder = Path(name)
        service = Service(f"sqlite:///{folder}/onecard.db")
        home = Home(service, folder / "stations")
        _, card = booked(home)
        go(home, card, *before(Step.STORE))
        station = home.at(StationKind.COLD_STORAGE)
        station.exchange()
        station.close()
        reader = Recording("Bench")
        station.reader = reader  # type: ignore[assignment]
        station.start()
        station.exchange()
        station.act("sign_in", staff_no="1004", pin="10041004")
        card_file, answers = folder / "card.json", folder / "answers.json"
        card_file.write_text(store.dump(card))
        recorded: list[tuple[bytes, bytes]] = []

        def ours() -> float:
            with laid_down(stack.port, "cardsvc", "virtual-card", "insert", str(card_file), "--port", str(stack.port)):
                while not station.loop.session.card_present:
                    station.loop.turn(0.05)
                took = 0.0
                for _ in range(count):
                    del reader.said[:]
                    took += one_tap(station)
                    recorded[:] = reader.said
            gone(reader)
            station.loop.session.card_present = False
            return took / count * 1000

        def bare() -> float:
            answers.write_text(json.dumps([answer.hex() for _, answer in recorded]))
            with laid_down(stack.port, "bench.replaying", str(answers), str(stack.port)):
                while not isinstance(reader.wait(0.05), CardIn):
                    pass
                began = time.perf_counter()
                for _ in range(count):
                    for command, _answer in recorded:
                        reader.transmit(command)
                took = time.perf_counter() - began
            gone(reader)
            return took / count * 1000 + inserts(folder, count)

        ours_ms, bare_ms = in_turns(ours, bare, rounds)
        print(f"  {len(recorded)} exchanges a tap", file=sys.stderr)
        home.close()
        service.close()
        return [Figure("one tap at a station", ours_ms, bare_ms, "ms", 3.0, False)]


def one_tap(station: Bench) -> float:
    """Seconds that the machine needs for a tap: meeting the card, and taking the step once it is confirmed."""
    began = time.perf_counter()
    station.act("cancel")
    took = time.perf_counter() - began
    case = station.loop.session.case
    if case is None:
        raise RuntimeError(f"the card was not met: {station.outcome}")
    step = Step.TAKE_OUT if case.case.stage == "stored" else Step.STORE
    station.act("choose_step", step=step.value)
    station.second(step)
    for field, value in ENTERED[step].items():
        station.act("enter", field=field, value=value)
    began = time.perf_counter()
    station.act("confirm")
    took += time.perf_counter() - began
    if station.outcome is None or station.outcome.colour is not Colour.GO:
        raise RuntimeError(f"the tap was not green: {station.outcome}")
    return took


def inserts(folder: Path, count: int) -> float:
    """Milliseconds of two bare synced inserts."""
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE IF NOT EXISTS bare (seq INTEGER PRIMARY KEY, raw BLOB)")
    began = time.perf_counter()
    for _ in range(2 * count):
        db.execute("INSERT INTO bare (raw) VALUES (?)", (b"\xab" * ROW_BYTES,))
    took = time.perf_counter() - began
    db.close()
    return took / count * 1000


@contextmanager
def laid_down(port: int, module: str, *arguments: str) -> Iterator[None]:
    """A card in the field of the virtual reader, in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def gone(reader: PcscReader) -> None:
    """Wait until the reader has seen the card leave."""
    while reader.wait(0.05) is None:
        pass
