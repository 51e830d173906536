"""The stations' surface: enrolment, and the exchange of signed records (RELIABILITY.md section 3).

The body is read as bytes and validated raw; an answer is signed for the request's nonce; 200 means committed.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI, Header, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from cardsvc.api import bounded, errors, exchange, station_papers
from cardsvc.api.errors import Refused
from cardsvc.api.exchange import Sent
from cardsvc.api.together import Together
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.ids import JournalId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import enrol_station
from cardsvc.store import journals

SYNC = TypeAdapter(wire.SyncRequest)
ENROL = TypeAdapter(wire.EnrolRequest)
PAPER = TypeAdapter(wire.PaperRequest)
MOST_BYTES = 2_000_000
MOST_RECORDS = 200
"""Records of one transaction: two full requests, so that a tap never waits long for the backlog of another station."""
KEYS_KEPT = 1_000
Exchange = Together[Sent, wire.SyncAnswer | Refusal]


def create(context: Context) -> FastAPI:
    """The stations' application."""
    app = FastAPI(title="One Card: stations", version="1")
    errors.install(app)
    together: Exchange = Together(
        lambda stations: exchange.handle(context, stations),
        lambda one: one.journal_id,
        lambda one: max(1, len(one.checked)),
        MOST_RECORDS,
    )

    @lru_cache(KEYS_KEPT)
    def key_of(journal_id: str) -> Ed25519PublicKey:
        """A journal's key, which it has for ever. Raises Refused."""
        with context.engine.connect() as connection:
            journal = journals.journal(connection, context.home_id, journal_id)
        if journal is None:
            raise Refused(Refusal(Problem.STATION_UNKNOWN))
        return Ed25519PublicKey.from_public_bytes(journal.public_key)

    def taken(journal_id: str, signature: str, raw: bytes) -> tuple[bytes, str]:
        """A request's answer and its signature (hex)."""
        key = key_of(journal_id)
        answer = together.answer(_verified(JournalId(journal_id), key, signature, raw, context.clock))
        if isinstance(answer, Refusal):
            raise Refused(answer)
        body = answer.model_dump_json(exclude_none=True).encode()
        return body, context.vault.sign(wire.answer_bytes(answer.nonce, body)).hex()

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
        raw = await bounded.body(request, MOST_BYTES)
        body, seal = await run_in_threadpool(taken, journal_id, signature, raw)
        return Response(body, media_type=wire.MEDIA_TYPE, headers={wire.SIGNATURE_HEADER: seal})

    def printed(journal_id: str, signature: str, raw: bytes) -> tuple[bytes, str]:
        """A paper and the answer's signature (hex)."""
        _signed(key_of(journal_id), signature, raw)
        try:
            asked = PAPER.validate_json(raw)
        except ValidationError as error:
            raise Refused(Refusal(Problem.INPUT_INVALID, _where(error))) from None
        if asked.journal_id != journal_id:
            raise Refused(Refusal(Problem.STATION_UNKNOWN))
        answer = station_papers.answer(context, JournalId(journal_id), asked)
        body = answer.model_dump_json(exclude_none=True).encode()
        return body, context.vault.sign(wire.answer_bytes(answer.nonce, body)).hex()

    @app.post(
        "/paper",
        response_class=Response,
        responses={200: {"content": {wire.MEDIA_TYPE: {}}, "description": "The answer is signed."}},
        openapi_extra={
            "requestBody": {"required": True, "content": {wire.MEDIA_TYPE: {"schema": PAPER.json_schema()}}}
        },
    )
    async def paper(
        request: Request,
        journal_id: Annotated[str, Header(alias=wire.JOURNAL_HEADER)] = "",
        signature: Annotated[str, Header(alias=wire.SIGNATURE_HEADER)] = "",
    ) -> Response:
        """The paper that a record of this journal asked for, as PDF."""
        raw = await bounded.body(request, MOST_BYTES)
        body, seal = await run_in_threadpool(printed, journal_id, signature, raw)
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
        raw = await bounded.body(request, MOST_BYTES)
        answer = await run_in_threadpool(_enrol, context, raw)
        return Response(answer.model_dump_json(), media_type="application/json")

    return app


def _signed(key: Ed25519PublicKey, signature: str, raw: bytes) -> None:
    """The request is the station's own. Raises Refused."""
    try:
        key.verify(bytes.fromhex(signature), wire.request_bytes(raw))
    except (InvalidSignature, ValueError):
        raise Refused(Refusal(Problem.SIGNATURE_WRONG)) from None


def _verified(
    journal_id: JournalId, key: Ed25519PublicKey, signature: str, raw: bytes, clock: Callable[[], datetime]
) -> Sent:
    """What a station sends, its signatures verified. Raises Refused."""
    _signed(key, signature, raw)
    try:
        ask = SYNC.validate_json(raw)
    except ValidationError as error:
        raise Refused(Refusal(Problem.INPUT_INVALID, _where(error))) from None
    if ask.hello.journal_id != journal_id:
        raise Refused(Refusal(Problem.STATION_UNKNOWN))
    return exchange.sent(journal_id, key, ask, clock())


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


def _where(error: ValidationError) -> str:
    """Which fields are wrong; never what stood in them."""
    return "; ".join(".".join(str(part) for part in one["loc"]) for one in error.errors(include_input=False)[:20])
