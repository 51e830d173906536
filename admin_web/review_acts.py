"""The console's reversal of a flagged line, after a page that says what it does; and answers to what was returned."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.review_address import FILTERS, address, key_of, name_of
from admin_web.shell import Shell
from cardsvc.api import entering, reversing
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.facts import Step
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import AFTER, ON_FACT, REASONS, Because, Decision, may_answer
from cardsvc.handlers import review_bill
from cardsvc.store import reviewing
from cardsvc.store.opening import price_book
from cardsvc.store.reviewing import Flagged

Name = Annotated[str, Form(max_length=80)]


def may_reverse(signed: Signed, one: Flagged) -> bool:
    """Whether the page offers them to take the line behind a flag back."""
    there = one.key.line_no != ON_FACT and (one.state, Decision.REVERSE) in AFTER
    return there and signed.staff_no not in one.people and may_take(signed.roles, Step.REVERSE_LINE)


def returned_values(signed: Signed, flags: Iterable[Flagged]) -> dict[str, Any]:
    """What review returned, as far as they may see it, and which of it they may answer."""
    flags = tuple(flags)
    mine = {
        one.key
        for one in flags
        if may_answer(one.station, signed.staff_no, signed.roles, one.people, review_bill.STATIONS)
    }
    seen = [one for one in flags if signed.may(Action.SEE_BILLS) or one.key in mine]
    return {"given_back": seen, "answerable": mine, "answers": REASONS[Decision.ANSWER]}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and the forms to the console."""
    decides, reviews = asking.asks_whole(access, Action.REVIEW_BILLS)
    answers, _ = asking.asks(access, Action.SEE_STATION_BOARDS)
    home = context.home_id

    def found(name: str) -> Flagged:
        key = key_of(name)
        with context.engine.connect() as connection:
            one = reviewing.find(connection, home, key) if key is not None else None
        if one is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return one

    def reverse_page(
        request: Request, signed: Signed, one: Flagged, following: str, filters: str, refusal: Refusal | None = None
    ) -> Response:
        with context.engine.connect() as connection:
            row = price_book(connection, home, context.clock()).find(one.item or "")
        named = (row.name_zh if language_of(request) == "zh_CN" else row.name_en) if row is not None else one.item
        values = {
            "one": one,
            "name": name_of(one.key),
            "item": named or "",
            "following": following,
            "filters": filters,
            "back": address(_kept(filters), at=name_of(one.key)),
            "reasons": REASONS[Decision.REVERSE],
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "review_reverse", signed, values, refusal=refusal, status=status)

    @app.get("/review/reverse")
    def reverse_form(
        request: Request, signed: Annotated[Signed, reviews], flag: str = "", following: str = "", filters: str = ""
    ) -> Response:
        one = found(flag[:80])
        refusal = None if may_reverse(signed, one) else _why_not(signed, one)
        return reverse_page(request, signed, one, following[:80], filters[:600], refusal)

    @app.post("/review/reverse")
    def reverse(
        request: Request,
        signed: Annotated[Signed, decides],
        flag: Name,
        because: Annotated[Because, Form()],
        following: Name = "",
        filters: Annotated[str, Form(max_length=600)] = "",
    ) -> Response:
        one = found(flag)
        done = reversing.reverse(context, signed, one, because)
        if isinstance(done, Refusal):
            return reverse_page(request, signed, one, following, filters, done)
        shown = address(_kept(filters), at=following, reversed=flag)
        return RedirectResponse(f"{request.scope['root_path']}/review?{shown}", 303)

    @app.post("/review/answer")
    def answer(
        request: Request,
        signed: Annotated[Signed, answers],
        flag: Name,
        because: Annotated[Because, Form()],
        back: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        one, root = found(flag), str(request.scope["root_path"])
        if signed.county is not None:
            entering.mine(context, signed, one.case_no or "")
        done = review_bill.handle(context, one.key, Decision.ANSWER, because, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            raise Refused(done)
        safe = back if back.startswith(f"{root}/") and "\\" not in back else f"{root}/"
        return RedirectResponse(safe, 303)


def _kept(filters: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(filters) if name in (*FILTERS, "after")}


def _why_not(signed: Signed, one: Flagged) -> Refusal:
    if one.key.line_no == ON_FACT:
        return Refusal(Problem.NO_LINE)
    if signed.staff_no in one.people:
        return Refusal(Problem.OWN_WORK)
    if (one.state, Decision.REVERSE) not in AFTER:
        return Refusal(Problem.FLAG_DECIDED)
    return Refusal(Problem.STAFF_NOT_ALLOWED, Step.REVERSE_LINE)
