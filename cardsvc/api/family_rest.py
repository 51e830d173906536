"""A family's sign-up for what a module offers to ashes: asked for, followed, withdrawn while nobody confirmed it.

Plain pages and forms, for an old phone without scripts too. What stands here is told after the second factor alone;
no number of anybody is typed: the sign-up says what the case knows.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Cookie, FastAPI, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from cardsvc.api import signing_up
from cardsvc.api.access import same_site
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.trails import Trail
from cardsvc.core.words import Language, say
from cardsvc.handlers import family_view
from cardsvc.handlers.family_view import Seen
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept, find_all
from cardsvc.store import family
from cardsvc.store.engine import Connection
from cardsvc.store.family import hash_of

ASKS_A_DAY = 10
"""So often a day a family signs up or withdraws."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the family's surface lends to this page: its cookie, its limits, its ways in. All but `give` raise Refused.

    `limited`: key, how often, within how many minutes. `open_`: a token for a cookie. `confirm`: the second factor.
    """

    cookie: str
    limited: Callable[[str, int, int], None]
    open_: Callable[[Request, str], str]
    confirm: Callable[[str, str], None]
    give: Callable[[Response, str], None]


@dataclass(frozen=True, slots=True)
class Event:
    """What a family can sign up for, or has signed up for: its name, what else is public of it, places left."""

    module: str
    id: str
    name: str
    about: tuple[tuple[str, str], ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sign-up stands: its state in words; `open`: nobody confirmed it, so the family may withdraw."""

    module: str
    state: str
    event: Event | None
    spot: str
    open: bool
    rested: bool
    given_up: bool


def add(app: FastAPI, context: Context, pages: Environment, doors: Doors) -> None:
    """Add the page to the families' application."""
    Secret = Annotated[str, Cookie(alias=doors.cookie)]
    Lang = Annotated[str, Form(max_length=5)]
    Token = Annotated[str, Form(max_length=80)]

    def page(request: Request, cookie: str, language: Language, refusal: Refusal | None = None) -> HTMLResponse:
        now, home = context.clock(), context.home_id
        standing: list[Standing] = []
        offers: list[Event] = []
        with context.engine.connect() as connection:
            found, named = family_view.living(connection, context, cookie, now), family.home(connection, home)
            confirmed = found is not None and found.view.confirmed_at is not None
            plans = found is not None and signing_up.may_be_planned(found.shown.case)
            if found is not None and confirmed:
                standing = list(standings(connection, context, found.shown.case.case_no, language))
                if plans and all(one.given_up for one in standing):
                    offers = list(offered(connection, context, language))
        html = pages.get_template("rest.html").render(
            language=language,
            other="en" if language == "zh_CN" else "zh_CN",
            say=lambda key, **values: say(language, key, **values),
            home=named.name_zh if language == "zh_CN" else named.name_en,
            phone=named.phone,
            name=found.shown.shown_name if found is not None else "",
            known=found is not None,
            confirmed=confirmed,
            plans=plans,
            standing=standing,
            offers=offers,
            form_token=form_token_of(cookie),
            said=told(refusal, language) if refusal is not None else "",
        )
        return HTMLResponse(html, 200 if refusal is None else STATUS.get(refusal.problem, 409))

    def done(request: Request, cookie: str, language: Language, refusal: Refusal | None) -> Response:
        if refusal is not None:
            return page(request, cookie, language, refusal)
        return RedirectResponse(f"{request.scope['root_path']}/rest?lang={language}", 303)

    def act(request: Request, cookie: str, token: str, lang: str, what: Callable[[], Refusal | None]) -> Response:
        """Do what a form of ours asks, in the browser that it was made for."""
        language = language_in(request, lang)
        try:
            if not from_here(request) or not hmac.compare_digest(token.encode(), form_token_of(cookie).encode()):
                raise Refused(Refusal(Problem.FORM_EXPIRED))
            refusal = what()
        except Refused as error:
            refusal = error.refusal
        return done(request, cookie, language, refusal)

    def module_of(cookie: str, name: str) -> Module:
        doors.limited(f"rest/{hash_of(cookie)}", ASKS_A_DAY, 1440)
        found = context.modules.get(name)
        if found is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return found

    @app.get("/rest", response_class=HTMLResponse)
    def rest(request: Request, cookie: Secret = "", lang: Annotated[str, Query(max_length=5)] = "") -> Response:
        """How the family's sign-up stands, and what it can sign up for."""
        return page(request, cookie, language_in(request, lang))

    @app.post("/rest/open", response_class=HTMLResponse)
    def open_(request: Request, link: Annotated[str, Form(max_length=300)] = "", lang: Lang = "") -> Response:
        """The link as it was pasted, on a phone whose browser runs no scripts."""
        language = language_in(request, lang)
        try:
            if not from_here(request):
                raise Refused(Refusal(Problem.FORM_EXPIRED))
            cookie = doors.open_(request, link.strip().rpartition("#")[2])
        except Refused as error:
            return page(request, "", language, error.refusal)
        response = done(request, cookie, language, None)
        doors.give(response, cookie)
        return response

    @app.post("/rest/confirm", response_class=HTMLResponse)
    def confirm(
        request: Request,
        digits: Annotated[str, Form(max_length=4)] = "",
        form_token: Token = "",
        cookie: Secret = "",
        lang: Lang = "",
    ) -> Response:
        """The second factor."""
        return act(request, cookie, form_token, lang, lambda: doors.confirm(cookie, digits))

    @app.post("/rest/sign-up", response_class=HTMLResponse)
    def sign_up(
        request: Request,
        module: Annotated[str, Form(max_length=40)] = "",
        event: Annotated[str, Form(max_length=40)] = "",
        form_token: Token = "",
        cookie: Secret = "",
        lang: Lang = "",
    ) -> Response:
        """Ask for a place."""

        def what() -> Refusal | None:
            return signing_up.ask(context, cookie, module_of(cookie, module), event, context.clock())

        return act(request, cookie, form_token, lang, what)

    @app.post("/rest/withdraw", response_class=HTMLResponse)
    def withdraw(
        request: Request,
        module: Annotated[str, Form(max_length=40)] = "",
        form_token: Token = "",
        cookie: Secret = "",
        lang: Lang = "",
    ) -> Response:
        """Give the place back."""

        def what() -> Refusal | None:
            return signing_up.withdraw(context, cookie, module_of(cookie, module), context.clock())

        return act(request, cookie, form_token, lang, what)


