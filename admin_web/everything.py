"""The console's search over everything that one may see, and what waits for whoever is signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from admin_web import records
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.api.searching import wanted_of
from cardsvc.context import Context
from cardsvc.core.ash_lists import unconfirmed
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Family
from cardsvc.core.records import Flow
from cardsvc.core.reference import normal
from cardsvc.core.reviewing import FlagState
from cardsvc.core.statements import StatementState
from cardsvc.core.words import LANGUAGES, Language, say
from cardsvc.rows import paging, renumbering, uploads
from cardsvc.rows.keeping import Where
from cardsvc.rows.matching import Wanted, matched
from cardsvc.rows.paging import COUNTED
from cardsvc.rows.titles import Reader, titles
from cardsvc.store import (
    ashes,
    card_lists,
    held_money,
    office,
    outbox,
    paid_out,
    payments,
    receipts,
    reviewing,
    short,
    statement_money,
    statements,
    stray_money,
)
from cardsvc.store.card_lists import CardsWanted
from cardsvc.store.engine import Connection
from cardsvc.store.policies import policy_of

FRESH = timedelta(seconds=20)
"""So long a number in the menu may be behind; the page of what waits itself never is."""
MOST = 8
"""The most finds of one kind; each kind's own list shows all."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found: of what kind in words, what it is called, a word beside it, and its page."""

    kind: str
    name: str
    beside: str
    path: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for people: in words, how many (up to `COUNTED` + 1), its page, and what can be done.

    `elsewhere`: it went back to somebody outside, who is waited for; nothing is to be done here.
    """

    name: str
    count: int
    path: str
    next: str = ""
    elsewhere: bool = False


class Remembered:
    """What waits costs something and is asked by every page: it is looked up anew when it is `FRESH` no more."""

    def __init__(self, look: Callable[[Signed, Language], list[Waiting]], clock: Callable[[], datetime]) -> None:
        self._look, self._clock = look, clock
        self._known: dict[StaffNo, tuple[datetime, Language, list[Waiting]]] = {}

    def count(self, signed: Signed) -> int:
        """How much is to be done, in whichever language it was looked up."""
        known = self._known.get(signed.staff_no)
        rows = self(signed, known[1] if known is not None else LANGUAGES[0])
        return sum(one.count for one in rows if not one.elsewhere)

    def __call__(self, signed: Signed, language: Language) -> list[Waiting]:
        """What waits."""
        known = self._known.get(signed.staff_no)
        fresh = known is not None and timedelta() <= self._clock() - known[0] < FRESH
        return known[2] if known is not None and fresh and known[1] == language else self.now(signed, language)

    def now(self, signed: Signed, language: Language) -> list[Waiting]:
        """What waits at this moment; it is remembered."""
        rows = self._look(signed, language)
        self._known[signed.staff_no] = (self._clock(), language, rows)
        return rows


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""

    signed_in = access.who

    def look(signed: Signed, language: Language) -> list[Waiting]:
        with context.engine.connect() as connection:
            return [one for one in waits(connection, context, signed, language) if one.count]

    waiting = Remembered(look, context.clock)
    shell.counts["work"] = waiting.count

    @app.get("/search")
    def blank(request: Request) -> Response:
        return shell.page(request, "search", signed_in(request), {"q": "", "found": [], "asked": False})

    @app.post("/search")
    def search(
        request: Request,
        q: Annotated[str, Form(max_length=60)] = "",
        form_token: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        """What is typed may be somebody's number: it is sent in the body, never in an address."""
        signed = signed_in(request)
        if form_token != signed.form_token:
            raise Refused(Refusal(Problem.FORM_EXPIRED))
        text = q.strip()
        with context.engine.connect() as connection:
            found = list(finds(connection, context, signed, language_of(request), text)) if text else []
        if len({one.path for one in found}) == 1:
            return RedirectResponse(f"{request.scope['root_path']}/{found[0].path}", 303)
        return shell.page(request, "search", signed, {"q": text, "found": found, "asked": bool(text)})

    @app.get("/work")
    def work(request: Request) -> Response:
        signed = signed_in(request)
        rows = waiting.now(signed, language_of(request))
        here, elsewhere = [one for one in rows if not one.elsewhere], [one for one in rows if one.elsewhere]
        return shell.page(request, "work", signed, {"rows": here, "elsewhere": elsewhere, "counted": COUNTED})

    @app.get("/work/news")
    def news(request: Request) -> Response:
        """What waits now, for the page that somebody has open: it says by itself what has come since."""
        rows = waiting(access.who(request, at_work=False), language_of(request))
        told = [{"name": one.name, "count": one.count, "path": one.path} for one in rows if not one.elsewhere]
        return JSONResponse(told, headers={"cache-control": "no-store"})


