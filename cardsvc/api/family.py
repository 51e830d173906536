"""The families' surface: a token once for a cookie, then only what that case's family may see (RELIABILITY.md 8)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Cookie, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, ConfigDict, Field

from cardsvc.api import errors, family_rest, posted_prices
from cardsvc.api.errors import Refused
from cardsvc.api.family_rest import Doors, language_in
from cardsvc.api.headers import AlwaysHeaders
from cardsvc.api.limits import Limiter
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.meter import in_words
from cardsvc.core.money import in_yuan
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.waiver_words import source_words
from cardsvc.core.words import Language, say, table
from cardsvc.handlers import check_certificate, family_link, family_view
from cardsvc.handlers.family_view import Seen
from cardsvc.store import cards

PAGES = Path(__file__).parent / "family_pages"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OURS = "x-one-card"
"""A header that only a page of ours can send: another site's form or image cannot."""
EVENT_EVERY_S = 1.0


class Opening(BaseModel):
    """The token of the link."""

    model_config = ConfigDict(extra="forbid", strict=True)
    token: str = Field(min_length=20, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")


class Digits(BaseModel):
    """The last four digits of the applicant's phone."""

    model_config = ConfigDict(extra="forbid", strict=True)
    digits: str = Field(pattern=r"^[0-9]{4}$")


def create(context: Context) -> FastAPI:
    """The families' application."""
    app = FastAPI(title="One Card: family", version="1", docs_url=None, redoc_url=None)
    errors.install(app)
    limiter = Limiter()
    name = "__Host-family" if context.secure_cookies else "family"
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), undefined=StrictUndefined)
    Secret = Annotated[str, Cookie(alias=name)]

    app.add_middleware(AlwaysHeaders, headers=HEADERS)

    def ours(request: Request) -> None:
        if request.headers.get(OURS) != "1":
            raise Refused(Refusal(Problem.FORM_EXPIRED))

    def seen(cookie: str) -> Seen:
        found = family_view.look(context, cookie, context.clock())
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    def limited(key: str, most: int, minutes: int) -> None:
        if not limiter.allows(key, most, timedelta(minutes=minutes), context.clock()):
            raise Refused(Refusal(Problem.TOO_MANY))

    def exchanged(request: Request, token: str) -> str:
        """A cookie for a token. Raises Refused."""
        limited(f"open/{_who(request)}", 30, 1)
        cookie = family_view.open_link(context, token, context.clock())
        if isinstance(cookie, Refusal):
            raise Refused(cookie)
        return cookie

    def give(response: Response, cookie: str) -> None:
        response.set_cookie(
            name, cookie, max_age=90 * 86400, path="/", secure=context.secure_cookies, httponly=True, samesite="strict"
        )

    def confirmed(cookie: str, digits: str) -> None:
        """The second factor: five tries in ten minutes for a browser, fifty a day for a link. Raises Refused."""
        view = seen(cookie).view
        limited(f"confirm/{view.cookie_hash}", 5, 10)
        limited(f"confirm/{view.token_hash}", 50, 1440)
        refusal = family_view.confirm(context, cookie, digits, context.clock())
        if refusal is not None:
            raise Refused(refusal)
        limiter.forget(f"confirm/{view.cookie_hash}")

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request, lang: Annotated[str, Query(max_length=5)] = "") -> HTMLResponse:
        """The page itself: the same for everybody, it knows nothing of any case."""
        language = language_in(request, lang)
        words = table(language, "family")
        other = "en" if language == "zh_CN" else "zh_CN"
        html = pages.get_template("page.html").render(
            language=language, other=other, words=words, rest_words=table(language, "family_rest")
        )
        return HTMLResponse(html)

    @app.get("/certificate", response_class=HTMLResponse)
    def certificate(
        request: Request,
        number: Annotated[str, Query(max_length=24)] = "",
        code: Annotated[str, Query(max_length=24)] = "",
        surname: Annotated[str, Query(max_length=20)] = "",
        lang: Annotated[str, Query(max_length=5)] = "",
    ) -> HTMLResponse:
        """Whether a certificate is genuine, for anybody who has it in hand; no login, and never a name unasked."""
        language = language_in(request, lang)
        asked = bool(number.strip() or code.strip())
        if asked:
            limited(f"certificate/{_who(request)}", 20, 10)
        checked = check_certificate.handle(context, number, code, surname) if asked else None
        with context.engine.connect() as connection:
            zh, en = cards.home_name(connection, context.home_id)
        html = pages.get_template("certificate.html").render(
            language=language,
            other="en" if language == "zh_CN" else "zh_CN",
            again=urlencode({"number": number, "code": code} if asked else {}),
            home=zh if language == "zh_CN" else en,
            number=number.strip().upper(),
            code=code.strip().upper(),
            surname=surname.strip(),
            checked=checked,
            day=local(checked.at).date().isoformat() if checked is not None and checked.at is not None else "",
            words=table(language, "check"),
        )
        return HTMLResponse(html)

    @app.post("/open", status_code=204, dependencies=[Depends(ours)])
    def open_(request: Request, opening: Opening) -> Response:
        """Exchange the token for a cookie; a GET never consumes a link."""
        response = Response(status_code=204)
        give(response, exchanged(request, opening.token))
        return response

    @app.get("/status", response_model=dict[str, Any])
    def status(request: Request, cookie: Secret = "", lang: Annotated[str, Query(max_length=5)] = "") -> JSONResponse:
        """What this family may see now."""
        found, language = seen(cookie), language_in(request, lang)
        rest = family_rest.brief(context, found, language)
        return JSONResponse(_shown(found, language) | ({"rest": rest} if rest else {}))

    @app.post("/confirm", status_code=204, dependencies=[Depends(ours)])
    def confirm(digits: Digits, cookie: Secret = "") -> Response:
        """The second factor."""
        confirmed(cookie, digits.digits)
        return Response(status_code=204)

    @app.post("/revoke", status_code=204, dependencies=[Depends(ours)])
    def revoke(cookie: Secret = "") -> Response:
        """End the link, by the family itself; asks for the second factor first."""
        view = seen(cookie).view
        if view.confirmed_at is None:
            raise Refused(Refusal(Problem.CODE_INVALID))
        family_link.revoke(context, view.token_hash, None, context.clock())
        return Response(status_code=204)

    @app.get("/events", response_class=StreamingResponse)
    async def events(request: Request, cookie: Secret = "") -> StreamingResponse:
        """Tells the page that something changed, and that the link has ended."""
        await run_in_threadpool(seen, cookie)
        return StreamingResponse(_stream(context, request, cookie), media_type="text/event-stream")

    posted_prices.add(app, context, pages, lambda request: limited(f"prices/{_who(request)}", 60, 1))
    family_rest.add(app, context, pages, Doors(name, limited, exchanged, confirmed, give))
    app.mount("/static", StaticFiles(directory=PAGES / "static"))
    return app


