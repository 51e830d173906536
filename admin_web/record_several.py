"""The console's moves of several rows at once, each judged by itself; and links for outside for a whole list."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import FastAPI, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from admin_web import addresses, asking, records
from admin_web.record_exports import MEDIA, As, xlsx_pieces
from admin_web.record_lists import linked, told
from admin_web.record_rows import days_of, fault_words, must_of
from admin_web.records import At
from admin_web.shell import Shell, reasons
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Kind, Move, Record
from cardsvc.core.words import Language, say
from cardsvc.documents.plain_sheet import Cell
from cardsvc.handlers import link_row, move_row
from cardsvc.rows import keeping, paging
from cardsvc.rows.keeping import Kept
from cardsvc.rows.matching import Wanted
from cardsvc.rows.titles import Reader, titles
from cardsvc.store.engine import Connection

MOST = 500
"""The most rows that are moved, or given links, at once."""
ONE = re.compile(r"([0-9a-f]{32})\.(\d{1,9})")
"""A row and the version that was looked at."""
Seen = dict[str, int]
NOTHING: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What became of a row that was not moved: what it is called, its page, and why."""

    name: str
    path: str
    why: str


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    edits, may_edit = partial(asking.asks, access)(Action.EDIT_RECORDS)

    @app.get("/modules/{module}/{record}/several")
    def choose(request: Request, signed: Annotated[Signed, may_edit], module: str, record: str) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        wanted = _wanted(at, signed, request)
        with context.engine.connect() as connection:
            page = paging.page(connection, context.vault, at.where, wanted, MOST)
            names = linked(connection, context, at, page.rows, language, Reader(signed.county))
            values = {
                "at": at,
                "rows": page.rows,
                "more": bool(page.after),
                "every": " ".join(f"{one.id}.{one.version}" for one in page.rows),
                "names": _named(connection, context, at, page.rows, language, signed.county),
                "told": partial(told, context, at, names, language),
                "moves": moves_of(at.record),
                "outward": sum(_outward(at.record, one) for one in page.rows),
                "address": records.address_of(wanted, signed),
                "counties": records.county_names(language),
                "most": MOST,
            }
        return shell.page(request, "record_several", signed, values)

    @app.post("/modules/{module}/{record}/several")
    def sure(
        request: Request,
        signed: Annotated[Signed, edits],
        module: str,
        record: str,
        move: Annotated[str, Form(max_length=40)] = "",
        which: Annotated[str, Form(max_length=10)] = "",
        every: Annotated[str, Form(max_length=60 * MOST)] = "",
        row: Annotated[list[str], Form(max_length=MOST)] = [],  # noqa: B006
    ) -> Response:
        at = records.at(context, signed, module, record)
        return asked(request, signed, at, _move(at, move), _seen(every if which == "all" else " ".join(row)))

    def asked(
        request: Request,
        signed: Signed,
        at: At,
        move: Move,
        seen: Seen,
        refusal: Refusal | None = None,
        typed: Mapping[str, str] = NOTHING,
    ) -> Response:
        language = language_of(request)
        with context.engine.connect() as connection:
            found = [one for one in keeping.find_all(connection, at.where, seen) if signed.county in (None, one.county)]
            names = _named(connection, context, at, tuple(found), language, signed.county)
        fit = [one for one in found if one.version == seen[one.id] and move in move_row.open_moves(at.record, one)]
        flow = at.record.flow
        state = at.record.column(flow.column).choices.get(move.to) if flow is not None else None
        stamps = days_of(at.record, fit[0], typed, context.clock()) if fit else {}
        values = {
            "at": at,
            "move": move,
            "count": len(seen),
            "fit": [(one, names[one.id]) for one in fit],
            "after": state.said(language) if state is not None else "",
            "seen": " ".join(f"{row_id}.{version}" for row_id, version in seen.items()),
            "days": stamps,
            "typed": typed,
            "must": must_of(context, at, fit, move),
        }
        status = 422 if not seen else STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_several_sure", signed, values, refusal=refusal, status=status)

    @app.post("/modules/{module}/{record}/several/{move}")
    async def moved(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
        move: str,
    ) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        step, typed = _move(at, move), {name: str(value).strip() for name, value in (await request.form()).items()}
        seen = _seen(typed.get("seen", ""))
        alone = Refusal(Problem.FOUR_EYES, Action.EDIT_RECORDS) if step.two and second is None else None
        if not seen or isinstance(second, Refusal) or alone is not None:
            return asked(request, signed, at, step, seen, second if isinstance(second, Refusal) else alone, typed)
        people = (signed.staff_no, second if step.two else None)
        done = await run_in_threadpool(_move_all, context, at, signed.county, people, step, seen, typed, language)
        values = {"at": at, "move": step, "done": len(seen) - len(done), "refused": done}
        return shell.page(request, "record_several_done", signed, values)

    @app.post("/modules/{module}/{record}/links.xlsx")
    def links(request: Request, signed: Annotated[Signed, edits], module: str, record: str) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        wanted, now = _wanted(at, signed, request), context.clock()
        with context.engine.connect() as connection:
            page = paging.page(connection, context.vault, at.where, wanted, MOST)
            rows = [one for one in page.rows if _outward(at.record, one)]
            names = _named(connection, context, at, tuple(rows), language, signed.county)
        counties, until = records.county_names(language), local(now + link_row.HOLDS).date()
        made: list[list[Cell]] = []
        for one in rows:
            token = link_row.handle(context, at.module.name, at.record, one.id, signed.county, signed.staff_no, now)
            if not isinstance(token, Refusal):
                link = addresses.outward(context, request, token)
                made.append([names[one.id], counties.get(one.county, one.county), link, until])
        heads = [say(language, f"several.{one}") for one in ("name", "county", "link", "until")]
        said = {"content-disposition": f'attachment; filename="{module}-{record}-links.xlsx"'}
        said["cache-control"] = "no-store"
        return StreamingResponse(xlsx_pieces(heads, made), media_type=MEDIA[As.XLSX], headers=said)