def finds(connection: Connection, context: Context, signed: Signed, language: Language, text: str) -> Iterator[Found]:
    """Whatever somebody may see that is called like this, or has this number."""
    home, word = context.home_id, partial(say, language)
    if signed.may(Action.SEE_CASES):
        cases = office.cases(connection, home, wanted_of(context.vault, text, "", signed.county, "", False))
        if signed.may(Action.SEE_BILLS):
            listed = {one.case.case_no for one in cases}
            cases += [one for one in _let_off(connection, context, signed, text) if one.case.case_no not in listed]
        for one in cases[:MOST]:
            number = one.case.case_no
            yield Found(
                word("search.case"), number, f"{one.shown_name} {word(f'stage.{one.case.stage}')}", f"cases/{number}"
            )
    if signed.may(Action.ISSUE_CARD):
        for card in card_lists.listed(connection, home, CardsWanted(text=text, county=signed.county))[:MOST]:
            yield Found(word("search.card"), card.card_no, card.case_no or "", f"cards/{card.card_no}")
    if signed.may(Action.SEE_RECEIPTS):
        for family in Family:
            kept = receipts.one(connection, home, family, text.upper())
            if kept is not None and _theirs(connection, context, signed, kept.receipt.case_no):
                number = kept.receipt.case_no
                yield Found(word("search.receipt"), text.upper(), number, f"cases/{number}/receipts")
    if signed.may(Action.SEE_BILLS):
        order = payments.one(connection, home, text.upper())
        if order is not None and _theirs(connection, context, signed, order.case_no):
            yield Found(word("search.payment"), order.order_no, order.case_no, f"payments/{order.order_no}")
    if signed.may(Action.SEE_BILLS) and signed.county is None:
        owner = payments.referenced(connection, home, text)
        if owner is not None:
            known = office.case(connection, home, owner) is not None
            yield Found(
                word("search.reference"), normal(text), owner if known else "", f"cases/{owner}" if known else "held"
            )
        draft_no = statement_money.paid_by(connection, home, text)
        if draft_no is not None:
            yield Found(word("search.for_statement"), normal(text), str(draft_no), f"statements/{draft_no}")
    if signed.may(Action.SEE_RECORDS):
        for module in records.mine(context, signed).values():
            for record in module.records:
                if any(one.searched for one in record.columns):
                    where = Where(home, module.name, record)
                    about = (connection, context.vault, home, module, record)
                    page = paging.page(connection, context.vault, where, Wanted(county=signed.county, text=text), MOST)
                    kind = f"{module.label.said(language)} › {record.label.said(language)}"
                    named = titles(*about, page.rows, language, reader=Reader(signed.county))
                    for row_id, name in named.items():
                        yield Found(kind, name, "", f"modules/{module.name}/{record.name}/{row_id}")
                    had = renumbering.renumbered(connection, where, text, signed.county)[:MOST]
                    was = titles(*about, had, language, reader=Reader(signed.county))
                    for row_id, name in was.items():
                        beside = word("search.formerly", number=text)
                        yield Found(kind, name, beside, f"modules/{module.name}/{record.name}/{row_id}")


def _let_off(connection: Connection, context: Context, signed: Signed, number: str) -> Iterator[office.CaseRow]:
    """The cases that were let off by a register's record, by the number that it has or one that it had."""
    for module in context.modules.values():
        if module.waivers is not None:
            people, numbers = renumbering.people(connection, context.home_id, module, number)
            for one in office.cases_of(connection, context.home_id, people, signed.county):
                if numbers & {proof.number for proof in one.case.entitled if proof.registry == module.name}:
                    yield one


def _theirs(connection: Connection, context: Context, signed: Signed, case_no: CaseNo) -> bool:
    """Whether a case is of the county that somebody is bound to."""
    row = office.case(connection, context.home_id, case_no) if signed.county is not None else None
    return signed.county is None or (row is not None and row.county == signed.county)


