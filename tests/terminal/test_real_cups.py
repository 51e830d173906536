"""The receipt printer behind a real CUPS: its scheduler, its programs, and a printer that is a port of this machine."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsvc.core.problems import Problem
from cardsvc.virtual_reader.stack import free_port
from terminal.printing import ReceiptPrinter
from tests.support.process import Programs
from tests.support.waiting import until

pytestmark = [pytest.mark.cups, pytest.mark.night]
NAME = "till"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 300
OPEN_TO_ALL = """Listen {socket}
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FOLDERS = ("CacheDir", "DataDir", "DocumentRoot", "RequestRoot", "ServerRoot", "StateDir", "TempDir")
OF_THE_SYSTEM = {"DataDir": "/usr/share/cups", "DocumentRoot": "/usr/share/cups/doc-root"}


class Paper:
    """A printer at a port, as network printers are: what it is sent lies in `sheets`; `off`, nobody is there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sheets: list[bytes] = []
        self._server: socket.socket | None = None

    def on(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._server,), daemon=True).start()

    def off(self) -> None:
        if self._server is not None:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            sent = b""
            while piece := line.recv(65_536):
                sent += piece
            self.sheets.append(sent)
            line.close()


@pytest.fixture
def paper() -> Iterator[Paper]:
    made = Paper(free_port())
    yield made
    made.off()


@pytest.fixture
def cups(tmp_path: Path, programs: Programs, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A scheduler of this test with one queue to the paper."""
    where = {name: Path(OF_THE_SYSTEM.get(name, tmp_path / name)) for name in FOLDERS}
    for folder in where.values():
        folder.mkdir(exist_ok=True)
    tmp_path.chmod(0o755)  # what speaks to printers runs as another user
    line = Path(f"/tmp/cups-{os.getpid()}-{tmp_path.name}")  # an address of a socket is short
    (tmp_path / "cupsd.conf").write_text(OPEN_TO_ALL.format(socket=line))
    logs = "".join(f"{name}Log {tmp_path / name}\n" for name in ("Access", "Error", "Page"))
    (tmp_path / "cups-files.conf").write_text("".join(f"{name} {path}\n" for name, path in where.items()) + logs)
    files = ("-c", str(tmp_path / "cupsd.conf"), "-s", str(tmp_path / "cups-files.conf"))
    scheduler = programs.start("cupsd", "/usr/sbin/cupsd", "-f", *files)
    monkeypatch.setenv("CUPS_SERVER", str(line))
    until(line.exists)
    command("lpadmin", "-p", NAME, "-E", "-v", f"socket://127.0.0.1:{paper.port}", "-m", "raw")
    yield
    scheduler.stop()
    line.unlink(missing_ok=True)


def command(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout


def test_a_receipt_is_sent_when_it_has_left_for_the_printer(cups: None, paper: Paper) -> None:
    paper.on()

    assert ReceiptPrinter(NAME, within_s=60).send(PDF, "invoice FP-000001") is None

    until(lambda: paper.sheets == [PDF])


@pytest.mark.parametrize("why", ["off", "paused"])
def test_what_cups_has_taken_and_nobody_has_printed_is_called_back(cups: None, paper: Paper, why: str) -> None:
    if why == "paused":
        paper.on()
        command("cupsdisable", NAME)

    refusal = ReceiptPrinter(NAME, within_s=3).send(PDF, "invoice FP-000001")

    assert refusal is not None and refusal.problem is Problem.PRINTER_WAITS
    paper.on() if why == "off" else command("cupsenable", NAME)
    assert ReceiptPrinter(NAME, within_s=60).send(b"%PDF again", "invoice FP-000001") is None
    until(lambda: b"%PDF again" in paper.sheets)
    assert paper.sheets == [b"%PDF again"], "nothing came out by itself"


def test_a_printer_that_comes_back_in_time_prints_it(cups: None, paper: Paper) -> None:
    command("cupsdisable", NAME)
    paper.on()
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.append(ReceiptPrinter(NAME, within_s=60).send(PDF, "invoice")))
    thread.start()
    until(lambda: NAME in command("lpstat", "-W", "not-completed", "-o", NAME))
    time.sleep(0.5)
    assert told == []

    command("cupsenable", NAME)
    thread.join(60)

    assert told == [None] and paper.sheets == [PDF]


def test_a_queue_that_takes_nothing_and_one_that_is_not_there_say_so(cups: None) -> None:
    command("cupsreject", NAME)
    for name in (NAME, "nobody"):
        refusal = ReceiptPrinter(name).send(PDF, "invoice FP-000001")
        assert refusal is not None and refusal.problem is Problem.PRINTER_REFUSED and refusal.detail
