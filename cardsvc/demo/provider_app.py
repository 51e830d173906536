"""The demo's payment provider as an application: what the home asks it, and the phones that pay by pressing."""

import asyncio
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from cardsvc.core.facts import Wire
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.outgoing import KEY_HEADER, SIGNATURE_HEADER, signature
from cardsvc.core.provider import Question, Standing
from cardsvc.demo.outside import HEADERS, PAGES
from cardsvc.demo.provider import Mischief, Provider, another

Act = Callable[[str, bytes], Wire | None]
"""What a question does: given its key and its body, the answer."""


def create(provider: Provider) -> FastAPI:
    """It is asked at `/orders`, `/query`, `/close`, `/day`, paid at `/phone/NUMBER`, and shows all at `/`."""
    app = FastAPI(title="One Card demo: payment provider", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), trim_blocks=True)
    pages.filters["when"] = lambda at: local(at).strftime("%m-%d %H:%M:%S")
    pages.filters["yuan"] = lambda fen: f"¥{in_yuan(fen)}"

    def shown(chosen: str = "") -> Response:
        numbers = [chosen] if chosen in provider.orders else list(provider.orders)[::-1][:40]
        orders = [(provider.orders[one], provider.standing(one)) for one in numbers]
        page = pages.get_template("pay.html")
        mischief = {"mischief": provider.mischief, "ways": list(Mischief)}
        html = page.render(orders=orders, chosen=chosen, waiting=len(provider.telling), M=Mischief, **mischief)
        return Response(html, media_type="text/html", headers=HEADERS)

    @app.get("/")
    def books() -> Response:
        return shown()

    @app.get("/phone/{order_no}")
    def phone(order_no: str) -> Response:
        return shown(order_no)

    @app.post("/phone/{order_no}")
    def pay(order_no: str) -> Response:
        paid = provider.pay(order_no)
        return RedirectResponse(f"/phone/{order_no}", 303) if paid else Response(status_code=409)

    @app.get("/outside.css")
    def style() -> Response:
        return Response((PAGES / "outside.css").read_text(encoding="utf-8"), media_type="text/css")

    @app.post("/mischief")
    async def misbehave(request: Request) -> Response:
        provider.mischief = Mischief(str((await request.form()).get("way", "none")))
        return RedirectResponse("/", 303)

    @app.post("/day")
    async def day(request: Request) -> Response:
        return await _answer(provider, request, lambda key, body: provider.day(body))

    @app.post("/{question}")
    async def ask(request: Request, question: Question) -> Response:
        return await _answer(provider, request, lambda key, body: provider.ask(question, key, body))

    return app


async def _answer(provider: Provider, request: Request, act: Act) -> Response:
    """The answer as the provider gives it today."""
    body, key = await request.body(), request.headers.get(KEY_HEADER, "")
    way = provider.mischief
    if way is Mischief.DOWN:
        return Response(status_code=503)
    if not provider.genuine(key, request.headers.get(SIGNATURE_HEADER, ""), body):
        return Response(status_code=401)
    answer = act(key, body)
    if answer is None:
        return Response(status_code=422)
    if way is Mischief.LOST:
        return Response(status_code=500)
    if way is Mischief.SLOW:
        await asyncio.sleep(provider.slow_s)
    if way is Mischief.ANOTHER and isinstance(answer, Standing):
        answer = answer.model_copy(update={"order_no": another(answer.order_no)})
    raw = answer.model_dump_json().encode()
    sealed = signature(b"nobody's" if way is Mischief.WRONG_SIGNATURE else provider.secret, key, raw)
    status = 409 if isinstance(answer, Standing) and answer.state == "refused" else 200
    return Response(raw, status, headers={SIGNATURE_HEADER: sealed}, media_type="application/json")
