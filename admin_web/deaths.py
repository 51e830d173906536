"""The console's list of payments that a death has stopped: what was paid after it, and the row where it is decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Request, Response

from admin_web import asking, records
from admin_web.records import At
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.deaths import death_day
from cardsvc.core.ids import CaseNo
from cardsvc.core.permissions import Action
from cardsvc.core.words import Language
from cardsvc.modules import Payments
from cardsvc.rows import deaths as rows
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.titles import Reader, titles
from cardsvc.store import deaths as store
from cardsvc.store import office
from cardsvc.store.deaths import Stopped
from cardsvc.store.engine import Connection

SHOWN = 200
"""The most rows of a register on the page."""


@dataclass(frozen=True, slots=True)
class Death:
    """A row that a death has stopped, and what was paid after it; `case_no` "" where they may not see the case.

    `known`: a paper told the day. `paid` is the address of what was paid.
    """

    at: At
    row: Kept
    title: str
    by: Stopped
    case_no: str
    day: date
    known: bool
    count: int
    fen: int
    paid: str


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page to the console, and its count to the menu."""
    _, sees = partial(asking.asks, access)(Action.SEE_RECORDS)

    def count(signed: Signed) -> int:
        with context.engine.connect() as connection:
            return sum(
                rows.count_pending(connection, at.where, payments, signed.county)
                for at, payments in _registers(context, signed)
            )

    shell.counts["deaths"] = count

    @app.get("/modules/deaths")
    def deaths(request: Request, signed: Annotated[Signed, sees]) -> Response:
        language, whole = language_of(request), signed.may(Action.SEE_CASES) and signed.county is None
        with context.engine.connect() as connection:
            found = [
                _death(connection, context, signed, at, payments, row, by, language)
                for at, payments in _registers(context, signed)
                for row, by in rows.pending(connection, at.where, payments, signed.county, SHOWN)
            ]
            unheard = store.unheard(connection, context.home_id, SHOWN) if whole else []
        values = {
            "deaths": sorted(found, key=lambda one: one.by.told_at, reverse=True),
            "fen": sum(one.fen for one in found),
            "unheard": unheard,
            "named": {one.name: one.label for one in context.modules.values()},
            "counties": records.county_names(language),
        }
        return shell.page(request, "deaths", signed, values)


def of_row(
    connection: Connection, context: Context, signed: Signed, at: At, row_id: str, language: Language
) -> Death | None:
    """The death that has stopped a row, and nobody has looked yet."""
    for payments in (one for one in at.module.payments if one.record == at.record.name):
        for row, by in rows.pending(connection, at.where, payments, signed.county, 1, row_id):
            return _death(connection, context, signed, at, payments, row, by, language)
    return None


def _registers(context: Context, signed: Signed) -> Iterator[tuple[At, Payments]]:
    """The records that are paid in the modules in which somebody works."""
    for module in records.mine(context, signed).values():
        for payments in module.payments:
            record = module.record(payments.record)
            yield At(module, record, Where(context.home_id, module.name, record)), payments


def _death(
    connection: Connection,
    context: Context,
    signed: Signed,
    at: At,
    payments: Payments,
    row: Kept,
    by: Stopped,
    language: Language,
) -> Death:
    case = _case(connection, context, by.case_no)
    day, known = death_day(case.case)
    ledger = at.module.record(payments.ledger)
    count, fen = rows.paid_after(connection, Where(context.home_id, at.module.name, ledger), payments, row.id, day)
    about = (connection, context.vault, context.home_id, at.module, at.record)
    title = titles(*about, [row], language, reader=Reader(signed.county))[row.id]
    theirs = signed.may(Action.SEE_CASES) and signed.county in (None, case.county)
    after = f"&from={day + timedelta(days=1)}" if ledger.dated == payments.day else ""
    paid = f"modules/{at.module.name}/{ledger.name}?f.{payments.of}={row.id}{after}"
    return Death(at, row, title, by, by.case_no if theirs else "", day, known, count, fen, paid)


def _case(connection: Connection, context: Context, case_no: CaseNo) -> office.CaseRow:
    found = office.case(connection, context.home_id, case_no)
    if found is None:
        raise LookupError(f"no case {case_no}")
    return found
