"""A whole home on this machine: the service and nine stations as processes of their own, each with its reader."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.problems import Refusal
from cardsvc.demo.hands import Hands
from cardsvc.demo.home import APPROVERS
from cardsvc.handlers import enrol_station
from cardsvc.handlers.found_home import STATIONS
from cardsvc.virtual_reader.stack import PcscStack, free_port
from terminal import identity

START_S = 60.0


class DidNotStart(Exception):
    """A process of the home ended or did not answer; the message has the end of its log."""


@dataclass(slots=True)
class Process:
    """A program of ours whose output goes to a log."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; Ctrl-C in our terminal reaches only us, so that we end them in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},  # noqa: TID251 - handed on, not read
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait_for(self, url: str) -> None:
        """Wait until it answers. Raises DidNotStart."""
        end = time.monotonic() + START_S  # noqa: TID251 - waiting for a process
        with httpx2.Client(timeout=2) as client:  # one for all asking: it reads the machine's certificates
            while not _answers(client, url):
                ended = self.running is None or self.running.poll() is not None
                if ended or time.monotonic() > end:  # noqa: TID251
                    tail = self.log.read_text(errors="replace")[-800:] if self.log.exists() else ""
                    raise DidNotStart(f"{self.name} did not answer at {url}\n{tail}")
                time.sleep(0.05)

    def interrupt(self) -> None:
        """Ask it to end, as Ctrl-C does."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """Ask it to end and wait for it; after ten seconds without mercy."""
        self.interrupt()
        self.ended()

    def ended(self) -> None:
        """Wait until it has ended, as it was asked to; after ten seconds without mercy."""
        if self.running is None:
            return
        try:
            self.running.wait(10)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()


@dataclass(slots=True)
class StationAt:
    """One station of the home: its touch page's port, and the port on which cards are laid down."""

    kind: StationKind
    folder: Path
    page_port: int
    card_port: int
    process: Process
    stack: PcscStack | None

    @property
    def page(self) -> str:
        """The address of its touch page."""
        return f"http://127.0.0.1:{self.page_port}/"


class RunningHome:
    """Starts and stops them all; stations keep their folders, so a second start goes on where the first ended."""

    def __init__(
        self,
        folder: Path,
        context: Context,
        service_environment: Mapping[str, str],
        service_port: int,
        *,
        real_readers: bool,
        page_port: Callable[[int], int] = lambda number: free_port(),
        way_to_service: Callable[[StationKind, str], str] = lambda kind, address: address,
    ) -> None:
        self.folder, self.context = folder, context
        self.address = f"http://127.0.0.1:{service_port}"
        self._real, self._page_port, self._way = real_readers, page_port, way_to_service
        command = [sys.executable, "-m", "cardsvc", "serve", "--port", str(service_port)]
        self.service = Process("service", command, dict(service_environment), folder / "logs" / "service.log")
        self.stations: dict[StationKind, StationAt] = {}

    def start(self) -> None:
        """Service first, then nine stations at once. Raises DidNotStart or StackMissing."""
        self.service.start()
        self.service.wait_for(f"{self.address}/health")
        for station_id, kind, number in STATIONS:
            folder = self.folder / "stations" / kind.value
            if not (folder / "station.json").exists():
                code = enrol_station.make_code(self.context, station_id, kind, number)
                with httpx2.Client(base_url=self.address, timeout=10) as client:
                    enrolled = identity.enrol(folder, client, code)
                approved = enrol_station.approve(self.context, enrolled.journal_id, *APPROVERS)
                if isinstance(approved, Refusal):
                    raise DidNotStart(f"{station_id} was not approved: {approved.problem}")
            self.stations[kind] = self._station(kind, number, folder)
        for station in self.stations.values():
            station.process.start()
        for station in self.stations.values():
            station.process.wait_for(f"{station.page}state")

    def _station(self, kind: StationKind, number: int, folder: Path) -> StationAt:
        page_port, card_port = self._page_port(number), free_port()
        stack = PcscStack(f"One Card {kind.value}", card_port) if self._real else None
        reader = f"One Card {kind.value}" if stack is not None else f"soft:{card_port}"
        command = [sys.executable, "-m", "terminal", "run", "--service", self._way(kind, self.address)]
        command += ["--folder", str(folder), "--reader", reader, "--port", str(page_port)]
        environment = {"PCSCLITE_CSOCK_NAME": stack.socket_path} if stack is not None else {}
        process = Process(kind.value, command, environment, self.folder / "logs" / f"{kind.value}.log")
        return StationAt(kind, folder, page_port, card_port, process, stack)

    def hands(self, kind: StationKind) -> Hands:
        """Hands at one station."""
        return Hands(kind, self.stations[kind].page_port)

    def stop(self) -> None:
        """Stations first, so that their last records still reach the service."""
        for station in self.stations.values():
            station.process.interrupt()
        for station in self.stations.values():
            station.process.ended()
        self.service.stop()
        for station in self.stations.values():
            if station.stack is not None:
                station.stack.close()


def _answers(client: httpx2.Client, url: str) -> bool:
    try:
        return client.get(url).status_code < 500
    except httpx2.HTTPError:
        return False
