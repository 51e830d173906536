"""The console's pages. Every write goes through a handler; every page is by permission, home and county."""

import base64
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import TypeAdapter, ValidationError

from admin_web import (
    account,
    ashes,
    asking,
    board,
    calendar,
    cards,
    cold_storage,
    corrections,
    days,
    deaths,
    dispatch,
    dressing,
    duties,
    everything,
    half_year,
    held,
    paid_out,
    papers,
    payments,
    people,
    prices,
    receipts,
    record_pages,
    reports,
    resources,
    review,
    review_acts,
    review_statistics,
    review_together,
    rules,
    screens,
    shifts,
    statements,
    station_boards,
    stations,
    steps,
    stock,
    tills,
    trails,
    trial_balance,
    waivers,
)
from admin_web.late import LateRoute
from admin_web.shell import HEADERS, HERE, Shell, first_of
from admin_web.timeline import timeline
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed, turned_away
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.api.searching import wanted_of
from cardsvc.context import Context
from cardsvc.core import closing
from cardsvc.core.booking import BookingForm, booking_of, questions
from cardsvc.core.facts import Stage, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.permissions import ALLOWED, Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.radar import Hit
from cardsvc.core.rules import RULES
from cardsvc.core.shown import NameChoice
from cardsvc.core.terms import AlertWhy
from cardsvc.core.waiver_words import source_words
from cardsvc.documents import filling
from cardsvc.handlers import family_link, reveal
from cardsvc.handlers.reveal import Personal, Why
from cardsvc.store import cards as card_store
from cardsvc.store import family, office, reversing, reviewing, snapshots, staff
from cardsvc.store import paid_out as paid_out_store
from cardsvc.store import screens as screen_store
from cardsvc.store.engine import StoreConflict

BOOKING = TypeAdapter(BookingForm)


