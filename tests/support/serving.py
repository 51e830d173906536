"""An application of ours on a port of this machine, for tests with a browser."""

import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from cardsvc.virtual_reader.stack import free_port
from tests.support.process import answers


class Served:
    """Serves `app` from a thread until `close`."""

    def __init__(self, app: Any, port: int = 0, certificate: tuple[Path, Path] | None = None) -> None:
        self.port, self._scheme = port or free_port(), "https" if certificate is not None else "http"
        config = uvicorn.Config(app, port=self.port, log_level="error", timeout_graceful_shutdown=1)
        if certificate is not None:
            config.ssl_certfile, config.ssl_keyfile = certificate
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not (self._server.started if self._scheme == "https" else answers(self.address)):
            assert time.monotonic() < end, "it did not answer"
            time.sleep(0.02)

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
