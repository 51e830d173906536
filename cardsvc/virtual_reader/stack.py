"""A private PC/SC daemon with one virtual reader, so that nine stations do not share a fate (CARD.md section 6)."""

import os
import secrets  # noqa: TID251 - a port to listen on, nothing that is decided
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DRIVERS = ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so", "/usr/lib/*/libifdvpcd.so")
START_S = 60.0
FREE_PORTS = range(20_000, 32_768, 2)
"""Even ones: a virtual reader has a second slot, which listens on the port above."""
GIVEN = set[int]()


class StackMissing(Exception):
    """PC/SC with virtual readers is not to be had here; the message says why and what to do."""


def missing() -> str | None:
    """Why private daemons cannot be started here; None when they can."""
    if os.geteuid() != 0:
        return "private PC/SC daemons need root"
    if shutil.which("pcscd") is None or shutil.which("unshare") is None:
        return "pcscd is not installed: apt-get install pcscd vsmartcard-vpcd"
    return None if driver() else "the virtual reader is not installed: apt-get install vsmartcard-vpcd"


def driver() -> Path | None:
    """The virtual reader's driver."""
    for pattern in DRIVERS:
        found = sorted(Path("/").glob(pattern.lstrip("/")))
        if found:
            return found[0]
    return None


class PcscStack:
    """One pcscd with one virtual reader listening on `port`; a context manager.

    Raises StackMissing when it cannot be had.
    """

    def __init__(self, name: str, port: int) -> None:
        why = missing()
        if why is not None:
            raise StackMissing(why)
        self.name, self.port = name, port
        self._folder = Path(tempfile.mkdtemp(prefix="pcsc-"))
        self._run, self._conf = self._folder / "run", self._folder / "conf"
        self._run.mkdir()
        self._conf.mkdir()
        (self._conf / "reader").write_text(
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:0x{port:04X}\nLIBPATH {driver()}\nCHANNELID 0x{port:04X}\n'
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def socket_path(self) -> str:
        """What a client sets as PCSCLITE_CSOCK_NAME."""
        return str(self._run / "pcscd.comm")

    def start(self) -> None:
        """Start the daemon, and wait until it listens."""
        (self._run / "pcscd.comm").unlink(missing_ok=True)
        (self._run / "pcscd.pid").unlink(missing_ok=True)
        # In a chroot / is no mount point, so unshare itself cannot make it private; /run then must be one.
        script = (
            "{ mount --make-rprivate / 2>/dev/null || mount --make-rprivate /run; } && mkdir -p /run/pcscd &&"
            ' mount --bind "$1" /run/pcscd && exec pcscd -f -c "$2"'
        )
        private = ["unshare", "-m", "--propagation", "unchanged", "bash", "-c", script]
        log = (self._folder / "pcscd.log").open("ab")
        self._process = subprocess.Popen([*private, "pcsc", str(self._run), str(self._conf)], stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + START_S  # noqa: TID251 - waiting for a process, not deciding anything
        while not self._listening():
            if self._process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                tail = (self._folder / "pcscd.log").read_text()[-300:]
                self.close()
                raise StackMissing(f"pcscd did not start: {tail}")
            time.sleep(0.02)

    def _listening(self) -> bool:
        if not Path(self.socket_path).exists():
            return False
        tables = "".join(Path("/proc/net", name).read_text() for name in ("tcp", "tcp6"))
        rows = [line.split() for line in tables.splitlines()]
        return any(row[3] == "0A" and row[1].endswith(f":{self.port:04X}") for row in rows)

    def kill(self) -> None:
        """Kill the daemon as a crash would."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """Stop it: it hangs and says nothing."""
        self._signal(signal.SIGSTOP)

    def cont(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def close(self) -> None:
        """End the daemon and remove its folder."""
        self.cont()
        self._signal(signal.SIGTERM)
        if self._process is not None:
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "PcscStack":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def free_port() -> int:
    """A TCP port that nobody listens on now, nor on the one above.

    It lies below the ports that the system gives to outgoing connections, so that none of those takes it between this
    answer and the listening; nor is it given by this process a second time, but after a long while.
    """
    if len(GIVEN) > len(FREE_PORTS) // 2:
        GIVEN.clear()
    while True:
        port = FREE_PORTS[secrets.randbelow(len(FREE_PORTS))]
        if port in GIVEN:
            continue
        with socket.socket() as probe, socket.socket() as above:
            try:
                probe.bind(("", port))
                above.bind(("", port + 1))
            except OSError:
                continue
        GIVEN.add(port)
        return port
