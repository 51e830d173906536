"""A cable between a station and its service that can be pulled: a TCP line through this process."""

import socket
import threading
from contextlib import suppress


class Cable:
    """Listens on a port of its own and carries bytes to `target` while it is plugged in."""

    def __init__(self, target: int) -> None:
        self._target, self._plugged = target, True
        self._lines: set[socket.socket] = set()
        self._joining = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        """Cut every line, and take no new one."""
        with self._joining:
            self._plugged = False
            for line in list(self._lines):
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def plug_in(self) -> None:
        self._plugged = True

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            with self._joining:
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        """A new line to the target; where the cable is out or nobody is there, none."""
        far = None
        if self._plugged:
            with suppress(OSError):
                far = socket.create_connection(("127.0.0.1", self._target))
        if far is None:
            near.close()
            return
        self._lines |= {near, far}
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        for line in (one, other):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            self._lines.discard(line)

    def close(self) -> None:
        self.pull()
        self._server.close()
