"""The console's imports of modules' rows: a file is handed in, looked at with its faults, committed or dropped."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from admin_web import asking, records
from admin_web.record_exports import MEDIA, As
from admin_web.record_lists import linked, told
from admin_web.record_rows import fault_words
from admin_web.record_withdrawn import stands
from admin_web.records import At
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Column, Kind, Label, Record, Wrong
from cardsvc.core.uploads import KEPT, WORKING, UploadState
from cardsvc.core.words import Language, say
from cardsvc.documents.record_sheet import COUNTY, label
from cardsvc.documents.record_template import template
from cardsvc.documents.safe_xlsx import RECORDS, Unsafe
from cardsvc.handlers import import_rows, restore_upload, take_back_upload
from cardsvc.naming.cells import read
from cardsvc.rows import importing, uploads, withdrawing
from cardsvc.rows.counties import counties_for
from cardsvc.rows.hindering import NAMED, Hindrance
from cardsvc.rows.titles import Reader, titles
from cardsvc.rows.uploads import Upload
from cardsvc.store import staff
from cardsvc.store.engine import Connection

AROUND = 20_000
"""Bytes of a form around its file."""
PREVIEW = 10
"""The most rows that are shown as they will be."""
KNOWN_ON = Column("known_on", Label("", ""), Kind.DATE)
"""The form's day of which a file tells, as it is read."""
LETTER = re.compile(r"[A-Z]{1,3}")


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    edits, sees = partial(asking.asks, access)(Action.EDIT_RECORDS)

    def upload_at(signed: Signed, at: At, upload_id: str) -> Upload:
        with context.engine.connect() as connection:
            found = uploads.one(connection, context.home_id, upload_id)
        of_this = found is not None and (found.module, found.record) == (at.module.name, at.record.name)
        if found is None or not of_this or (signed.county is not None and found.county != signed.county):
            raise Refused(Refusal(Problem.NOT_FOUND))
        return found

    def listed(request: Request, signed: Signed, at: At, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            found = uploads.listed(connection, context.home_id, at.module.name, at.record.name, signed.county)
            people = staff.names(connection, context.home_id)
        values = {"at": at, "uploads": found, "people": people, "today": local(context.clock()).date().isoformat()}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_imports", signed, values, refusal=refusal, status=status)

    def one(request: Request, signed: Signed, at: At, upload_id: str, refusal: Refusal | None = None) -> Response:
        upload, language = upload_at(signed, at, upload_id), language_of(request)
        with context.engine.connect() as connection:
            aside = uploads.staged(connection, upload, 0, PREVIEW)
            rows = [
                importing.as_kept(
                    at.where, row_id, importing.columns_in(at.where, body), upload.made_by, upload.made_at
                )
                for _, row_id, body in aside
            ]
            names = linked(connection, context, at, tuple(rows), language, Reader(signed.county))
            people = staff.names(connection, context.home_id)
            held = tuple(Hindrance(*each) for each in upload.found.held)
            stood = stands(connection, context, signed, at, held, language) if not upload.found.faults else []
            twice = upload.state in (UploadState.READY, UploadState.TAKEN_BACK)
            same = uploads.same(connection, upload) if twice else None
            unfit = _unfit(connection, context, at, upload, language)
            alone = take_back_upload.alone(connection, upload, at.record, signed.staff_no, context.clock())
        values = {
            "at": at,
            "upload": upload,
            "same": same,
            "stands": stood,
            "more": len(held) > NAMED,
            "alone": alone,
            "alone_again": restore_upload.alone(upload, signed.staff_no, context.clock()),
            "unfit": unfit,
            "rows": rows,
            "numbers": [number for number, _, _ in aside],
            "columns": [c for c in at.record.columns if any(row.values[c.name] is not None for row in rows)],
            "told": partial(told, context, at, names, language),
            "named": partial(column_words, at.record, language),
            "why": partial(fault_words, language=language),
            "counties": records.county_names(language),
            "people": people,
            "works": upload.state in WORKING,
            "mine": upload.made_by == signed.staff_no and upload.county == signed.county,
            "droppable": import_rows.droppable(upload, context.clock())
            and import_rows.may_drop(upload, signed.staff_no, signed.roles),
            "most": KEPT,
            "unread": ", ".join(label(at.record, one, language) for one in upload.found.unread),
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_import", signed, values, refusal=refusal, status=status)

    def there(request: Request, at: At, upload_id: str = "") -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/{at.path}/import/{upload_id}".rstrip("/"), 303)

    @app.get("/modules/{module}/{record}/import")
    def imports(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        return listed(request, signed, records.at(context, signed, module, record))

    @app.get("/modules/{module}/{record}/import/template.xlsx")
    def empty(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        names, others = records.county_names(language), {one.name: one for one in at.module.records}
        raw = template(at.record, others, {one: names[one] for one in counties_for(signed.county)}, language)
        said = {"content-disposition": f'attachment; filename="{module}-{record}.xlsx"'}
        return Response(raw, media_type=MEDIA[As.XLSX], headers=said)

    @app.post("/modules/{module}/{record}/import")
    async def hand_in(request: Request, module: str, record: str) -> Response:
        signed = access.allows(request, Action.EDIT_RECORDS)
        at = records.at(context, signed, module, record)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > RECORDS.size + AROUND:
            return listed(request, signed, at, Refusal(Problem.SHEET_UNSAFE, Unsafe.TOO_LARGE))
        async with request.form(max_files=1, max_fields=5) as form:
            asking.sends(access, request, Action.EDIT_RECORDS, str(form.get("form_token", "")))
            file = form.get("file")
            if not isinstance(file, UploadFile):
                return listed(request, signed, at, Refusal(Problem.SHEET_UNSAFE, Unsafe.EMPTY))
            known_on = read(KNOWN_ON, str(form.get("known_on", "")))
            if isinstance(known_on, Wrong):
                return listed(request, signed, at, Refusal(Problem.DAY_TO_COME))
            done = await run_in_threadpool(
                import_rows.hand_in,
                context,
                at.where,
                file.file,
                file.filename or "",
                signed.county,
                signed.staff_no,
                context.clock(),
                known_on if isinstance(known_on, date) else None,
            )
        return listed(request, signed, at, done) if isinstance(done, Refusal) else there(request, at, done)

    @app.get("/modules/{module}/{record}/import/{upload_id}")
    def shown(request: Request, signed: Annotated[Signed, sees], module: str, record: str, upload_id: str) -> Response:
        return one(request, signed, records.at(context, signed, module, record), upload_id)

    @app.get("/modules/{module}/{record}/import/{upload_id}/progress")
    def progress(signed: Annotated[Signed, sees], module: str, record: str, upload_id: str) -> Response:
        upload = upload_at(signed, records.at(context, signed, module, record), upload_id)
        return JSONResponse({"state": upload.state, "done": upload.done, "total": upload.total, "wrong": upload.wrong})

    @app.post("/modules/{module}/{record}/import/{upload_id}/commit")
    def commit(
        request: Request,
        signed: Annotated[Signed, edits],
        module: str,
        record: str,
        upload_id: str,
        second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
        again: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        at = records.at(context, signed, module, record)
        upload, now = upload_at(signed, at, upload_id), context.clock()
        if isinstance(second, Refusal):
            return one(request, signed, at, upload_id, second)
        done = import_rows.commit(context, upload.id, signed.county, signed.staff_no, now, again == "yes", second)
        if isinstance(done, Refusal):
            return one(request, signed, at, upload_id, done)
        return there(request, at, upload_id)

    def asked_by(ask: Callable[..., Upload | Refusal]) -> Callable[..., Response]:
        """The form by which one, or two, ask the service to take a file's rows back or to let them stand again."""

        def asked(
            request: Request,
            signed: Annotated[Signed, edits],
            second: Annotated[StaffNo | Refusal | None, asking.second_by(access)],
            module: str,
            record: str,
            upload_id: str,
            why: Annotated[str, Form(max_length=400)] = "",
        ) -> Response:
            at = records.at(context, signed, module, record)
            upload = upload_at(signed, at, upload_id)
            if isinstance(second, Refusal):
                return one(request, signed, at, upload_id, second)
            done = ask(context, upload, why, (signed.staff_no, second), context.clock())
            if isinstance(done, Refusal):
                return one(request, signed, at, upload_id, done)
            return there(request, at, upload_id)

        return asked

    app.post("/modules/{module}/{record}/import/{upload_id}/take-back")(asked_by(take_back_upload.ask))
    app.post("/modules/{module}/{record}/import/{upload_id}/restore")(asked_by(restore_upload.ask))

    @app.post("/modules/{module}/{record}/import/{upload_id}/drop")
    def drop(request: Request, signed: Annotated[Signed, edits], module: str, record: str, upload_id: str) -> Response:
        at = records.at(context, signed, module, record)
        upload = upload_at(signed, at, upload_id)
        done = import_rows.drop(context, upload.id, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return one(request, signed, at, upload_id, done)
        return there(request, at)


def _unfit(
    connection: Connection, context: Context, at: At, upload: Upload, language: Language
) -> list[tuple[str, str, list[str]]]:
    """The rows that cannot be restored: their pages, what they are called, what is wrong with each."""
    if upload.state is not UploadState.TAKEN_BACK:
        return []
    ids = [row_id for _, row_id in upload.found.held]
    found = [withdrawing.find(connection, at.where, row_id, None) for row_id in ids]
    rows = [one.row for one in found if one is not None]
    about = (connection, context.vault, context.home_id, at.module, at.record)
    called = titles(*about, rows, language, reader=Reader(upload.county))
    told: dict[str, list[str]] = {row_id: [] for row_id in ids}
    for one in upload.found.faults:
        column = column_words(at.record, language, one.fault.column)
        told[ids[one.row]].append(f"{column}: {fault_words(one.fault, language)}")
    return [(f"{at.path}/withdrawn/{row_id}", called.get(row_id, row_id[:8]), said) for row_id, said in told.items()]


def column_words(record: Record, language: Language, name: str) -> str:
    """What a faulty column is called: ours by its label, one without heading by its letter."""
    if name == COUNTY or any(one.name == name for one in record.columns):
        return label(record, name, language)
    return say(language, "imports.letter", letter=name) if LETTER.fullmatch(name) else name
