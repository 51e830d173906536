"""The console's rows of modules that were entered by mistake: withdrawn, listed, and let stand again."""

from functools import partial
from typing import Annotated, NamedTuple

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking, record_history, records
from admin_web.record_lists import linked, told
from admin_web.record_rows import fault_words
from admin_web.records import At
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault
from cardsvc.core.words import Language, say
from cardsvc.handlers import withdraw_row
from cardsvc.rows import hindering, keeping, withdrawing
from cardsvc.rows.hindering import NAMED, Hindrance
from cardsvc.rows.keeping import Where
from cardsvc.rows.titles import Reader, titles
from cardsvc.store import staff
from cardsvc.store.engine import Connection

PAGE = 50
COLUMNS = 4
"""The most columns of a row that the list shows."""


class Stands(NamedTuple):
    """What stands against a withdrawal, as people read it: of which kind, what it is called, where it is shown."""

    kind: str
    name: str
    path: str


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RECORDS)
    edits, may_edit = asks(Action.EDIT_RECORDS)

    def ask(
        request: Request,
        signed: Signed,
        at: At,
        row_id: str,
        refusal: Refusal | None = None,
        stood: tuple[Hindrance, ...] | None = None,
    ) -> Response:
        language = language_of(request)
        with context.engine.connect() as connection:
            row = keeping.find(connection, at.where, row_id, signed.county)
            if row is None:
                raise Refused(Refusal(Problem.NOT_FOUND))
            if stood is None:
                stood = tuple(hindering.hindrances(connection, at.where, at.module, {row_id: row}))
            about = (connection, context.vault, context.home_id, at.module, at.record)
            values = {
                "at": at,
                "row": row,
                "title": titles(*about, (row,), language, reader=Reader(signed.county))[row_id],
                "alone": withdraw_row.alone(connection, at.where, row, signed.staff_no, context.clock()),
                "stands": stands(connection, context, signed, at, stood, language),
                "more": len(stood) > NAMED,
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_withdraw", signed, values, refusal=refusal, status=status)

    def one(
        request: Request,
        signed: Signed,
        at: At,
        row_id: str,
        refusal: Refusal | None = None,
        faults: tuple[Fault, ...] = (),
    ) -> Response:
        language, now = language_of(request), context.clock()
        with context.engine.connect() as connection:
            found = withdrawing.find(connection, at.where, row_id, signed.county)
            if found is None:
                raise Refused(Refusal(Problem.NOT_FOUND))
            rows, reader = (found.row,), Reader(signed.county)
            about = (connection, context.vault, context.home_id, at.module, at.record)
            named = titles(*about, rows, language, reader=reader)
            values = {
                "at": at,
                "one": found,
                "title": named[row_id],
                "told": partial(told, context, at, linked(connection, context, at, rows, language, reader), language),
                "history": record_history.whole(connection, context, at, row_id, signed.county, language),
                "moved": lambda name: record_history.moved(at, name, language),
                "people": staff.names(connection, context.home_id),
                "counties": records.county_names(language),
                "alone": withdraw_row.alone_again(found, signed.staff_no, now),
                "rules": [_fault(at, fault, language) for fault in faults],
            }
        status = 422 if faults else STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_withdrawn_row", signed, values, refusal=refusal, status=status)

    @app.get("/modules/{module}/{record}/withdrawn")
    def listed(
        request: Request, signed: Annotated[Signed, sees], module: str, record: str, after: str = ""
    ) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        with context.engine.connect() as connection:
            found = withdrawing.listed(connection, at.where, signed.county, after[:100], PAGE + 1)
            rows, reader = tuple(each.row for each in found[:PAGE]), Reader(signed.county)
            values = {
                "at": at,
                "found": found[:PAGE],
                "next": withdrawing.place(found[PAGE - 1]) if len(found) > PAGE else "",
                "after": after,
                "columns": [each for each in at.record.columns if each.listed][:COLUMNS],
                "told": partial(told, context, at, linked(connection, context, at, rows, language, reader), language),
                "people": staff.names(connection, context.home_id),
                "counties": records.county_names(language),
            }
        return shell.page(request, "record_withdrawn", signed, values)

    @app.get("/modules/{module}/{record}/withdrawn/{row_id}")
    def shown(request: Request, signed: Annotated[Signed, sees], module: str, record: str, row_id: str) -> Response:
        at = records.at(context, signed, module, record)
        with context.engine.connect() as connection:
            stays = keeping.find(connection, at.where, row_id, signed.county)
        if stays is not None:
            return RedirectResponse(f"{request.scope['root_path']}/{at.path}/{row_id}", 303)
        return one(request, signed, at, row_id)

    @app.get("/modules/{module}/{record}/{row_id}/withdraw")
    def asked(request: Request, signed: Annotated[Signed, may_edit], module: str, record: str, row_id: str) -> Response:
        return ask(request, signed, records.at(context, signed, module, record), row_id)

    @app.post("/modules/{module}/{record}/{row_id}/withdraw")
    def withdrawn(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
        row_id: str,
        why: Annotated[str, Form(max_length=400)] = "",
        version: Annotated[int, Form(ge=0, lt=2**31)] = 0,
    ) -> Response:
        at, now = records.at(context, signed, module, record), context.clock()
        if isinstance(second, Refusal):
            return ask(request, signed, at, row_id, second)
        seen, people = (row_id, version), (signed.staff_no, second)
        done = withdraw_row.handle(context, at.module, at.record, seen, why, signed.county, people, now)
        if done is None:
            return RedirectResponse(f"{request.scope['root_path']}/{at.path}/withdrawn/{row_id}", 303)
        if isinstance(done, Refusal):
            return ask(request, signed, at, row_id, done)
        return ask(request, signed, at, row_id, Refusal(Problem.ROW_HELD), done)

    @app.post("/modules/{module}/{record}/withdrawn/{row_id}/restore")
    def restored(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
        row_id: str,
        why: Annotated[str, Form(max_length=400)] = "",
    ) -> Response:
        at = records.at(context, signed, module, record)
        if isinstance(second, Refusal):
            return one(request, signed, at, row_id, second)
        people, now = (signed.staff_no, second), context.clock()
        done = withdraw_row.restore(context, at.module, at.record, row_id, why, signed.county, people, now)
        if done is None:
            return RedirectResponse(f"{request.scope['root_path']}/{at.path}/{row_id}", 303)
        if isinstance(done, Refusal):
            return one(request, signed, at, row_id, done)
        return one(request, signed, at, row_id, None, done)


def stands(
    connection: Connection,
    context: Context,
    signed: Signed,
    at: At,
    found: tuple[Hindrance, ...],
    language: Language,
) -> list[Stands]:
    """What stands against taking rows back, as far as who has signed in may see it."""
    said = []
    for name in dict.fromkeys(each.record for each in found[:NAMED]):
        ids = [each.id for each in found[:NAMED] if each.record == name]
        if not name:
            kind = say(language, "search.case")
            said += [Stands(kind, each, f"cases/{each}" if signed.may(Action.SEE_CASES) else "") for each in ids]
            continue
        record = at.module.record(name)
        rows = keeping.find_all(connection, Where(context.home_id, at.module.name, record), ids)
        mine = [each for each in rows if signed.county in (None, each.county)]
        about = (connection, context.vault, context.home_id, at.module, record)
        called = titles(*about, mine, language, reader=Reader(signed.county))
        kind = record.label.said(language)
        said += [Stands(kind, called[each.id], f"modules/{at.module.name}/{name}/{each.id}") for each in mine]
        said += [Stands(kind, say(language, "records.not_yours"), "")] * (len(mine) < len(ids))
    return said


def _fault(at: At, fault: Fault, language: Language) -> str:
    """A fault with its column, as it has no field beside which it could stand."""
    return f"{at.record.column(fault.column).label.said(language)}: {fault_words(fault, language)}"