def create(context: Context, access: Access) -> FastAPI:
    """The console's application."""
    app = FastAPI(title="One Card: console", openapi_url=None)
    app.router.route_class = LateRoute
    shell = Shell(context)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        if (away := await turned_away(request)) is not None:
            status = STATUS.get(away.problem, 403)
            response: Response = shell.page(request, "refused", None, refusal=away, status=status)
        else:
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        problem = error.refusal.problem
        if problem is Problem.NOT_SIGNED_IN:
            return RedirectResponse(f"{request.scope['root_path']}/sign-in", 303)
        if problem is Problem.PASSWORD_FIRST:
            return RedirectResponse(f"{request.scope['root_path']}/account", 303)
        signed = access.signed(request)
        return shell.page(request, "refused", signed, refusal=error.refusal, status=STATUS.get(problem, 409))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        where = ", ".join(str(one["loc"][-1]) for one in error.errors()[:10])
        refusal = Refusal(Problem.INPUT_INVALID, where)
        return shell.page(request, "refused", access.signed(request), refusal=refusal, status=422)

    @app.exception_handler(StoreConflict)
    def collided(request: Request, error: StoreConflict) -> Response:
        return shell.page(request, "refused", access.signed(request), refusal=Refusal(Problem.TOO_MANY), status=503)

    @app.exception_handler(404)
    def nothing(request: Request, error: Exception) -> Response:
        return shell.page(request, "refused", access.signed(request), refusal=Refusal(Problem.NOT_FOUND), status=404)

    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_CASES)
    books, may_book = asks(Action.BOOK)
    _, sees_audit = asks(Action.SEE_AUDIT)
    links, _ = asks(Action.FAMILY_LINK)
    reveals, _ = asks(Action.REVEAL)
    takes, _ = asks(Action.SEE_CASES)

    mine = partial(entering.mine, context)

    @app.get("/sign-in")
    def sign_in_page(request: Request) -> Response:
        return shell.page(request, "sign_in", None)

    @app.post("/sign-in")
    def sign_in(
        request: Request,
        staff_no: Annotated[str, Form(max_length=20)] = "",
        password: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        try:
            token = access.sign_in(request, staff_no.strip(), password)
        except Refused as error:
            status = STATUS.get(error.refusal.problem, 401)
            return shell.page(request, "sign_in", None, refusal=error.refusal, status=status)
        response = RedirectResponse(f"{request.scope['root_path']}/", 303)
        access.set_cookie(response, token)
        return response

    @app.post("/sign-out")
    def sign_out(request: Request, form_token: Annotated[str, Form()] = "") -> Response:
        signed = access.here(request)
        if signed is not None and form_token == signed.form_token:
            access.sign_out(request, signed)
        return RedirectResponse(f"{request.scope['root_path']}/sign-in", 303)

    @app.get("/language")
    def language(request: Request, to: str = "zh_CN", back: str = "") -> Response:
        root = str(request.scope["root_path"])
        safe = back if back.startswith(f"{root}/") and "\\" not in back else f"{root}/"
        response = RedirectResponse(safe, 303)
        chosen = "en" if to == "en" else "zh_CN"
        response.set_cookie("language", chosen, max_age=365 * 86400, samesite="lax", secure=context.secure_cookies)
        return response

    @app.get("/")
    def first(request: Request) -> Response:
        signed = access.who(request)
        path = "cases" if signed.may(Action.SEE_CASES) else first_of(signed)
        return RedirectResponse(f"{request.scope['root_path']}/{path}", 303)

    @app.get("/cases")
    def cases(
        request: Request,
        signed: Annotated[Signed, sees],
        q: Annotated[str, Query(max_length=60)] = "",
        stage: Annotated[str, Query(max_length=20)] = "",
        before: Annotated[str, Query(max_length=20)] = "",
        oldest: bool = False,
    ) -> Response:
        known = stage if stage in set(Stage) else ""
        wanted = wanted_of(context.vault, q, known, signed.county, before, oldest)
        with context.engine.connect() as connection:
            rows = office.cases(connection, context.home_id, wanted)
        more = None
        if len(rows) > office.PAGE:
            kept = {"q": q, "stage": known, "oldest": "true" if oldest else ""}
            more = urlencode({**{k: v for k, v in kept.items() if v}, "before": rows[office.PAGE - 1].case.case_no})
        values = {"rows": rows[: office.PAGE], "q": q, "stage": known, "oldest": oldest, "more": more}
        return shell.page(request, "cases", signed, {**values, "stages": list(Stage)})

    def booking_page(
        request: Request, signed: Signed, typed: dict[str, str], refusal: Refusal | None, hits: tuple[Hit, ...] = ()
    ) -> Response:
        if refusal is not None and refusal.problem is Problem.CASE_DUPLICATE:
            hits = (Hit(CaseNo(refusal.detail), AlertWhy.SAME_ID),)
        with context.engine.connect() as connection:
            found = [(hit, office.case(connection, context.home_id, hit.case_no)) for hit in hits]
        values = {"questions": questions(language_of(request)), "typed": typed, "hits": found}
        return shell.page(request, "book", signed, values, refusal=refusal, status=422 if refusal else 200)

    @app.get("/cases/new")
    def booking(request: Request, signed: Annotated[Signed, may_book]) -> Response:
        return booking_page(request, signed, {"floor": "1", "outside": "no", "origin": "ordinary"}, None)

    @app.post("/cases/new")
    async def book(request: Request, signed: Annotated[Signed, books]) -> Response:
        form = await request.form()
        typed = {name: str(form.get(name, ""))[:400] for name in BookingForm.model_fields}
        try:
            asked = BOOKING.validate_python(booking_of(typed), strict=False)
        except ValidationError as error:
            return booking_page(request, signed, typed, asking.wrong_fields(error))
        heard = entering.radar(context, asked)
        if isinstance(heard, Refusal):
            return booking_page(request, signed, typed, heard)
        if not {hit.case_no for hit in heard} <= set(str(form.get("another", "")).split(",")):
            return booking_page(request, signed, typed, None, heard)
        number = entering.book(context, signed, asked)
        if isinstance(number, Refusal):
            return booking_page(request, signed, typed, number)
        return RedirectResponse(f"{request.scope['root_path']}/cases/{number}", 303)

    def case_page(
        request: Request, signed: Signed, row: office.CaseRow, refusal: Refusal | None = None, **more: Any
    ) -> Response:
        home, number = context.home_id, row.case.case_no
        with context.engine.connect() as connection:
            lines = snapshots.case_lines(connection, home, number)
            values = {
                "row": row,
                "case": row.case,
                "waiver_source": source_words,
                "events": timeline(
                    office.facts(connection, home, number),
                    staff.names(connection, home),
                    office.caused_lines(connection, home, number),
                ),
                "bill": snapshots.case_bill(connection, home, number),
                "lines": lines,
                "went_out": bool(paid_out_store.of_case(connection, home, number)),
                "named": {one.item: one.name_zh if language_of(request) == "zh_CN" else one.name_en for one in lines},
                **review_acts.returned_values(signed, reviewing.returned(connection, home, number)),
                "task_cases": False,
                "links": family.links(connection, home, number),
                "name_choice": screen_store.name_choice(connection, home, number),
                "name_choices": list(NameChoice),
                "unsettled": office.unsettled(connection, home, number),
                "missing": card_store.missing(connection, home, number),
                "spared": office.live_permit(connection, home, number, context.clock()),
                "personal": list(Personal),
                "whys": list(Why),
                "shown": {},
                "address": "",
                "qr": "",
                **trails.case_values(connection, context, signed, row.case, language_of(request)),
                "papers": papers.offered(context, signed, row, language_of(request)),
                "offers": steps.offers(
                    row.case,
                    signed.roles,
                    snapshots.resources(connection, home),
                    reversing.payments(connection, home, [number]).get(number, ()),
                    language_of(request),
                    closing.left(number, snapshots.case_balances(connection, home, number)),
                ),
                **more,
            }
        return shell.page(request, "case", signed, values, refusal=refusal, status=409 if refusal else 200)

    @app.get("/cases/{case_no}")
    def case(request: Request, signed: Annotated[Signed, sees], case_no: str) -> Response:
        return case_page(request, signed, mine(signed, case_no))

    @app.post("/cases/{case_no}/reveal")
    def reveal_(
        request: Request,
        signed: Annotated[Signed, reveals],
        case_no: str,
        what: Annotated[Personal, Form()],
        why: Annotated[Why, Form()],
    ) -> Response:
        row = mine(signed, case_no)
        value = reveal.handle(context, row.case.case_no, what, why, signed.staff_no, context.clock())
        if isinstance(value, Refusal):
            return case_page(request, signed, row, value)
        return case_page(request, signed, row, shown={what: value or "—"})

    @app.post("/cases/{case_no}/enter")
    async def enter(
        request: Request,
        signed: Annotated[Signed, takes],
        case_no: str,
        step: Annotated[Step, Form()],
        second_staff_no: Annotated[str, Form(max_length=20)] = "",
        second_password: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        row = mine(signed, case_no)
        if not may_take(signed.roles, step):
            raise Refused(Refusal(Problem.NOT_ALLOWED, step))
        form = {name: str(value)[:400] for name, value in (await request.form()).items()}
        try:
            details = steps.details_of(step, form)
            second = access.second(request, second_staff_no.strip(), second_password)
        except Refused as error:
            return case_page(request, signed, row, error.refusal)
        except ValidationError as error:
            return case_page(request, signed, row, asking.wrong_fields(error))
        except ValueError:
            return case_page(request, signed, row, Refusal(Problem.FIELD_INVALID, ", ".join(RULES[step].needs)))
        judgement = entering.enter(context, signed, row.case.case_no, step, details, second)
        if isinstance(judgement, Refusal):
            return case_page(request, signed, row, judgement)
        return RedirectResponse(f"{request.scope['root_path']}/cases/{case_no}", 303)

    @app.post("/cases/{case_no}/link")
    def link(request: Request, signed: Annotated[Signed, links], case_no: str) -> Response:
        row = mine(signed, case_no)
        address = family_link.make(context, row.case.case_no, signed.staff_no, context.clock())
        if isinstance(address, Refusal):
            return case_page(request, signed, row, address)
        picture = base64.b64encode(filling.qr(address).encode()).decode()
        return case_page(request, signed, mine(signed, case_no), address=address, qr=picture)

    @app.post("/cases/{case_no}/links/{token_hash}/revoke")
    def revoke(request: Request, signed: Annotated[Signed, links], case_no: str, token_hash: str) -> Response:
        row = mine(signed, case_no)
        with context.engine.connect() as connection:
            found = family.link(connection, context.home_id, token_hash)
        if found is None or found.case_no != row.case.case_no:
            raise Refused(Refusal(Problem.NOT_FOUND))
        family_link.revoke(context, token_hash, signed.staff_no, context.clock())
        return RedirectResponse(f"{request.scope['root_path']}/cases/{case_no}", 303)

    cards.add(app, context, access, shell)
    for pages in (
        account,
        ashes,
        board,
        calendar,
        cold_storage,
        corrections,
        days,
        deaths,
        dispatch,
        dressing,
        duties,
        papers,
        held,
        paid_out,
        payments,
        people,
        prices,
        receipts,
        resources,
        review,
        review_acts,
        review_statistics,
        review_together,
        rules,
        waivers,
        screens,
        shifts,
        statements,
        station_boards,
        stock,
        tills,
        reports,
        trails,
        trial_balance,
        everything,
        half_year,
        record_pages,
    ):
        pages.add(app, context, access, shell)

    @app.get("/roles")
    def roles(request: Request, signed: Annotated[Signed, Depends(access.who)]) -> Response:
        return shell.page(request, "roles", signed, {"allowed": ALLOWED, "actions": list(Action), "steps": list(Step)})

    @app.get("/audit")
    def audit(request: Request, signed: Annotated[Signed, sees_audit], before: asking.Number | None = None) -> Response:
        with context.engine.connect() as connection:
            rows = office.links(connection, context.home_id, before)
        more = rows[office.PAGE - 1].log_no if len(rows) > office.PAGE else None
        return shell.page(request, "audit", signed, {"rows": rows[: office.PAGE], "more": more})

    app.include_router(stations.routes(context, access, shell, asks))
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    return app
