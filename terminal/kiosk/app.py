"""The touch page's server: for the browser on this machine and nobody else.

It answers only to its own host name, acts only for its own page (a token that no other page can read), and lets the
page fetch nothing from elsewhere.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cardsvc.core import radar
from cardsvc.core.booking import BookingForm, booking_of, questions
from cardsvc.core.fingerprint import words_of
from cardsvc.core.problems import Problem
from cardsvc.core.words import say
from terminal.kiosk.view import Link, View, view
from terminal.session import OnPaper
from terminal.station import StationLoop

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " frame-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
PAPER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
"""Of a PDF, which the page shows within itself; the styles are those of the browser's own viewer."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
TOKEN = "x-kiosk-token"
ACTS = {
    "sign_in": ("staff_no", "pin"),
    "second": ("staff_no", "pin"),
    "sign_out": (),
    "language": ("language",),
    "choose_case": ("case_no",),
    "choose_step": ("step",),
    "enter": ("field", "value"),
    "confirm": (),
    "ask_pay": (),
    "drop_pay": (),
    "print": ("family", "number"),
    "printed": (),
    "cancel": (),
    "booking": (*BookingForm.model_fields, "looked"),
}
MOST_BYTES = 16_384
BEAT_S = 15.0


def create_kiosk(loop: StationLoop, port: int, token: str) -> FastAPI:
    """The app of one station's page on this port; `token` is made anew at each start."""
    app = FastAPI(openapi_url=None)
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    pages = Environment(
        loader=FileSystemLoader(HERE / "pages"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    changes = _Changes()
    words = words_of(loop.identity.signing.public_key().public_bytes_raw())
    loop.changed = loop.uplink.changed = changes.add

    @app.middleware("http")
    async def only_this_page(request: Request, call_next: Any) -> Response:
        origin = request.headers.get("origin")
        if request.headers.get("host") not in hosts or (origin and origin.partition("//")[2] not in hosts):
            return JSONResponse({"code": Problem.NOT_ALLOWED}, 403, HEADERS)
        response: Response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def shown() -> View:
        uplink = loop.uplink
        link = Link(
            uplink.linked,
            loop.tally.now(),
            uplink.standing,
            uplink.rejected,
            loop.clocks.steady_ms(),
            loop.clocks.now(),
            words,
            loop.identity.journal_id,
        )
        return view(loop.session, loop.station, loop.identity.here, loop.local.current, link)

    def render(name: str) -> HTMLResponse:
        one = shown()
        html = pages.get_template(name).render(
            v=one, say=one.say, also=one.also, token=token, booking=questions(one.language) if one.books else ()
        )
        return HTMLResponse(html, headers={"x-version": str(changes.count)})

    @app.get("/")
    def whole() -> HTMLResponse:
        return render("page.html")

    @app.get("/part")
    def part() -> HTMLResponse:
        return render("part.html")

    @app.get("/paper/{seq}")
    def paper(seq: int) -> Response:
        """The receipt that is to be printed now, for the page's own frame."""
        job = loop.session.printing
        if job is None or job.state is not OnPaper.SHOWN or job.seq != seq:
            return _problem(Problem.NOT_FOUND, 404, loop)
        named = f'inline; filename="{job.number}.pdf"'
        headers = {"content-security-policy": PAPER_POLICY, "content-disposition": named}
        return Response(job.pdf, media_type="application/pdf", headers=headers)

    @app.get("/state")
    def state() -> dict[str, object]:
        """The same in short, for programs that press the page: training, the demo and tests."""
        session, outcome = loop.session, loop.session.outcome
        return {
            "station": loop.identity.here.station_id,
            "phase": session.phase,
            "case_no": session.case.case.case_no if session.case is not None else None,
            "card_present": session.card_present,
            "card_no": session.image.identity.card_no if session.image and session.image.identity else None,
            "reader_fault": session.reader_fault,
            "staff_no": session.staff_no,
            "presented": session.presented,
            "colour": outcome.colour if outcome is not None else None,
            "message": outcome.message if outcome is not None else None,
            "problems": [one.problem for one in outcome.refusal.all()] if outcome and outcome.refusal else [],
            "alike": [radar.told(one.detail)[0] for one in outcome.refusal.all() if one.problem is Problem.CASE_ALIKE]
            if outcome and outcome.refusal
            else [],
            "about": outcome.case_no if outcome is not None else None,
            "knows": sorted(loop.local.current.cases) if loop.local.current is not None else [],
            "linked": loop.uplink.linked,
            "standing": loop.uplink.standing,
            "unsent": loop.uplink.unsent,
        }

    @app.post("/act")
    async def act(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(TOKEN, "").encode(), token.encode()):
            return _problem(Problem.FORM_EXPIRED, 403, loop)
        body = await request.body()
        try:
            asked = _asked(body)
        except ValueError:
            return _problem(Problem.INPUT_INVALID, 422, loop)
        name = asked.pop("act")
        if name == "booking":
            asked = booking_of(asked)
        done = await asyncio.to_thread(loop.act, name, **asked)
        return JSONResponse({"done": done})

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(changes.stream(), media_type="text/event-stream")

    app.mount("/static", StaticFiles(directory=HERE / "static"))
    return app


def _asked(body: bytes) -> dict[str, Any]:
    """What was pressed. Raises ValueError for anything that the page would not send."""
    if len(body) > MOST_BYTES:
        raise ValueError("too long")
    asked = json.loads(body)
    if not isinstance(asked, dict) or asked.get("act") not in ACTS:
        raise ValueError("no such act")
    fields = {name: asked[name] for name in ACTS[asked["act"]] if name in asked}
    if not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("text only")
    return {"act": asked["act"], **fields}


def _problem(problem: Problem, status: int, loop: StationLoop) -> JSONResponse:
    language = loop.session.language
    return JSONResponse(
        {"type": f"urn:onecard:problem:{problem}", "code": problem, "title": say(language, f"problem.{problem}.say"),
         "detail": say(language, f"problem.{problem}.do"), "status": status},
        status, media_type="application/problem+json",
    )  # fmt: skip


class _Changes:
    """Counts what happened; pages ask for the part when the number moves."""

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        self.count += 1

    async def stream(self) -> AsyncIterator[str]:
        seen, quiet = -1, 0.0
        while True:
            if self.count != seen:
                seen, quiet = self.count, 0.0
                yield f"data: {seen}\n\n"
            elif quiet >= BEAT_S:
                quiet = 0.0
                yield ": here\n\n"
            await asyncio.sleep(0.1)
            quiet += 0.1
