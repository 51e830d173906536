"""An application of ours on a port of this machine, for tests with a browser."""

import threading
import time
from typing import Any

import uvicorn

from cardsvc.virtual_reader.stack import free_port
from tests.support.process import answers


class Served:
    """Serves `app` from a thread until `close`."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self.port = port or free_port()
        config = uvicorn.Config(app, port=self.port, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not answers(self.address):
            assert time.monotonic() < end, "it did not answer"
            time.sleep(0.02)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