async def _stream(context: Context, request: Request, cookie: str) -> AsyncIterator[str]:
    last: int | None = None
    quiet = 0
    while not await request.is_disconnected():
        version = await run_in_threadpool(family_view.version, context, cookie, context.clock())
        if version is None:
            yield "event: gone\ndata: 0\n\n"
            return
        quiet += 1
        if version != last:
            last, quiet = version, 0
            yield f"data: {version}\n\n"
        elif quiet * EVENT_EVERY_S >= 15:
            quiet = 0
            yield ": here\n\n"
        await asyncio.sleep(EVENT_EVERY_S)


def _shown(seen: Seen, language: Language) -> dict[str, Any]:
    """The allow-list as it travels; a new key here is a new thing that families see: the test lists them."""
    one, shown, zh = seen.status, seen.shown, language == "zh_CN"
    answer: dict[str, Any] = {
        "home": shown.home_zh if zh else shown.home_en,
        "phone": shown.home_phone,
        "name": one.shown_name,
        "milestones": [
            {"words": say(language, f"milestone.{done.step}"), "at": _iso(done.at)} for done in one.milestones
        ],
        "held": one.held,
        "paused": one.paused,
        "over": one.over,
        "needs": [say(language, f"family.{need}") for need in one.needs],
        "looked": [_iso(at) for at in seen.looked_at[:20]],
        "looks": len(seen.looked_at),
        "confirmed": seen.view.confirmed_at is not None,
        "version": shown.version,
    }
    if one.appointment is not None:
        hall = shown.hall_zh if zh else shown.hall_en
        answer["next"] = {"words": say(language, "milestone.farewell"), "at": _iso(one.appointment), "hall": hall or ""}
    if seen.ashes_until is not None:
        answer["ashes_until"] = _iso(seen.ashes_until)
    if seen.bill is not None:
        answer["bill"] = {
            "lines": [
                {
                    "item": line.name_zh if zh else line.name_en,
                    "quantity": line.quantity,
                    "price": in_yuan(line.price_fen),
                    "waived": in_yuan(line.waiver_fen) if line.waiver_fen else "",
                    "due": in_yuan(line.due_fen),
                    "payer": say(language, f"payer.{line.payer}"),
                    "basis": f"{line.legal_basis} {source_words(language, line.waiver_source)}".strip(),
                }
                for line in seen.lines
            ],
            "running": [
                {"quantity": meter.days, "due": in_yuan(meter.now_fen)}
                for meter in [seen.storage]
                if meter is not None and meter.days
            ],
            "storage": [" ".join(row) for row in in_words(seen.storage, language)] if seen.storage is not None else [],
            "receipts": [
                {
                    "kind": say(language, f"receipt_family.{one.receipt.family}"),
                    "number": one.receipt.number,
                    "amount": in_yuan(one.receipt.amount_fen),
                    "at": _iso(one.receipt.at),
                    "void": say(language, "receipts.void") if one.void is not None else "",
                }
                for one in seen.receipts
            ],
            "due": in_yuan(seen.bill.due_fen),
            "paid": in_yuan(seen.bill.paid_fen),
            "deposit": in_yuan(seen.bill.deposit_fen),
            "open": in_yuan(seen.bill.open_fen),
        }
    return answer


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _who(request: Request) -> str:
    return request.client.host if request.client is not None else ""
