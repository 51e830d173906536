"""Parties outside, as strict as real ones: a gateway with phones behind it, the city's receiver, a payer's office.

Each keeps what it was sent, knows a repeat by its idempotency key, and misbehaves on demand (`/mischief`).
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from pydantic import TypeAdapter, ValidationError

from cardsvc.core.local_time import local
from cardsvc.core.outgoing import KEY_HEADER, SIGNATURE_HEADER, Answer, Text, genuine, signature
from cardsvc.core.statements import Statement
from cardsvc.core.statutory import Report

PAGES = Path(__file__).parent / "outside_pages"
TEXT, REPORT, STATEMENT = TypeAdapter(Text), TypeAdapter(Report), TypeAdapter(Statement)
HEADERS = {"content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'"}


class Mischief(StrEnum):
    """How a receiver misbehaves until it is told to behave."""

    NONE = "none"
    DOWN = "down"  # 503, and nothing is taken
    SLOW = "slow"  # takes it, but answers after a long while
    DRIP = "drip"  # takes it, and answers byte by byte without end
    GARBAGE = "garbage"  # the page of somebody's free network
    HUGE = "huge"  # an answer without end
    UNSIGNED = "unsigned"  # the right answer, signed by nobody
    ANOTHER = "another"  # a signed answer about another message
    LOST = "lost"  # takes it, but the answer is lost
    TWICE = "twice"  # the answer stands there two times
    FORGETS = "forgets"  # takes it, and asks for it again
    REFUSES = "refuses"  # signed: not that one


@dataclass
class Received:
    """A message as it arrived first, and how often."""

    key: str
    at: datetime
    body: bytes
    times: int = 1


@dataclass
class Outside:
    """A receiver: what it checks, what it has, how it behaves."""

    secret: bytes
    clock: Callable[[], datetime]
    adapter: TypeAdapter[Text] | TypeAdapter[Report] | TypeAdapter[Statement]
    page: str
    mischief: Mischief = Mischief.NONE
    slow_s: float = 60.0
    received: dict[str, Received] = field(default_factory=dict)

    def take(self, key: str, given: str, body: bytes) -> Answer | int:
        """Take a message: an answer, or an HTTP status for what nobody who has the secret would send."""
        if not genuine(self.secret, key, body, given):
            return 401
        try:
            self.adapter.validate_json(body)
        except ValidationError:
            return 422
        known = self.received.get(key)
        if known is None:
            self.received[key] = Received(key, self.clock(), body)
            return Answer(id=key, state="taken")
        known.times += 1
        same = hashlib.sha256(known.body).digest() == hashlib.sha256(body).digest()
        return Answer(id=key, state="already" if same else "refused")


def gateway(secret: bytes, clock: Callable[[], datetime]) -> Outside:
    """The message gateway and the phones behind it."""
    return Outside(secret, clock, TEXT, "phones")


def city(secret: bytes, clock: Callable[[], datetime]) -> Outside:
    """The city's receiver of statutory reports."""
    return Outside(secret, clock, REPORT, "city")


def payer(secret: bytes, clock: Callable[[], datetime]) -> Outside:
    """The office of a payer that takes statements: one that does not add up is not taken."""
    return Outside(secret, clock, STATEMENT, "payer")


def certificate(folder: Path, now: datetime) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key: made where they are not there yet."""
    certificate_file, key_file = folder / "city.pem", folder / "city.key"
    if certificate_file.exists():
        return certificate_file, key_file
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "One Card demo city")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate_file.write_bytes(made.public_bytes(Encoding.PEM))
    return certificate_file, key_file


def create(outside: Outside) -> FastAPI:
    """The receiver as an application: it is posted to at `/send`, and shows what it has at `/`."""
    app = FastAPI(title="One Card demo: outside", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), trim_blocks=True)
    pages.filters["when"] = lambda at: local(at).strftime("%m-%d %H:%M")

    @app.get("/")
    def shown() -> Response:
        messages = [json.loads(one.body) | {"at": one.at, "times": one.times} for one in outside.received.values()]
        page = pages.get_template(f"{outside.page}.html")
        html = page.render(messages=messages[::-1], mischief=outside.mischief, ways=list(Mischief))
        return Response(html, media_type="text/html", headers=HEADERS)

    @app.get("/outside.css")
    def style() -> Response:
        return Response((PAGES / "outside.css").read_text(encoding="utf-8"), media_type="text/css")

    @app.post("/mischief")
    async def misbehave(request: Request) -> Response:
        outside.mischief = Mischief(str((await request.form()).get("way", "none")))
        return RedirectResponse("/", 303)

    @app.post("/send")
    async def send(request: Request) -> Response:
        body, key = await request.body(), request.headers.get(KEY_HEADER, "")
        if outside.mischief is Mischief.DOWN:
            return Response(status_code=503)
        if outside.mischief is Mischief.REFUSES:
            return _signed(outside, Answer(id=key, state="refused"))
        answer = outside.take(key, request.headers.get(SIGNATURE_HEADER, ""), body)
        if isinstance(answer, int):
            return Response(status_code=answer)
        return await _said(outside, answer)

    return app


async def _said(outside: Outside, answer: Answer) -> Response:
    """The answer as the receiver gives it today."""
    match outside.mischief:
        case Mischief.SLOW:
            await asyncio.sleep(outside.slow_s)
        case Mischief.DRIP:
            return StreamingResponse(_drip(b" ", 0.05))
        case Mischief.HUGE:
            return StreamingResponse(_drip(b"x" * 65_536, 0))
        case Mischief.GARBAGE:
            return Response("<h1>Welcome to the free network</h1>", media_type="text/html")
        case Mischief.UNSIGNED:
            return Response(answer.model_dump_json())
        case Mischief.ANOTHER:
            return _signed(outside, Answer(id="WZ-0-0", state="taken"), answer.id)
        case Mischief.LOST:
            return Response(status_code=500)
        case Mischief.TWICE:
            return _signed(outside, answer, twice=True)
        case Mischief.FORGETS:
            outside.received.pop(answer.id)
            return Response(status_code=425)
        case _:
            pass
    return _signed(outside, answer)


def _signed(outside: Outside, answer: Answer, key: str = "", *, twice: bool = False) -> Response:
    body = answer.model_dump_json().encode() * (2 if twice else 1)
    signed = signature(outside.secret, key or answer.id, body)
    status = 409 if answer.state == "refused" else 200
    return Response(body, status, headers={SIGNATURE_HEADER: signed}, media_type="application/json")


async def _drip(piece: bytes, wait_s: float) -> AsyncIterator[bytes]:
    for _ in range(10_000):
        yield piece
        await asyncio.sleep(wait_s)
