"""The console's rows of modules: new, changed, moved, looked at; each with its history and what links to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import addresses, asking, deaths, record_history, records
from admin_web.record_lists import linked, told
from admin_web.records import At
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.declaring import SECOND
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import ALOUD, CITY, Fault, Kind, Label, Move, Record
from cardsvc.core.seeing import LookWhy
from cardsvc.core.words import Language, say
from cardsvc.handlers import keep_row, link_row, move_row, reveal_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.naming.cells import doubtful, written
from cardsvc.rows import agreeing, keeping, paging, withdrawing
from cardsvc.rows.counties import CODES, counties_for
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.rows.stopping import DEATH, UNDONE
from cardsvc.rows.titles import Reader, called, titles
from cardsvc.store import staff
from cardsvc.store.engine import Connection

RELATED = 20
"""The most linking rows of a kind that a row's page shows; the rest is one link away."""
CHOICES = 200
"""The most rows that a link's field offers; beyond it the id is typed, found by the list's search."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RECORDS)
    edits, may_edit = asks(Action.EDIT_RECORDS)
    reveals, _ = asks(Action.REVEAL_RECORDS)

    def row_at(signed: Signed, at: At, row_id: str) -> Kept:
        with context.engine.connect() as connection:
            row = keeping.find(connection, at.where, row_id, signed.county)
        if row is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return row

    def fixed(at: At, row: Kept) -> bool:
        with context.engine.connect() as connection:
            others = {one.name: one for one in at.module.records}
            bound = agreeing.binding(connection, at.where, others, [row.values])
        return at.record.is_frozen(row.values) or bool(bound)

    def form(
        request: Request,
        signed: Signed,
        at: At,
        row: Kept | None,
        typed: dict[str, str] | None = None,
        faults: tuple[Fault, ...] = (),
        refusal: Refusal | None = None,
    ) -> Response:
        language = language_of(request)
        if typed is None:
            typed = (
                {one.name: written(one, row.values[one.name]) for one in at.record.typed if not one.secret}
                if row
                else {}
            )
            typed["county"] = row.county if row else (signed.county or "")
            typed |= {name: value for name, value in request.query_params.items() if row is None}
        counties = counties_for(signed.county)
        county = signed.county or typed.get("county", "")
        links = any(one.kind is Kind.LINK for one in at.record.typed)
        with context.engine.connect() as connection:
            offered = offers(connection, context, at, county, language, row, Reader(signed.county))
        names = records.county_names(language)
        values = {
            "at": at,
            "row": row,
            "typed": typed,
            "faults": {one.column: fault_words(one, language) for one in faults},
            "rules": sorted({fault_words(one, language) for one in faults if one.label or one.why in ALOUD}),
            "counties": {one: names[one] for one in counties},
            "offered": offered,
            "links": links,
            "county": county if county in counties else "",
            "city": CITY,
            "guarded": at.record.guarded(row.values) if row else (),
            "today": local(context.clock()).date().isoformat(),
        }
        status = 422 if faults else STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_form", signed, values, refusal=refusal, status=status)

    def detail(
        request: Request,
        signed: Signed,
        at: At,
        row_id: str,
        refusal: Refusal | None = None,
        faults: tuple[Fault, ...] = (),
        **more: Any,
    ) -> Response:
        row, language = row_at(signed, at, row_id), language_of(request)
        moves = [one for one in move_row.open_moves(at.record, row) if not one.outside]
        stands = {one.name: written(one, row.values[one.name]) for one in at.record.columns if not one.secret}
        with context.engine.connect() as connection:
            reader = Reader(signed.county)
            names = linked(connection, context, at, (row,), language, reader)
            values = {
                "at": at,
                "row": row,
                "frozen": fixed(at, row),
                "title": titles(
                    connection, context.vault, context.home_id, at.module, at.record, [row], language, reader=reader
                )[row.id],
                "told": partial(told, context, at, names, language),
                "history": record_history.whole(connection, context, at, row_id, signed.county, language),
                "related": related(connection, context, at, row_id, signed.county, language),
                "people": staff.names(connection, context.home_id),
                "moves": moves,
                "outward": any(one.outside for one in move_row.open_moves(at.record, row)),
                "counties": records.county_names(language),
                "whys": list(LookWhy),
                "faults": {one.column: fault_words(one, language) for one in faults},
                "rules": aloud(at.record, faults, more.get("tried", ""), language),
                "typed": stands,
                "stands": stands,
                "offered": offers(connection, context, at, row.county, language, row, reader),
                "days": days_of(at.record, row, more.get("typed", {}), context.clock()),
                "today": days_of(at.record, row, {}, context.clock()),
                "must": {one.name: must_of(context, at, (row,), one) for one in moves},
                "tried": "",
                "shown": {},
                "doubts": {
                    one.name
                    for one in at.record.columns
                    if one.kind is Kind.BANK_ACCOUNT
                    and doubtful(one.kind, keeping.clear(context.vault, at.where, row, one.name))
                },
                "link": "",
                "by_death": (DEATH, UNDONE),
                "moved": lambda name: record_history.moved(at, name, language),
                "death": deaths.of_row(connection, context, signed, at, row_id, language),
            }
        status = 422 if faults else STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record", signed, {**values, **more}, refusal=refusal, status=status)

    def back(request: Request, at: At, row_id: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/{at.path}/{row_id}", 303)

    def kept(
        request: Request,
        signed: Signed,
        at: At,
        seen: tuple[str, int] | None,
        typed: dict[str, str],
        texts: dict[str, str],
        second: StaffNo | Refusal | None,
    ) -> Response:
        """Keep what a form says by these `texts`; what does not go stays as it was `typed`, with the reason."""
        done: str | Faulty | Refusal
        if isinstance(second, Refusal):
            done = second
        else:
            now, county = context.clock(), signed.county
            done = keep_row.handle(context, at.module, at.record, seen, texts, county, signed.staff_no, now, second)
        if isinstance(done, str):
            return back(request, at, done)
        faults, refusal = (done.faults, None) if isinstance(done, Faulty) else ((), done)
        return form(request, signed, at, row_at(signed, at, seen[0]) if seen else None, typed, faults, refusal)

    async def typed_of(request: Request) -> dict[str, str]:
        return {name: str(value).strip() for name, value in (await request.form()).items() if name not in SECOND}

    @app.get("/modules/{module}/{record}/new")
    def new(request: Request, signed: Annotated[Signed, may_edit], module: str, record: str) -> Response:
        return form(request, signed, records.at(context, signed, module, record), None)

    @app.post("/modules/{module}/{record}/new")
    async def added(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
    ) -> Response:
        at, typed = records.at(context, signed, module, record), await typed_of(request)
        return kept(request, signed, at, None, typed, typed, second)

    @app.get("/modules/{module}/{record}/{row_id}")
    def row(request: Request, signed: Annotated[Signed, sees], module: str, record: str, row_id: str) -> Response:
        at = records.at(context, signed, module, record)
        with context.engine.connect() as connection:
            gone = withdrawing.find(connection, at.where, row_id, signed.county)
        return back(request, at, f"withdrawn/{row_id}") if gone is not None else detail(request, signed, at, row_id)

    @app.get("/modules/{module}/{record}/{row_id}/edit")
    def edit(request: Request, signed: Annotated[Signed, may_edit], module: str, record: str, row_id: str) -> Response:
        at = records.at(context, signed, module, record)
        row = row_at(signed, at, row_id)
        if fixed(at, row):
            return detail(request, signed, at, row_id, Refusal(Problem.ROW_FROZEN))
        return form(request, signed, at, row)

    @app.post("/modules/{module}/{record}/{row_id}/edit")
    async def edited(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
        row_id: str,
    ) -> Response:
        at, typed = records.at(context, signed, module, record), await typed_of(request)
        secrets = {one.name for one in at.record.typed if one.secret}
        texts = {name: text for name, text in typed.items() if text or name not in secrets}
        return kept(request, signed, at, (row_id, version_of(typed)), typed, texts, second)

    @app.post("/modules/{module}/{record}/{row_id}/move/{move}")
    async def moved(
        request: Request,
        signed: Annotated[Signed, edits],
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        module: str,
        record: str,
        row_id: str,
        move: str,
    ) -> Response:
        at, typed = records.at(context, signed, module, record), await typed_of(request)
        done: tuple[Fault, ...] | Refusal | None
        if isinstance(second, Refusal):
            done = second
        else:
            seen, people, now = (row_id, version_of(typed)), (signed.staff_no, second), context.clock()
            done = move_row.handle(context, at.module, at.record, seen, move, typed, signed.county, people, now)
        if isinstance(done, Refusal):
            return detail(request, signed, at, row_id, done, typed=typed, tried=move)
        if done:
            return detail(request, signed, at, row_id, None, done, typed=typed, tried=move)
        return back(request, at, row_id)

    @app.post("/modules/{module}/{record}/{row_id}/reveal")
    def revealed(
        request: Request,
        signed: Annotated[Signed, reveals],
        module: str,
        record: str,
        row_id: str,
        why: Annotated[LookWhy, Form()],
        column: Annotated[str, Form(max_length=40)],
    ) -> Response:
        at, now = records.at(context, signed, module, record), context.clock()
        name = at.module.name
        found = reveal_row.handle(context, name, at.record, row_id, column, why, signed.county, signed.staff_no, now)
        if isinstance(found, Refusal):
            return detail(request, signed, at, row_id, found)
        return detail(request, signed, at, row_id, shown={column: found})

    @app.post("/modules/{module}/{record}/{row_id}/link")
    def link(request: Request, signed: Annotated[Signed, edits], module: str, record: str, row_id: str) -> Response:
        at, now = records.at(context, signed, module, record), context.clock()
        token = link_row.handle(context, at.module.name, at.record, row_id, signed.county, signed.staff_no, now)
        if isinstance(token, Refusal):
            return detail(request, signed, at, row_id, token)
        return detail(request, signed, at, row_id, link=addresses.outward(context, request, token))


def days_of(record: Record, row: Kept, typed: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What the fields say that ask when a move was: as typed, else today; a moment is now where it is left empty."""
    stamps = {one.stamps for one in move_row.open_moves(record, row) if one.stamps}
    today = local(now).date().isoformat()
    return {one: typed.get(one) or (today if record.column(one).kind is Kind.DATE else "") for one in stamps}


