"""Routes of the console that are worked out when somebody first asks for them.

To read two hundred pages' functions for what they ask of a form took half a second of each start.
"""

from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send


class LateRoute(APIRoute):
    """A page's route. Until it is read it has what finds it: path, methods and name."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        self._how: dict[str, Any] | None = how
        self.path, self.endpoint = path, endpoint
        self.name = how["name"] or endpoint.__name__
        self.include_in_schema = how["include_in_schema"]
        self.methods = {one.upper() for one in how["methods"]}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)

    def read(self) -> None:
        """Learn what the function asks for, unless that is known. Raises FastAPIError for what no form can send."""
        if self._how is not None:
            super().__init__(self.path, self.endpoint, **self._how)
            self._how = None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self.read()
        await super().handle(scope, receive, send)
