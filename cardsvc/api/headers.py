"""Headers that every answer of a surface carries."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class AlwaysHeaders:
    """ASGI middleware: adds headers to each response as it starts, at no other cost."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        self._names = {name for name, _ in self._raw}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name not in self._names]
                message["headers"] = [*kept, *self._raw]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
