"""The stations' surface: enrolment, and the exchange of signed records (RELIABILITY.md section 3).

The body is read as bytes and validated raw; an answer is signed for the request's nonce; 200 means committed.
"""

from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Header, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request

from cardsvc.api import errors, exchange
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import enrol_station
from cardsvc.store import journals

SYNC = TypeAdapter(wire.SyncRequest)
ENROL = TypeAdapter(wire.EnrolRequest)
MOST_BYTES = 2_000_000


def create(context: Context) -> FastAPI:
    """The stations' application."""
    app = FastAPI(title="One Card: stations", version="1")
    errors.install(app)

    @app.post(
        "/sync",
        response_class=Response,
        responses={200: {"content": {wire.MEDIA_TYPE: {}}, "description": "Committed; the answer is signed."}},
        openapi_extra={"requestBody": {"required": True, "content": {wire.MEDIA_TYPE: {"schema": SYNC.json_schema()}}}},
    )
    async def sync(
        request: Request,
        journal_id: Annotated[str, Header(alias=wire.JOURNAL_HEADER)] = "",
        signature: Annotated[str, Header(alias=wire.SIGNATURE_HEADER)] = "",
    ) -> Response:
        """Take a station's records and answer with results, a checkpoint and news."""
        raw = await _bounded(request)
        body, nonce = await run_in_threadpool(_sync, context, journal_id, signature, raw)
        seal = context.vault.sign(wire.answer_bytes(nonce, body)).hex()
        return Response(body, media_type=wire.MEDIA_TYPE, headers={wire.SIGNATURE_HEADER: seal})

    @app.post(
        "/enrol",
        response_model=wire.EnrolAnswer,
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": ENROL.json_schema()}}}
        },
    )
    async def enrol(request: Request) -> Response:
        """Exchange a one-time code for a journal."""
        raw = await _bounded(request)
        answer = await run_in_threadpool(_enrol, context, raw)
        return Response(answer.model_dump_json(), media_type="application/json")

    return app


def _sync(context: Context, journal_id: str, signature: str, raw: bytes) -> tuple[bytes, str]:
    with context.engine.connect() as connection:
        journal = journals.journal(connection, context.home_id, journal_id)
    if journal is None:
        raise Refused(Refusal(Problem.STATION_UNKNOWN))
    try:
        key = Ed25519PublicKey.from_public_bytes(journal.public_key)
        key.verify(bytes.fromhex(signature), wire.request_bytes(raw))
    except (InvalidSignature, ValueError):
        raise Refused(Refusal(Problem.SIGNATURE_WRONG)) from None
    try:
        ask = SYNC.validate_json(raw)
    except ValidationError as error:
        raise Refused(Refusal(Problem.INPUT_INVALID, _where(error))) from None
    if ask.hello.journal_id != journal_id:
        raise Refused(Refusal(Problem.STATION_UNKNOWN))
    answer = exchange.handle(context, journal, ask, context.clock())
    return answer.model_dump_json(exclude_none=True).encode(), ask.nonce


def _enrol(context: Context, raw: bytes) -> wire.EnrolAnswer:
    try:
        ask = ENROL.validate_json(raw)
        Ed25519PublicKey.from_public_bytes(ask.public_key)
    except ValidationError as error:
        raise Refused(Refusal(Problem.INPUT_INVALID, _where(error))) from None
    except ValueError:
        raise Refused(Refusal(Problem.INPUT_INVALID, "public_key")) from None
    if len(ask.sealing_key) != 32:
        raise Refused(Refusal(Problem.INPUT_INVALID, "sealing_key"))
    answer = enrol_station.handle(context, ask, context.clock())
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


async def _bounded(request: Request) -> bytes:
    """The body, at most 2 MB."""
    gathered = b""
    try:
        async for piece in request.stream():
            gathered += piece
            if len(gathered) > MOST_BYTES:
                raise Refused(Refusal(Problem.INPUT_INVALID, "too large"))
    except ClientDisconnect:
        raise Refused(Refusal(Problem.INPUT_INVALID, "hung up")) from None
    return gathered


def _where(error: ValidationError) -> str:
    """Which fields are wrong; never what stood in them."""
    return "; ".join(".".join(str(part) for part in one["loc"]) for one in error.errors(include_input=False)[:20])
