"""An application of ours on a port of this machine, for tests with a browser."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from cardsvc.virtual_reader.stack import free_port


class Served:
    """Serves `app` from a thread until `close`."""

    def __init__(self, app: Any, port: int = 0, certificate: tuple[Path, Path] | None = None) -> None:
        listening = _listening(port)
        self.port, self._scheme = listening.getsockname()[1], "https" if certificate is not None else "http"
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        if certificate is not None:
            config.ssl_certfile, config.ssl_keyfile = certificate
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()
        end = time.monotonic() + 60
        while not self._server.started:
            assert self._thread.is_alive() and time.monotonic() < end, "it did not start"
            time.sleep(0.02)

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(60)


def _listening(port: int) -> socket.socket:
    """A socket that is ours from now on: a port that is only looked for may be another process's in a moment."""
    while True:
        try:
            return socket.create_server(("127.0.0.1", port or free_port()), backlog=2048)
        except OSError:
            if port:
                raise