def brief(context: Context, seen: Seen, language: Language) -> str:
    """What the family's page says of it; "" where there is nothing to say.

    The ways that are offered while the rest can be planned; how a sign-up stands after the second factor.
    """
    case = seen.shown.case
    if seen.view.confirmed_at is not None:
        with context.engine.connect() as connection:
            up = next((one for one in standings(connection, context, case.case_no, language) if not one.given_up), None)
        if up is not None:
            return " · ".join(one for one in (up.state, up.event.name if up.event is not None else "") if one)
    if not signing_up.may_be_planned(case):
        return ""
    return " · ".join(
        label.said(language)
        for module, trail in signing_up.trails_of(context)
        for label in module.record(trail.events.record).column(trail.events.way).choices.values()
    )


def standings(connection: Connection, context: Context, case_no: CaseNo, language: Language) -> Iterator[Standing]:
    """How a case's sign-ups stand."""
    for module, trail in signing_up.trails_of(context):
        s, record = trail.sign_ups, module.record(trail.sign_ups.record)
        row = rows.of_cases(connection, context.home_id, module, trail, [case_no]).get(case_no)
        if row is None:
            continue
        where = rows.events(context.home_id, module, trail)
        held = find_all(connection, where, [str(row.values[s.event])] if row.values[s.event] is not None else [])
        yield Standing(
            module=module.name,
            state=written(record.column(s.state), row.values[s.state], language),
            event=_event(module, trail, held[0], language) if held else None,
            spot=written(record.column(s.spot), row.values[s.spot], language),
            open=signing_up.withdrawal(module, trail, row) is not None,
            rested=row.values[s.state] == s.rested,
            given_up=row.values[s.state] in s.given_up,
        )


def offered(connection: Connection, context: Context, language: Language) -> Iterator[Event]:
    """The published events that have places left."""
    for module, trail in signing_up.trails_of(context):
        today = local(context.clock()).date()
        for one in rows.offered(connection, context.home_id, module, trail, today):
            if signing_up.is_published(module, trail, one.row):
                yield _event(module, trail, one.row, language, one.left)


def _event(module: Module, trail: Trail, row: Kept, language: Language, left: int = 0) -> Event:
    """What is public of an event, as the family reads it; its state and places are said in other words."""
    record, e = module.record(trail.events.record), trail.events
    name = record.name_by[0]
    columns = [
        record.column(one) for one in record.public or (e.way, e.held_on) if one not in (name, e.state, e.places)
    ]
    about = [(one.label.said(language), written(one, row.values[one.name], language)) for one in columns]
    said = tuple((label, text) for label, text in about if text)
    return Event(module.name, row.id, written(record.column(name), row.values[name], language), said, left)


def told(refusal: Refusal, language: Language) -> str:
    """Why it was not done, in the family's words."""
    match refusal.problem:
        case Problem.PLACE_TAKEN:
            return say(language, "family_rest.full")
        case Problem.FIELD_INVALID if refusal.detail == "event":
            return say(language, "family_rest.closed")
        case Problem.FIELD_INVALID | Problem.ROW_CHANGED | Problem.STEP_OUT_OF_ORDER:
            return say(language, "family_rest.not_now")
        case Problem.CODE_INVALID | Problem.INPUT_INVALID:
            return say(language, "family.wrong_digits")
        case _:
            return f"{say(language, f'problem.{refusal.problem}.say')} {say(language, f'problem.{refusal.problem}.do')}"


def form_token_of(cookie: str) -> str:
    """What a form of this page carries: no other site knows it."""
    return hash_of(f"family form/{cookie}")


def from_here(request: Request) -> bool:
    """Whether a form was sent by a page of ours, as far as the browser says.

    These pages tell nobody where a request comes from (no-referrer), so their own forms come with the origin "null";
    a browser that says nothing else is believed as far as it also knows what the form carries.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin") == "null" or same_site(request)


def language_in(request: Request, asked: str) -> Language:
    """The language of an address, else the browser's."""
    return language_of(request) if asked not in ("en", "zh", "zh_CN") else "en" if asked == "en" else "zh_CN"
