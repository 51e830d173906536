"""The payment provider's surface: its notices, signed with the secret that we share.

A notice is a hint. What it says is asked back at the provider's own address, and only that answer is posted; so neither
a notice that is forged, late, doubled or about another order, nor one that never comes, moves money.
"""

import logging

from fastapi import FastAPI, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from cardsvc.api import bounded, errors, paying
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.outgoing import KEY_HEADER, MOST_BYTES, SIGNATURE_HEADER, Answer, genuine, signature
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.provider import Notice, Question, notice_of
from cardsvc.receiver import Receiver
from cardsvc.store import payments

LOG = logging.getLogger("cardsvc.pay")


def create(context: Context, provider: Receiver) -> FastAPI:
    """The provider's application."""
    app = FastAPI(title="One Card: payments", version="1")
    errors.install(app)

    @app.post(
        "/notice",
        response_model=Answer,
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": Notice.model_json_schema()}}}
        },
    )
    async def notice(request: Request) -> Response:
        """Take a notice: 200 when its payment is known, 409 when we never asked for it, 503 to be told again."""
        raw = await bounded.body(request, MOST_BYTES)
        key, given = request.headers.get(KEY_HEADER, ""), request.headers.get(SIGNATURE_HEADER, "")
        if not genuine(provider.secret, key, raw, given):
            LOG.warning("a notice was not signed by the provider")
            raise Refused(Refusal(Problem.SIGNATURE_WRONG))
        told = notice_of(key, raw)
        if told is None:
            raise Refused(Refusal(Problem.INPUT_INVALID))
        answer = await run_in_threadpool(_heard, context, told)
        if answer is None:
            return Response(status_code=503)
        body = answer.model_dump_json().encode()
        status = 409 if answer.state == "refused" else 200
        sealed = {SIGNATURE_HEADER: signature(provider.secret, key, body)}
        return Response(body, status, headers=sealed, media_type="application/json")

    return app


def _heard(context: Context, told: Notice) -> Answer | None:
    """What is answered to a notice; None when the provider did not confirm it to our own question."""
    order = paying.current(context, told.order_no)
    if order is None:
        LOG.warning("a notice is about no order of ours")
        return Answer(id=told.ref, state="refused")
    if _known(context, told):
        return Answer(id=told.ref, state="already")
    paying.look(context, order, Question.QUERY)
    return Answer(id=told.ref, state="taken") if _known(context, told) else None


def _known(context: Context, told: Notice) -> bool:
    with context.engine.connect() as connection:
        held = payments.held(connection, context.home_id, told.ref)
    return held is not None and held.order_no == told.order_no
