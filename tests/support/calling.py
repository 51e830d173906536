"""Requests to an application in this process: one event loop serves them all, as a server's does."""

import threading
from functools import cache
from queue import Queue
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal
from starlette.testclient import TestClient
from starlette.types import ASGIApp


def caller(app: ASGIApp, **how: Any) -> TestClient:
    """A client of `app`; a fault of the application is its answer of 500. By itself each request began a loop anew."""
    client = TestClient(app, raise_server_exceptions=False, **how)
    client.portal = _portal()
    return client


@cache
def _portal() -> BlockingPortal:
    opened = Queue[BlockingPortal](1)

    async def serve() -> None:
        async with BlockingPortal() as portal:
            opened.put(portal)
            await portal.sleep_until_stopped()

    threading.Thread(target=anyio.run, args=(serve,), daemon=True, name="requests").start()
    return opened.get(timeout=60)