def waits(connection: Connection, context: Context, signed: Signed, language: Language) -> Iterator[Waiting]:
    """What waits for whoever is signed in, by what they may do."""
    home, word = context.home_id, partial(say, language)
    whole = signed.county is None
    if signed.may(Action.SEE_CASES):
        policy, now = policy_of(connection, home, context.clock()), context.clock()
        late = [
            one
            for case in ashes.followed(connection, home, signed.county)
            for one in unconfirmed(case, policy)
            if one.due < now
        ]
        yield Waiting(word("work.ashes"), len(late), "ashes/rest")
    if signed.may(Action.SEE_STATIONS) and whole:
        yield Waiting(word("work.unsettled"), len(office.unsettled(connection, home)), "unsettled")
    if signed.may(Action.REVIEW_BILLS) and whole:
        flags = reviewing.counts(connection, home, FlagState.OPEN)
        yield Waiting(word("work.review"), sum(flags.values()), "review")
    if signed.may(Action.SETTLE_PAYMENT) and whole:
        yield Waiting(word("work.suspense"), len(payments.waiting(connection, home)), "payments")
        at_desks = sum(len(one(connection, home)) for one in (held_money.listed, stray_money.waiting, short.waiting))
        yield Waiting(word("work.held"), at_desks, "held")
        yield Waiting(word("work.to_bank"), paid_out.count(connection, home), "paid-out")
    if signed.may(Action.KEEP_STATEMENTS) and whole:
        drafts = [
            one
            for one in statements.listed(connection, home, None, None, COUNTED)
            if one.state is StatementState.DRAFT and one.made_by != signed.staff_no
        ]
        yield Waiting(word("work.statements"), len(drafts), "statements")
    if signed.may(Action.SEE_OPERATIONS) and whole:
        yield Waiting(word("work.outbox"), outbox.counts(connection, home).get("failed", 0), "outbox?state=failed")
    if signed.may(Action.EDIT_RECORDS):
        yield from _moves(connection, context, signed, language)
        yield from _files(connection, context, signed, language)


def _files(connection: Connection, context: Context, signed: Signed, language: Language) -> Iterator[Waiting]:
    """Their own files of rows that were looked at: to be committed, mended or dropped."""
    mine = records.mine(context, signed)
    for name, record_name, state, count in uploads.undecided(connection, context.home_id, signed.staff_no):
        module = mine.get(name)
        record = next((one for one in module.records if one.name == record_name), None) if module is not None else None
        if module is not None and record is not None:
            said = f"{module.label.said(language)} › {record.label.said(language)}: {say(language, 'records.import')}"
            path = f"modules/{name}/{record_name}/import"
            yield Waiting(said, count, path, say(language, f"upload_state.{state}"))


def _moves(connection: Connection, context: Context, signed: Signed, language: Language) -> Iterator[Waiting]:
    """Rows of the modules in a state of which their declaration says that they wait for somebody here."""
    for module in records.mine(context, signed).values():
        for record in module.records:
            if record.flow is None:
                continue
            column = record.column(record.flow.column)
            back = [one for one in record.flow.sent_back if one not in record.flow.waits]
            for state in (*record.flow.waits, *back):
                where, wanted = Where(context.home_id, module.name, record), {column.name: (state,)}
                ids = matched(context.vault, where, Wanted(county=signed.county, only=wanted))
                said = column.choices[state].said(language)
                name = f"{module.label.said(language)} › {record.label.said(language)}: {said}"
                path = f"modules/{module.name}/{record.name}?f.{column.name}={state}"
                count = paging.counted(connection, ids)
                steps = next_steps(record.flow, state, language) if state not in back else ""
                yield Waiting(name, count, path, steps, state in back)


def next_steps(flow: Flow, state: str, language: Language) -> str:
    """What can be done with a row in a state, by whom; and whether somebody outside may have brought it there."""
    outside = any(one.outside and one.to == state for one in flow.moves)
    steps = (
        say(language, "work.by_two", move=one.label.said(language)) if one.two else one.label.said(language)
        for one in flow.here(state)
    )
    return " · ".join((*((say(language, "work.sent_in"),) if outside else ()), *steps))