def _wanted(at: At, signed: Signed, request: Request) -> Wanted:
    """What a list shows now. Raises Refused for one of another day: rows are moved as they are."""
    wanted = records.wanted_of(at, signed, request.query_params)
    if wanted.as_of is not None:
        raise Refused(Refusal(Problem.NOT_FOUND))
    return wanted


def moves_of(record: Record) -> list[Move]:
    """The moves that may be made with many rows by somebody here: of what they ask, at most one field for all."""
    flow = record.flow

    def common(move: Move) -> bool:
        columns = [record.column(one) for one in move.fills]
        return len(columns) < 2 and all(not one.secret and one.kind is not Kind.LINK for one in columns)

    return [one for one in flow.moves if not one.outside and common(one)] if flow is not None else []


def _move(at: At, name: str) -> Move:
    found = next((one for one in moves_of(at.record) if one.name == name), None)
    if found is None:
        raise Refused(Refusal(Problem.NOT_FOUND))
    return found


def _seen(text: str) -> Seen:
    """The rows that a form names, with the versions that were looked at; no more than may be moved at once."""
    found = [match for one in text.split()[:MOST] if (match := ONE.fullmatch(one)) is not None]
    return {match[1]: int(match[2]) for match in found}


def _outward(record: Record, row: Kept) -> bool:
    """Whether a row has something for somebody outside to send in now."""
    return any(one.outside for one in move_row.open_moves(record, row))


def _named(
    connection: Connection, context: Context, at: At, rows: tuple[Kept, ...], language: Language, county: str | None
) -> dict[str, str]:
    about = (connection, context.vault, context.home_id, at.module, at.record)
    return titles(*about, rows, language, reader=Reader(county))


def _move_all(
    context: Context,
    at: At,
    county: str | None,
    people: tuple[StaffNo, StaffNo | None],
    move: Move,
    seen: Seen,
    typed: dict[str, str],
    language: Language,
) -> list[Answer]:
    """Move row after row, each an act of its own; those that were not moved, and why."""
    with context.engine.connect() as connection:
        found = {one.id: one for one in keeping.find_all(connection, at.where, seen)}
        mine = tuple(one for one in found.values() if county in (None, one.county))
        names = _named(connection, context, at, mine, language, county)
    refused = []
    for row_id, version in seen.items():
        now, row = context.clock(), (row_id, version)
        done = move_row.handle(context, at.module, at.record, row, move.name, typed, county, people, now)
        if done is None:
            continue
        if isinstance(done, Refusal):
            why = "; ".join(said for said, _ in reasons(done, language))
        else:
            labels = {one.name: one.label.said(language) for one in at.record.columns}
            why = "; ".join(f"{labels.get(one.column, one.column)}: {fault_words(one, language)}" for one in done)
        named = row_id in names
        refused.append(Answer(names.get(row_id, row_id[:8]), f"{at.path}/{row_id}" if named else "", why))
    return refused
