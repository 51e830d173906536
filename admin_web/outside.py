"""Pages for people outside, without sign-in: a row that is theirs to send in by a link, and what modules publish."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import maps, records
from admin_web.record_lists import linked, told
from admin_web.record_rows import fault_words, must_of, version_of
from admin_web.records import At
from admin_web.shell import HEADERS, Shell
from cardsvc.api.access import same_site
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.api.limits import Limiter
from cardsvc.context import Context
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Column
from cardsvc.core.words import Language
from cardsvc.handlers import move_row
from cardsvc.naming.cells import written
from cardsvc.rows import keeping, links, paging
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.rows.titles import EVERYBODY, Reader, titles
from cardsvc.store.family import hash_of

TRIES, WITHIN = 30, timedelta(minutes=10)


def create(context: Context) -> FastAPI:
    """The application for people outside."""
    app = FastAPI(title="One Card: outside", openapi_url=None)
    shell, limiter = Shell(context), Limiter()

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        if same_site(request):
            response: Response = await call_next(request)
        else:
            response = refused_page(request, Refusal(Problem.FORM_EXPIRED))
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        return refused_page(request, error.refusal)

    @app.exception_handler(404)
    def nothing(request: Request, error: Exception) -> Response:
        return refused_page(request, Refusal(Problem.NOT_FOUND))

    def refused_page(request: Request, refusal: Refusal) -> Response:
        status = STATUS.get(refusal.problem, 409)
        return shell.page(request, "outside_refused", None, refusal=refusal, status=status)

    def opened(request: Request, token: str) -> tuple[At, Kept]:
        """The row of a link. Raises Refused, also for who tries too many."""
        who, now = request.client.host if request.client is not None else "", context.clock()
        if not limiter.allows(who, TRIES, WITHIN, now):
            raise Refused(Refusal(Problem.TOO_MANY))
        with context.engine.connect() as connection:
            link = links.find(connection, context.home_id, hash_of(token), now)
            module = context.modules.get(link.module) if link is not None else None
            if link is None or module is None or link.record not in {one.name for one in module.records}:
                raise Refused(Refusal(Problem.LINK_INVALID))
            at = At(module, module.record(link.record), Where(context.home_id, module.name, module.record(link.record)))
            row = keeping.find(connection, at.where, link.row_id, None)
        if row is None:
            raise Refused(Refusal(Problem.LINK_INVALID))
        return at, row

    def titled(at: At, row: Kept, language: Language) -> str:
        with context.engine.connect() as connection:
            about = (connection, context.vault, context.home_id, at.module, at.record)
            return titles(*about, [row], language, reader=Reader(row.county))[row.id]

    def form(request: Request, at: At, row: Kept, token: str, **more: Any) -> Response:
        language = language_of(request)
        faults = more.pop("faults", ())
        with context.engine.connect() as connection:
            names = linked(connection, context, at, (row,), language, Reader(row.county))
        moves = [one for one in move_row.open_moves(at.record, row) if one.outside]
        values = {
            "at": at,
            "row": row,
            "token": token,
            "title": titled(at, row, language),
            "moves": moves,
            "must": {one.name: must_of(context, at, (row,), one) for one in moves},
            "said": said_with_it(at, row),
            "typed": {one.name: written(one, row.values[one.name]) for one in at.record.columns if not one.secret},
            "told": partial(told, context, at, names, language),
            "faults": {one.column: fault_words(one, language) for one in faults},
            "rules": [fault_words(one, language) for one in faults if one.label is not None],
        }
        return shell.page(request, "outside_form", None, {**values, **more}, status=422 if faults else 200)

    @app.get("/language")
    def speak(to: str = "zh_CN", back: str = "") -> Response:
        safe = back if back.startswith("/public/") and "\\" not in back else "/public/"
        response = RedirectResponse(safe, 303)
        chosen = "en" if to == "en" else "zh_CN"
        response.set_cookie("language", chosen, max_age=365 * 86400, samesite="lax", secure=context.secure_cookies)
        return response

    @app.get("/send")
    def link(request: Request) -> Response:
        return shell.page(request, "outside_link", None)

    @app.post("/send")
    def open_(request: Request, token: Annotated[str, Form(max_length=100)] = "") -> Response:
        return form(request, *opened(request, token), token)

    @app.post("/send/{move}")
    async def sent(request: Request, move: str) -> Response:
        typed = {name: str(value).strip() for name, value in (await request.form()).items()}
        token = typed.pop("token", "")
        at, row = opened(request, token)
        seen, now = (row.id, version_of(typed)), context.clock()
        done = move_row.handle(context, at.module, at.record, seen, move, typed, None, (None, None), now)
        if isinstance(done, Refusal):
            raise Refused(done)
        if done:
            return form(request, at, row, token, typed=typed, faults=done)
        at, row = opened(request, token)
        flow = at.record.flow
        state = told(context, at, {}, language_of(request), row, at.record.column(flow.column)) if flow else ""
        values = {"title": titled(at, row, language_of(request)), "state": state}
        return shell.page(request, "outside_sent", None, values)

    @app.get("/")
    def index(request: Request) -> Response:
        found = [(one, record) for one in context.modules.values() for record in one.records if record.published]
        return shell.page(request, "outside_index", None, {"published": found})

    @app.get("/{module}/{record}")
    def published(
        request: Request,
        module: str,
        record: str,
        county: Annotated[str, Query(max_length=6)] = "",
        q: Annotated[str, Query(max_length=60)] = "",
        after: Annotated[str, Query(max_length=300)] = "",
    ) -> Response:
        found = context.modules.get(module)
        one = next((one for one in found.records if one.name == record and one.published), None) if found else None
        if found is None or one is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        at, language = At(found, one, Where(context.home_id, module, one)), language_of(request)
        columns = [one.column(name) for name in one.public]
        filters = [each for each in columns if each.filtered and each.choices]
        chosen = {each.name: request.query_params.get(f"f.{each.name}", "") for each in filters}
        only = {name: (said,) for name, said in chosen.items() if said in one.column(name).choices}
        where = county if county in records.county_names(language) else None
        wanted = Wanted(county=where, only={**only, one.published: ("yes",)}, anywhere=q.strip(), after=after)
        with context.engine.connect() as connection:
            page = paging.page(connection, context.vault, at.where, wanted, 200)
            names = linked(connection, context, at, page.rows, language, EVERYBODY)
            everywhere = replace(wanted, after="")
            shown = one.point in one.public and maps.drawn(connection, context, at, everywhere, language)
        asked = {"county": where or "", "q": wanted.anywhere, **{f"f.{name}": said for name, (said,) in only.items()}}
        asked = {name: said for name, said in asked.items() if said}
        values = {
            "at": at,
            "rows": page.rows,
            "count": page.count,
            "more": urlencode({**asked, "after": page.after}) if page.after else "",
            "asked": asked,
            "filters": filters,
            "counties": records.county_names(language),
            "columns": columns,
            "told": partial(told, context, at, names, language),
            "map": shown or None,
            "most": maps.MOST,
        }
        return shell.page(request, "outside_list", None, values)

    return app


def said_with_it(at: At, row: Kept) -> tuple[Column, ...]:
    """What is typed with the moves to where a row is, by the office: somebody outside reads there what to mend."""
    flow = at.record.flow
    moves = flow.moves if flow is not None else ()
    came = [one for one in moves if not one.outside and flow is not None and one.to == row.values[flow.column]]
    names = {name for one in came for name in one.fills if row.values[name] is not None}
    return tuple(one for one in at.record.columns if one.name in names and not one.secret)
