"""The body of a request, never more of it than is allowed."""

from starlette.requests import ClientDisconnect, Request

from cardsvc.api.errors import Refused
from cardsvc.core.problems import Problem, Refusal


async def body(request: Request, most: int) -> bytes:
    """The body, at most so many bytes. Raises Refused when there are more, or when the other side hung up."""
    gathered = b""
    try:
        async for piece in request.stream():
            gathered += piece
            if len(gathered) > most:
                raise Refused(Refusal(Problem.INPUT_INVALID, "too large"))
    except ClientDisconnect:
        raise Refused(Refusal(Problem.INPUT_INVALID, "hung up")) from None
    return gathered