def version_of(typed: dict[str, str]) -> int:
    """The version of the row that a form was made from; 0 for none, which no row has."""
    text = typed.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else 0


def fault_words(fault: Fault, language: Language) -> str:
    """Why a value cannot be kept."""
    said: Label | None = fault.label
    return said.said(language) if said is not None else say(language, f"cell_wrong.{fault.why}")


def must_of(context: Context, at: At, rows: Iterable[Kept], move: Move) -> set[str]:
    """What a step of one of these rows asks and needs, though it may be empty elsewhere."""
    now, found = context.clock(), set[str]()
    if at.record.check is None or all(at.record.column(name).needed for name in move.fills):
        return found  # no secret is opened to be told nothing
    for one in rows:
        clear = {**keeping.opened(context.vault, at.where, one), "county": one.county}
        found |= move_row.must_fill(at.record, clear, move, now)
    return found


def aloud(record: Record, faults: tuple[Fault, ...], tried: str, language: Language) -> list[str]:
    """What is said of the whole row: rules of its own, and what is wrong where the step that was tried has no field."""
    moves = record.flow.moves if record.flow is not None else ()
    fields = {name for one in moves if one.name == tried for name in (*one.fills, one.stamps)}
    labels = {one.name: f"{one.label.said(language)}: " for one in record.columns}
    return [
        fault_words(one, language) if named else f"{labels.get(one.column, '')}{fault_words(one, language)}"
        for one in faults
        if (named := one.label is not None or one.why in ALOUD) or one.column not in fields
    ]


