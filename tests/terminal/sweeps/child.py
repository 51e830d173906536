"""A station in a process of its own, forked from a clean one: a tap, and a report of what was shown."""

import os
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx2

from cardsvc.core import profiles as profile_package
from cardsvc.core import stations as station_package
from cardsvc.core.card.profile import CardProfile
from cardsvc.core.plug import discover
from cardsvc.core.station import Station
from terminal import identity as station_identity
from terminal.journal import Journal, JournalBroken
from terminal.local import LocalSnapshot, SnapshotNotKept
from terminal.readers.listening import ListeningReader
from terminal.session import Colour, Phase
from terminal.settings import SystemClocks, chance
from terminal.station import StationLoop
from terminal.uplink import LinkDown, Uplink

SEEN_WITHIN_S = 60.0


def tap(report: Connection, folder: str, service: str, port: int, presses: list[tuple[str, dict[str, Any]]]) -> None:
    """Run the station's own loop as `terminal run` does; say ``ready``, wait for ``go``, press, say the colour."""
    identity = station_identity.load(Path(folder))
    journal = Journal(Path(folder) / "journal.db", identity.journal_id, identity.signing, allow_memory=True)
    local = LocalSnapshot(Path(folder) / "snapshot.db")
    reader = ListeningReader(port)
    clocks = SystemClocks()
    with httpx2.Client(base_url=service, timeout=60) as client:
        uplink = Uplink(identity, journal, local, client, clocks, chance)
        profiles = discover(profile_package, "PROFILE", CardProfile)
        station = discover(station_package, "STATION", Station)[identity.here.kind.value]
        loop = StationLoop(identity, station, profiles, reader, journal, local, uplink, clocks, chance)
        uplink.exchange()
        report.send(os.getpid())
        report.recv()
        _press(loop, *presses[0])
        end = time.monotonic() + SEEN_WITHIN_S
        while loop.session.phase is not Phase.CASE and loop.session.outcome is None and time.monotonic() < end:
            loop.turn(0.01)
        for name, what in presses[1:]:
            _press(loop, name, what)
        outcome = loop.session.outcome
        if outcome is not None and outcome.colour is Colour.GO:
            report.send(("green", journal.head[0]))
        try:
            while uplink.exchange():
                pass
        except (LinkDown, JournalBroken, SnapshotNotKept):
            report.send(("broken", journal.head[0]))
    os._exit(0)


def _press(loop: StationLoop, name: str, what: dict[str, Any]) -> None:
    """Press as the touch page does; the loop takes it at its next turn."""
    loop._acts.put((name, what, threading.Event()))
    loop.turn(0)
