"""The console's lists of modules as files: rows that an address asks for, numbers masked but for two people."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from tempfile import TemporaryFile
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import StreamingResponse

from admin_web import asking, records
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.seeing import LookWhy
from cardsvc.documents.plain_sheet import Cell, csv_pieces, xlsx_into
from cardsvc.handlers import export_rows

PIECE = 1 << 16


class As(StrEnum):
    """The kind of a file."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA = {
    As.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    As.CSV: "text/csv; charset=utf-8",
}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the files to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RECORDS)
    reveals, _ = asks(Action.REVEAL_RECORDS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]

    def file(request: Request, signed: Signed, module: str, record: str, kind: As, full: bool) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        wanted = records.wanted_of(at, signed, request.query_params)
        if kind is As.XLSX and export_rows.too_many(context, at.where, wanted):
            raise Refused(Refusal(Problem.EXPORT_TOO_LONG))
        heads = export_rows.heads(at.where, language)
        rows = export_rows.rows(context, at.module, at.where, wanted, language, full)
        of = f"as-of-{wanted.as_of}" if wanted.as_of is not None else local(context.clock()).date()
        name = f"{module}-{record}-{of}.{kind}"
        said = {"content-disposition": f'attachment; filename="{name}"'}
        if kind is As.CSV:
            return StreamingResponse(csv_pieces(heads, rows), media_type=MEDIA[kind], headers=said)
        return StreamingResponse(xlsx_pieces(heads, rows), media_type=MEDIA[kind], headers=said)

    @app.get("/modules/{module}/{record}/export.xlsx")
    def xlsx(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        return file(request, signed, module, record, As.XLSX, full=False)

    @app.get("/modules/{module}/{record}/export.csv")
    def csv(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        return file(request, signed, module, record, As.CSV, full=False)

    @app.post("/modules/{module}/{record}/export")
    def full(
        request: Request,
        signed: Annotated[Signed, reveals],
        module: str,
        record: str,
        why: Annotated[LookWhy, Form()],
        kind: Annotated[As, Form(alias="as")],
        second: Second,
    ) -> Response:
        at = records.at(context, signed, module, record)
        county = records.wanted_of(at, signed, request.query_params).county
        people = (signed.staff_no, asking.agreed(second))
        if (refusal := export_rows.look(context, at.where, county, why, people, context.clock())) is not None:
            raise Refused(refusal)
        return file(request, signed, module, record, kind, full=True)


def xlsx_pieces(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A spreadsheet, by way of a file that has no name and is gone at the end."""
    with TemporaryFile() as whole:
        xlsx_into(whole, heads, rows)
        whole.seek(0)
        while piece := whole.read(PIECE):
            yield piece