def offers(
    connection: Connection, context: Context, at: At, county: str, language: Language, row: Kept | None, reader: Reader
) -> dict[str, list[tuple[str, str]]]:
    """For each link of a record: the newest rows that it may lead to, by id and name, and the one that it leads to.

    A county's row leads to those of its county and of the city, the city's to all (`keeping.leads_to`).
    """
    found = {}
    for column in at.record.columns:
        if column.kind is Kind.LINK:
            to = Where(context.home_id, at.module.name, at.module.record(column.of))
            there = [str(row.values[column.name])] if row is not None and row.values[column.name] else []
            rows: dict[str, Kept] = {}
            for of in {None} if county == CITY else {county, CITY} & {*CODES, CITY}:
                page = paging.page(connection, context.vault, to, Wanted(county=of), CHOICES)
                rows |= {one.id: one for one in page.rows}
            about = (connection, context.vault, context.home_id, at.module, to.record)
            named = titles(*about, rows.values(), language, reader=reader)
            named |= called(connection, context.vault, at.module, to, {*there} - {*named}, language, reader)
            found[column.name] = sorted(named.items(), key=lambda one: one[1])
    return found


def related(
    connection: Connection, context: Context, at: At, row_id: str, county: str | None, language: Language
) -> list[tuple[At, str, list[tuple[str, str]], bool]]:
    """What links to a row: record, linking column, rows by id and name, and whether there are more."""
    found = []
    for record in at.module.records:
        for column in record.columns:
            if column.kind is Kind.LINK and column.of == at.record.name:
                to = Where(context.home_id, at.module.name, record)
                wanted = Wanted(county=county, only={column.name: (row_id,)})
                page = paging.page(connection, context.vault, to, wanted, RELATED)
                about = (connection, context.vault, context.home_id, at.module, record)
                named = titles(*about, page.rows, language, reader=Reader(county))
                found.append((At(at.module, record, to), column.name, list(named.items()), bool(page.after)))
    return found
