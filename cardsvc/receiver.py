"""A party outside that is asked over the network: one signed question, one answer, no longer than our patience.

What it says is not believed here: whoever asks checks the signature (core.outgoing, core.provider).
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

from cardsvc.core.outgoing import KEY_HEADER, MOST_BYTES, SIGNATURE_HEADER, SendError, signature

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Receiver:
    """A party outside: where it is, and the secret that we share with it."""

    url: str
    secret: bytes
    client: httpx2.Client
    patience: timedelta = timedelta(seconds=PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, believed by nobody yet."""

    status: int
    body: bytes
    signature: str


def receiver(url: str, secret: bytes, authority: Path | None = None, patience_s: float = PATIENCE_S) -> Receiver:
    """A receiver that is asked over the network; `authority` is the PEM file that its certificate is checked with."""
    verify = ssl.create_default_context(cafile=str(authority)) if authority is not None else True
    client = httpx2.Client(verify=verify, timeout=patience_s, follow_redirects=False)
    return Receiver(url, secret, client, timedelta(seconds=patience_s))


def exchange(
    to: Receiver, path: str, key: str, body: bytes, clock: Callable[[], datetime], most: int = MOST_BYTES
) -> Heard | SendError:
    """Post `body`, signed, to the receiver's address with `path` behind it; what it answered, or why it did not.

    An answer of more than `most` bytes is garbage.
    """
    headers = {KEY_HEADER: key, SIGNATURE_HEADER: signature(to.secret, key, body), "content-type": "application/json"}
    until, answer = clock() + to.patience, b""
    try:
        with to.client.stream("POST", f"{to.url}{path}", content=body, headers=headers) as response:
            for piece in response.iter_bytes():
                answer += piece
                if len(answer) > most:
                    return SendError.GARBAGE
                if clock() > until:
                    return SendError.SLOW
            return Heard(response.status_code, answer, response.headers.get(SIGNATURE_HEADER, ""))
    except httpx2.TimeoutException:
        return SendError.SLOW
    except httpx2.DecodingError:
        return SendError.GARBAGE
    except httpx2.HTTPError:
        return SendError.DOWN
